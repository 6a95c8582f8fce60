package transfer

import (
	"math"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// rowFate is what becomes of a row, as far as one pass decides it. Its numbers are indexes of rowsByFate.
type rowFate uint8

const (
	fateOpen rowFate = iota // the first pass leaves it to the second
	fateSend
	fatePerson
	fateLeftOut
	fateRejected
	fateBefore // sent by this run before it was resumed
	fateAgain  // of a run that was resumed: without an answer when it was stopped, and to be sent now
)

// rowsByFate counts rows by fate.
type rowsByFate [fateAgain + 1]int64

// all is how many rows there are.
func (f *rowsByFate) all() (n int64) {
	for _, rows := range f {
		n += rows
	}
	return n
}

// add adds other rows.
func (f *rowsByFate) add(o *rowsByFate) {
	for i, rows := range o {
		f[i] += rows
	}
}

// fateOf is the fate of a row that the second pass has mapped.
func fateOf(b mapping.Bucket) rowFate {
	return [...]rowFate{mapping.Send: fateSend, mapping.FeedsPerson: fatePerson, mapping.Skipped: fateLeftOut, mapping.Rejected: fateRejected}[b]
}

// fateShare counts the rows of a few chunks by the name of their event and by day, on one goroutine. Once it is
// added to the totals it counts others. It keeps the names that it has seen, so that a row allocates memory only for
// a new name. A nil share counts nothing.
type fateShare struct {
	rules    *mapping.Rules
	personal bool // examples have personal data

	names   map[string]*keyCount
	days    map[int64]*keyCount
	long    keyCount // names that are too long
	undated keyCount
	counted []*keyCount // in order of their first rows

	today    *keyCount // the day of the last row, from which on to until which time it is, in unix microseconds
	from, to int64

	second   bool     // the pass that it counts
	reasons  []string // that have an example in this pass, in this share's chunks or in earlier ones
	examples []placedExample
}

// keyCount counts the rows of one name or of one day.
type keyCount struct {
	rowsByFate
	name    string
	day     int64 // since 1970
	isDay   bool
	other   bool // it counts what has no name or day of its own
	counted bool
	total   *keyTotal // to which it is added; nil until it is added for the first time
}

// placedExample is an example with the number of its row.
type placedExample struct {
	ref uint64
	RowExample
}

const (
	maxFateNames      = 10_000 // names of events that are counted by themselves
	maxFateNameLength = 1024   // bytes
	maxFateDays       = 20_000
	maxSharedNames    = 8192 // a share that knows more names forgets all of them before its next chunk

	microsInDay = 24 * 60 * 60 * 1_000_000
)

// begin gets the share ready for other rows of a pass.
func (s *fateShare) begin(second bool) {
	if len(s.names) > maxSharedNames {
		clear(s.names)
	}
	if s.second != second {
		s.second, s.reasons = second, s.reasons[:0]
	}
}

// event counts a row that is an event.
func (s *fateShare) event(e *posthog.Event, f rowFate) {
	if s == nil {
		return
	}
	s.add(s.named(e.Name), f)
	at, ok := s.rules.SentAt(e)
	switch {
	case !ok:
		s.add(&s.undated, f)
	case at.Micros < s.from || at.Micros >= s.to:
		s.today = s.on(at.Micros)
		fallthrough
	default:
		s.add(s.today, f)
	}
}

// left counts an event that is left out for a reason.
func (s *fateShare) left(e *posthog.Event, reason string) {
	s.event(e, fateLeftOut)
	s.example(e, reason)
}

// mapped counts an event by what mapping makes of it.
func (s *fateShare) mapped(e *posthog.Event, o *mapping.Outcome) {
	if s == nil {
		return
	}
	s.event(e, fateOf(o.Bucket))
	if o.Bucket == mapping.Skipped || o.Bucket == mapping.Rejected {
		s.example(e, o.Reason)
	}
}

// again counts an event that was not done when the run was stopped. If it is to be sent, the run had not counted it.
func (s *fateShare) again(e *posthog.Event, o *mapping.Outcome) {
	if o.Bucket == mapping.Send {
		s.event(e, fateAgain)
		return
	}
	s.mapped(e, o)
}

// rejected counts a row that is no event, and is rejected.
func (s *fateShare) rejected(bad *posthog.RowError) {
	s.bad(fateRejected)
	s.badExample(bad, bad.Reason)
}

// bad counts a row that is no event.
func (s *fateShare) bad(f rowFate) {
	if s != nil {
		s.add(s.named(nil), f)
		s.add(&s.undated, f)
	}
}

func (s *fateShare) add(c *keyCount, f rowFate) {
	if !c.counted {
		c.counted = true
		s.counted = append(s.counted, c)
	}
	c.rowsByFate[f]++
}

// named returns the count for a name.
func (s *fateShare) named(name []byte) *keyCount {
	if c := s.names[string(name)]; c != nil {
		return c
	}
	if len(name) > maxFateNameLength {
		return &s.long
	}
	c := &keyCount{name: string(name)}
	s.names[c.name] = c
	return c
}

// on returns the count for the day of a time in unix microseconds, and remembers when the day begins and ends.
func (s *fateShare) on(micros int64) *keyCount {
	day := micros / microsInDay
	if micros < 0 && micros%microsInDay != 0 {
		day--
	}
	s.from, s.to = day*microsInDay, (day+1)*microsInDay
	c := s.days[day]
	if c == nil {
		c = &keyCount{day: day, isDay: true}
		s.days[day] = c
	}
	return c
}

// newFateShare returns a share that has counted nothing.
func newFateShare(rules *mapping.Rules, personal bool) *fateShare {
	return &fateShare{
		rules: rules, personal: personal, names: map[string]*keyCount{}, days: map[int64]*keyCount{}, long: keyCount{other: true}, undated: keyCount{isDay: true, other: true},
		from: math.MaxInt64, to: math.MinInt64,
	}
}

// isNew reports whether no row before had the reason, and notes it.
func (s *fateShare) isNew(reason string) bool {
	if s == nil || slices.Contains(s.reasons, reason) {
		return false
	}
	s.reasons = append(s.reasons, reason)
	return true
}

// example keeps an event as the example of a reason, if it is the first.
func (s *fateShare) example(e *posthog.Event, reason string) {
	if !s.isNew(reason) {
		return
	}
	one := RowExample{Reason: reason, Line: e.Line, Event: string(e.Name[:min(len(e.Name), maxFateNameLength)])}
	if at, _ := s.rules.SentAt(e); at.State == posthog.Known {
		one.At = timeOf(at)
	}
	if s.personal {
		one.DistinctID, one.Raw = string(e.DistinctID), string(e.Text(maxRaw))
	}
	s.examples = append(s.examples, placedExample{e.Ref, one})
}

// badExample keeps a row that is no event as the example of a reason, if it is the first.
func (s *fateShare) badExample(bad *posthog.RowError, reason string) {
	if !s.isNew(reason) {
		return
	}
	one := RowExample{Reason: reason, Line: bad.Line}
	if s.personal {
		one.Raw = string(bad.Row[:min(len(bad.Row), maxRaw)])
	}
	s.examples = append(s.examples, placedExample{bad.Ref, one})
}
