package people

import "ph2cio/internal/posthog"

// Options are what an index keeps. The zero value keeps every property that is not null, and works in the
// temporary directory.
type Options struct {
	// Keep says which person properties are folded, by their plain key. Nil keeps all. It must keep `email`
	// for the choices that rest on an email, and `cio_id` for ByCioID. Called from many goroutines, and its
	// answer for a key is remembered.
	Keep func(key []byte) bool
	// DropDollar drops every property whose key begins with a $ without asking Keep: most of a snapshot's are
	// such. Keep is asked all the same about those as long as one of Dollars.
	DropDollar bool
	Dollars    []string
	// KeepNull keeps properties whose value is null; by default they are dropped.
	KeepNull bool

	// Separate leaves every distinct ID a person of its own: nothing is joined.
	Separate bool
	// Everybody remembers each distinct ID. It is needed for All; otherwise visitors that nothing ties to a
	// person take no memory, and are counted by a sample.
	Everybody bool
	// Events remembers each distinct ID that has an event to send. It is needed for Choice.NeedEvents.
	Events bool
	// Repeats remembers the last row of each link too, and not only the first. It is needed for
	// MergeIdentify.
	Repeats bool
	// PersonIDs remembers PostHog's person UUIDs, for Person.UUID.
	PersonIDs bool

	// UserID reports whether an ID has the form of the user's own: people with such an ID are identified, and
	// it is kept before others. Nil is no such form.
	UserID func(id []byte) bool
	// Excluded reports whether people with an ID are not to be sent. Nil excludes nobody.
	Excluded func(id []byte) bool
	// Only reports whether an ID is one of those that alone are sent, for Choice.Only.
	Only func(id []byte) bool
	// Found is called by Decide with each ID for which Only is true and whose person stands on a row. It is
	// called from many goroutines; nil is not called.
	Found func(id []byte)

	Persons  bool      // LearnPerson is called with a persons export, before all else
	Existing *Existing // profiles that are there already; nil when nothing is known of any

	// Seed and KeyNames are those of the index whose Directory.ForLater this one restores. The zero values
	// are for one that restores nothing.
	Seed     uint64
	KeyNames []string
	// Merged reports whether a profile was merged into another one by an earlier run; nil knows of none.
	Merged func(by By, value string) bool

	// Now is when the run begins, in unix microseconds: later timestamps are a wrong clock's. 0 is after all
	// of them.
	Now int64

	// Trace is called with what became of each link, by the Ref of its row, in order of ingestion. Nil is not
	// called.
	Trace func(ref uint64, verdict Verdict)

	// Memory is about how many bytes may be used before what is known goes to disk, in Dir. 0 is 1 GiB.
	// Decide takes 25 bytes for each ID that is not a mere visitor, whatever this says.
	Memory int64
	Dir    string // a directory that exists; empty is the system's for temporary files
}

const defaultMemory = 1 << 30

// The memory is divided up. What is left is for Decide, for reading and for the collector.
const (
	idsShare     = 3  // a third for the tables of IDs
	statesShare  = 16 // for attributes that are still changing
	spooledShare = 16 // for logs
	stepsShare   = 16 // for links while they are sorted

	mostStates  = 128 << 20 // bytes, however much there is: more gains nothing
	mostSpooled = 128 << 20
)

// stepBytes is what a step, or a link that is sorted, takes in memory at most.
const stepBytes = 128

// mostSteps is how many steps are sorted in memory at once, however much there is.
const mostSteps = 1 << 20

// ofUser reports whether an ID has the form of the user's own.
func (o *Options) ofUser(id []byte) bool { return o.UserID != nil && o.UserID(id) }

// names reports whether an ID is one of those that alone are sent.
func (o *Options) names(id []byte) bool { return o.Only != nil && o.Only(id) }

// flagsOf marks what an ID's text says of it.
func (o *Options) flagsOf(id []byte) (m idFlags) {
	set := func(mark idFlags, holds bool) {
		if holds {
			m |= mark
		}
	}
	set(machineShaped, posthog.MachineMade(id))
	set(emailShaped, PlausibleEmail(id))
	set(tooLong, len(id) > maxID)
	set(userShaped, o.UserID != nil && o.UserID(id))
	set(excluded, o.Excluded != nil && o.Excluded(id))
	set(named, o.names(id))
	set(profileExists, o.Existing.hasID(id))
	set(cookieless, posthog.CookielessDevice(id))
	return m
}

// maxID is how many bytes an ID of Customer.io may have (facts: docs.customer.io, person ids).
const maxID = 150

// wasMerged reports whether an earlier run has merged a profile into another one.
func (o *Options) wasMerged(by By, value string) bool {
	return o.Merged != nil && o.Merged(by, value)
}

// rowMerged reports the same of one of Options.Existing, which may have been exported before that.
func (o *Options) rowMerged(row uint32) bool { return o.wasMerged(o.Existing.name(row)) }

// identifiedRow reports whether a profile of Options.Existing is more than a visitor's. m are the marks of
// its ID, 0 if the ID is not in the export.
func (o *Options) identifiedRow(row uint32, m idFlags) bool {
	id := o.Existing.id(row)
	switch {
	case o.Existing.email(row) != "" || id == "" || m.identified():
		return true
	case m == 0:
		return !posthog.MachineMade([]byte(id)) || o.ofUser([]byte(id))
	}
	return !m.machine()
}

// mostSorted is how many elements of so many bytes are sorted in memory at once.
func mostSorted(memory, bytes int64) int { return int(min(memory/stepsShare/bytes, mostSteps)) }
