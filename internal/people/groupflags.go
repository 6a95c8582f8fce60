package people

// groupFlags are what is known of a group of IDs: one person.
type groupFlags = uint32

const (
	isIdentified     groupFlags = 1 << iota
	isShapeOnly                 // an ID of it would be identified, were it not for its shape
	isVisitorOnly               // the same, were it not for what posthog-js says
	groupSeen                   // stood on a row
	groupNotRejected            // not all of its rows are rejected
	groupEvents                 // has an event to send
	groupAttributes             // has attributes
	isExcluded
	isNamed
	isDeleted         // in the persons export
	hasProfile        // has a profile already
	isSent            // an earlier run has sent it
	severalAttributes // several IDs of it have attributes
	groupEmail        // an ID of it is an email

	hasEmail     // has a plausible email
	hasCioID     // has a cio_id, and people may be sent under it
	lostEmail    // somebody else who is sent has its email
	lostCioID    // somebody else who is sent has its cio_id
	getsIdentify // gets an identify
	hasFinal     // its attributes are in its part
	emailIsID    // its email is one of its distinct IDs, and no attribute
	isHeld       // several of its profiles are identified
	emailNamed   // Choice.NamesEmail names its email
)

// groupFlags are what an ID brings into its group.
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
	// An ID of the persons export that is not seen may stand on rows of a mere visitor, which leave no mark.
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
