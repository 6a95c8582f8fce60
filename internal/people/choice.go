package people

import "slices"

// Who is the choice of people to send.
type Who string

const (
	Identified Who = "identified" // those who have made themselves known
	WithEmail  Who = "with-email" // those with a plausible email, identified or not
	All        Who = "all"        // everybody under a legal distinct ID
)

// MergePolicy are the profiles that are merged into a person's.
type MergePolicy uint8

const (
	MergeNever    MergePolicy = iota
	MergeNeeded               // profiles that exist, by Options.Existing or because they were sent, and turn out to be one person
	MergeIdentify             // those, and the anonymous ID of each accepted $identify, whether a profile is there or not
)

// Choice is what Decide goes by. The zero value is Identified, ByID.
type Choice struct {
	Who Who
	// By is the kinds of identifier in order of preference. The id comes last in any case, unless the only
	// kind is ByEmail or ByCioID: people without it are then not sent.
	By         []By
	NeedEvents bool // only people with an event to send get an identify; needs Options.Events
	Merges     MergePolicy
	// MergeProfiles merges profiles of one person though several are identified. Without it that takes a
	// $merge_dangerously, and others are held.
	MergeProfiles bool
	// Excluded reports whether people with an email that is not theirs to be sent; called with the email as
	// it stands. Nil excludes nobody. For IDs there is Options.Excluded.
	Excluded func(email []byte) bool
	// Only reports that just the people are sent with an ID for which Options.Only is true, or with an email
	// for which NamesEmail is that nobody else who is sent has.
	Only bool
	// NamesEmail reports whether people with an email are named, for Only and for Directory.NamedByEmail. It
	// is called from many goroutines with the email as it stands. Nil names nobody.
	NamesEmail func(email []byte) bool
}

// Status says what becomes of a distinct ID's rows.
type Status uint8

const (
	Sent         Status = iota
	Anonymous           // nobody known, by Choice.Who
	NoEmail             // Choice.Who is WithEmail and there is none
	Illegal             // a placeholder such as "undefined", never a person
	NoIdentifier        // none of Choice.By has a value
	LostEmail           // Choice.By is ByEmail alone, and somebody else who is sent has the email
	Excluded            // by Options.Excluded or Choice.Excluded
	Deleted             // in the persons export
	NotNamed            // Choice.Only, and not one of those
	AllRejected         // all its rows are rejected
	TwoProfiles         // held: see Held
	statuses
)

// includes reports whether the choice includes a group of IDs that has stood on a row.
func (w Who) includes(m groupFlags) bool {
	switch w {
	case All:
		return true
	case WithEmail:
		return m&hasEmail != 0
	default:
		return m&isIdentified != 0
	}
}

// leftOutAs returns the status of those that the choice does not include.
func (w Who) leftOutAs() Status {
	if w == WithEmail {
		return NoEmail
	}
	return Anonymous
}

// requiredKind returns the one kind of identifier that people must have, ByID when they may go by any.
func (c *Choice) requiredKind() By {
	if len(c.By) == 1 {
		return c.By[0]
	}
	return ByID
}

// identifierKind returns the kind of identifier that a group is sent under, false when it has none that will do.
func (c *Choice) identifierKind(m groupFlags) (By, bool) {
	for _, by := range c.By {
		if by == ByID || by == ByEmail && m&(hasEmail|lostEmail) == hasEmail || by == ByCioID && m&(hasCioID|lostCioID) == hasCioID {
			return by, true
		}
	}
	return ByID, c.requiredKind() == ByID
}

// getsIdentify reports whether a group that has stood on a row would get an identify if Who were w, apart from the
// identifier it needs.
func (c *Choice) getsIdentify(w Who, m groupFlags) bool {
	return (w.includes(m) || m&isSent != 0) && c.barred(m) == Sent && (!c.NeedEvents || m&groupEvents != 0)
}

// barred returns why a group is not sent whatever Who is, Sent when there is no such reason.
func (c *Choice) barred(m groupFlags) Status {
	switch {
	case m&isDeleted != 0:
		return Deleted
	case m&isExcluded != 0:
		return Excluded
	case c.Only && m&(isNamed|emailNamed) == 0:
		return NotNamed
	case m&isHeld != 0:
		return TwoProfiles
	}
	return Sent
}

// status is what becomes of a candidate with these traits.
func (c *Choice) status(t groupFlags) Status {
	if barred := c.barred(t); barred != Sent {
		return barred
	}
	if t&isSent != 0 {
		return Sent
	}
	if !c.Who.includes(t) {
		return c.Who.leftOutAs()
	}
	if _, ok := c.identifierKind(t); ok {
		return Sent
	}
	if c.requiredKind() == ByEmail && t&lostEmail != 0 {
		return LostEmail
	}
	return NoIdentifier
}

// mayBeSent reports whether a group could be sent, or counts for another choice of people, as far as is known
// without its attributes. Where people are named by email, everybody's must be found first.
func (c *Choice) mayBeSent(t groupFlags) bool {
	if t&groupSeen == 0 || t&groupNotRejected == 0 || c.NamesEmail == nil && c.barred(t) != Sent {
		return false
	}
	return c.Who == All || t&(isIdentified|groupAttributes|isSent) != 0 || c.byEmailID(t)
}

// byEmailID reports whether a group may be sent by an email that is one of its IDs.
func (c *Choice) byEmailID(t groupFlags) bool {
	return t&groupEmail != 0 && slices.Contains(c.By, ByEmail)
}
