package people

// groupFlags are what is known of a group of IDs, which are one person. The type is uint32 itself, so that
// goroutines can set flags atomically.
type groupFlags = uint32

const (
	isIdentified     groupFlags = 1 << iota
	isShapeOnly                 // one of its IDs would be identified if it did not look machine-made
	isVisitorOnly               // one of its IDs would be identified if its rows were not all a web visitor's
	groupSeen                   // is on a row
	groupNotRejected            // has a row that is not rejected
	groupEvents                 // has an event to send
	groupAttributes             // has attributes
	isExcluded
	isNamed
	isDeleted         // in the persons export
	hasProfile        // Customer.io has a profile of it
	isSent            // an earlier run has sent it
	severalAttributes // several of its IDs have attributes
	groupEmail        // one of its IDs is an email

	hasEmail     // has a plausible email
	hasCioID     // has a cio_id, and that matters in this run
	lostEmail    // somebody else who is sent keeps its email
	lostCioID    // somebody else who is sent keeps its cio_id
	getsIdentify // gets an identify
	hasFinal     // its final attributes have been written
	emailIsID    // its email is one of its distinct IDs and not an attribute
	isHeld       // is held: several of its profiles are identified
	emailNamed   // Choice.NamesEmail names its email

	isTestAccount // its attributes, as far as they are known, do not match Choice.Filters
)

// groupFlags returns the flags that a group has because of one of its IDs.
func (f *idFacts) groupFlags() (t groupFlags) {
	set := func(trait groupFlags, holds bool) {
		if holds {
			t |= trait
		}
	}
	m := f.flags
	real := f.seen() || m&(inLink|inPersons) != 0
	set(isIdentified, real && m.identified())
	set(isShapeOnly, m.onlyShaped())
	set(isVisitorOnly, m.onlyVisitor())
	set(groupSeen, f.seen())
	// An ID of the persons export that is not seen may be on rows of a visitor, which are not remembered.
	set(groupNotRejected, m&notRejected != 0 || m&inPersons != 0 && !f.seen())
	set(groupEvents, f.events > 0 || m&hadEvents != 0)
	set(groupAttributes, m&hasState != 0)
	set(groupEmail, m&emailShaped != 0)
	set(isExcluded, m&excluded != 0)
	set(isNamed, m&named != 0)
	set(hasProfile, m&wasSent != 0)
	set(isSent, m&wasSent != 0)
	return t
}
