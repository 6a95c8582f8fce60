// Package people is the first reading's result: who is in an export, each person's final attributes, and who is sent.
package people

import (
	"iter"

	"ph2cio/internal/posthog"
)

// Options are what an index keeps.
type Options struct {
	// Keep says which person properties are folded, by their plain key. Nil keeps all. Called from many goroutines.
	Keep func(key []byte) bool
	// KeepNull keeps properties whose value is null; by default they are dropped.
	KeepNull bool
}

// Index learns who is who during the first reading.
type Index struct{}

// NewIndex returns an empty index.
func NewIndex(o Options) *Index { panic("not yet") }

// Observe learns from one row. sends says whether the row would be sent as an event if its person is. It may be called
// from many goroutines at once and in any order of rows: the result is a function of the set of rows.
func (x *Index) Observe(e *posthog.Event, sends bool) { panic("not yet") }

// Who is the choice of people to send.
type Who string

const (
	Identified Who = "identified"
	WithEmail  Who = "with-email"
	All        Who = "all"
)

// By is a kind of identifier to send a person under.
type By string

const (
	ByID    By = "id"
	ByEmail By = "email"
	ByCioID By = "cio_id"
)

// Choice is what Settle decides by. The zero value is Identified, ByID.
type Choice struct {
	Who        Who
	By         []By // in order of preference
	NeedEvents bool // only people with an event to send get an identify
	Merges     bool // collect the links of accepted $identify rows
}

// Status says what becomes of a distinct ID's rows.
type Status uint8

const (
	Sent         Status = iota
	Anonymous           // nobody known, by Choice.Who
	NoEmail             // Choice.Who is WithEmail and there is none
	Illegal             // a placeholder such as "undefined", never a person
	NoIdentifier        // none of Choice.By has a value
)

// Person is one person to send. It is shared and must not be changed.
type Person struct {
	Number     uint32 // from 0, in order of Settled.People
	DistinctID string // the kept ID
	By         By
	Value      string       // of the identifier, under By
	UUID       posthog.UUID // PostHog's person UUID, as on the newest row; zero when unknown
	Updated    int64        // unix seconds of the newest row that changed the attributes, 0 when none did
	Events     bool         // has an event to send
}

// Settled is the answer to who is who, fixed. Its methods may be called from many goroutines.
type Settled struct{}

// Settle ends the first reading.
func (x *Index) Settle(c Choice) *Settled { panic("not yet") }

// Lookup tells who a distinct ID is.
func (s *Settled) Lookup(distinctID []byte) (*Person, Status) { panic("not yet") }

// People yields those who get an identify, in order of their first row.
func (s *Settled) People() iter.Seq[*Person] { panic("not yet") }

// AppendAttributes appends the person's final attributes as a JSON object, `{}` when there are none.
func (s *Settled) AppendAttributes(dst []byte, p *Person) []byte { panic("not yet") }

// Link is a merge that an accepted $identify asked for: the anonymous ID into the person.
type Link struct {
	Person    *Person
	Anonymous string
}

// Links yields the links, each pair once, in order of their rows. Empty unless Choice.Merges.
func (s *Settled) Links() iter.Seq[Link] { panic("not yet") }

// Counts are the totals for the summary.
type Counts struct {
	DistinctIDs    int         // legal and seen on a row
	Sent           int         // people who get an identify
	ByChoice       map[Who]int // profiles that each choice of Who would make
	EmailConflicts int         // people sent without their email, because another one has it
	ShapeOnly      int         // left out only because their ID looks machine-made
	Stale          int         // sent, with newest data older than 72 hours before now
}

// Count returns the totals; now is unix seconds.
func (s *Settled) Count(now int64) Counts { panic("not yet") }
