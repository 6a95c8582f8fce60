package people

import "ph2cio/internal/posthog"

// Options say what an index keeps, and where. The zero value keeps every property that is not null, uses 1
// GiB of memory, and works in the system's directory for temporary files.
type Options struct {
	// Keep reports whether person properties with a plain key are folded. Nil keeps all. It must keep `email`
	// for the choices that need an email, and `cio_id` for ByCioID. It is called from many goroutines, and
	// its answer for a key is remembered.
	Keep func(key []byte) bool
	// Added reports whether rows may set a property besides their own changes, as posthog.Event.Added. It is
	// called from many goroutines. Nil means that none do.
	Added func(name string) bool
	// DropDollar drops every property whose key begins with a $ without a call of Keep, since most of a
	// snapshot's properties are such. Keys as long as one of Dollars are left to Keep.
	DropDollar bool
	Dollars    []string
	// KeepNull keeps properties whose value is null; by default they are dropped.
	KeepNull bool

	// Separate makes every distinct ID a person of its own: nothing is joined.
	Separate bool
	// Everybody remembers each distinct ID. It is needed for All. Without it visitors whom nothing ties to a
	// person take no memory, and are counted by a sample.
	Everybody bool
	// Events remembers each distinct ID that has an event to send. It is needed for Choice.NeedEvents.
	Events bool
	// Repeats remembers the last row of each link too, and not only the first. It is needed for
	// MergeIdentify.
	Repeats bool
	// PersonIDs remembers PostHog's person UUIDs, for Person.UUID.
	PersonIDs bool

	// UserID reports whether an ID has the form of the IDs in the user's own database (--user-id). People
	// with such an ID are identified, and that ID is kept before others. Nil means that no form is known.
	UserID func(id []byte) bool
	// Excluded reports whether people with an ID are not to be sent. Nil excludes nobody.
	Excluded func(id []byte) bool
	// Only reports whether an ID is one of those to which Choice.Only limits the people. Nil names no ID.
	Only func(id []byte) bool
	// Found is called by Decide with each ID for which Only is true and whose person is on a row. It is
	// called from many goroutines. It may be nil.
	Found func(id []byte)

	Persons  bool      // LearnPerson is called with a persons export, before all else
	Existing *Existing // the profiles that Customer.io has already; nil if none is known

	// Seed and KeyNames are those of the earlier run's index, whose Directory.ForLater this one restores. The
	// zero values are for an index that restores nothing.
	Seed     uint64
	KeyNames []string
	Merged   MergedProfiles // by earlier runs

	// Now is when the run began, in unix microseconds. Timestamps after it come from a wrong clock. With 0
	// all timestamps count as past.
	Now int64

	// Trace is called with what became of each link, given the Ref of its row, in order of ingestion. It may
	// be nil.
	Trace func(ref uint64, verdict Verdict)

	// Largest is how many people Directory.Largest returns at most. Finding them takes another look at all IDs.
	Largest int

	// Memory is about how many bytes an index takes before it writes to disk, in Dir. 0 is 1 GiB. Decide
	// takes 25 bytes for each ID that is remembered, even if Memory is less.
	Memory int64
	Dir    string // a directory that exists; empty is the system's for temporary files
}

const defaultMemory = 1 << 30

// The parts of the memory, as divisors. The rest is for Decide, for reading and for the garbage collector.
const (
	idsShare     = 3  // a third for the tables of IDs
	statesShare  = 16 // for attributes that may still change
	spooledShare = 16 // for logs
	stepsShare   = 16 // for links while they are sorted

	mostStates  = 128 << 20 // bytes: more memory gains nothing
	mostSpooled = 128 << 20
)

// stepBytes is how many bytes a step, or a link, takes in memory while it is sorted.
const stepBytes = 128

// mostSteps is how many steps are sorted in memory at once, even if there is room for more.
const mostSteps = 1 << 20

// ofUser reports whether an ID has the form of the user's own.
func (o *Options) ofUser(id []byte) bool { return o.UserID != nil && o.UserID(id) }

// names reports whether an ID is one of those to which Choice.Only limits the people.
func (o *Options) names(id []byte) bool { return o.Only != nil && o.Only(id) }

// flagsOf returns the flags that an ID has because of its text.
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

// wasMerged reports whether an earlier run has merged the profile with an identifier into another one.
func (o *Options) wasMerged(by By, value string) bool { return o.Merged.has(by, value) }

// rowMerged is wasMerged for a profile of Options.Existing, whose export may be older than the merge.
func (o *Options) rowMerged(row uint32) bool { return o.wasMerged(o.Existing.name(row)) }

// identifiedRow reports whether a profile of Options.Existing is that of somebody known, and not a visitor's.
// m are the flags of the profile's ID, 0 if the ID is not in the PostHog export.
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

// mostSorted returns how many elements of a size are sorted in memory at once.
func mostSorted(memory, bytes int64) int { return int(min(memory/stepsShare/bytes, mostSteps)) }
