package people

import "slices"

// Who is the choice of people to send.
type Who string

const (
	Identified Who = "identified" // those who have made themselves known
	WithEmail  Who = "with-email" // those with a plausible email, identified or not
	All        Who = "all"        // everybody under a legal distinct ID
)

// Merges are the profiles that are merged into a person's.
type Merges uint8

const (
	MergeNever    Merges = iota
	MergeNeeded          // profiles that exist, by Options.Existing or because they were sent, and turn out to be one person
	MergeIdentify        // those, and the anonymous ID of each accepted $identify, whether a profile is there or not
)

// Choice is what Decide goes by. The zero value is Identified, ByID.
type Choice struct {
	Who Who
	// By is the kinds of identifier in order of preference. The id comes last in any case, unless the only
	// kind is ByEmail or ByCioID: people without it are then not sent.
	By         []By
	NeedEvents bool // only people with an event to send get an identify; needs Options.Events
	Merges     Merges
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

// takes reports whether the choice includes a group of IDs that has stood on a row.
func (w Who) takes(m traits) bool {
	switch w {
	case All:
		return true
	case WithEmail:
		return m&hasEmail != 0
	default:
		return m&isIdentified != 0
	}
}

// leaves returns the status of those that the choice does not include.
func (w Who) leaves() Status {
	if w == WithEmail {
		return NoEmail
	}
	return Anonymous
}

// only returns the one kind of identifier that people must have, ByID when they may go by any.
func (c *Choice) only() By {
	if len(c.By) == 1 {
		return c.By[0]
	}
	return ByID
}

// by returns the kind of identifier that a group is sent under, false when it has none that will do.
func (c *Choice) by(m traits) (By, bool) {
	for _, by := range c.By {
		if by == ByID || by == ByEmail && m&(hasEmail|lostEmail) == hasEmail || by == ByCioID && m&(hasCioID|lostCioID) == hasCioID {
			return by, true
		}
	}
	return ByID, c.only() == ByID
}

// profile reports whether a group that has stood on a row would get an identify if Who were w, apart from the
// identifier it needs.
func (c *Choice) profile(w Who, m traits) bool {
	return (w.takes(m) || m&isSent != 0) && c.barred(m) == Sent && (!c.NeedEvents || m&groupEvents != 0)
}

// barred returns why a group is not sent whatever Who is, Sent when there is no such reason.
func (c *Choice) barred(m traits) Status {
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
func (c *Choice) status(t traits) Status {
	if barred := c.barred(t); barred != Sent {
		return barred
	}
	if t&isSent != 0 {
		return Sent
	}
	if !c.Who.takes(t) {
		return c.Who.leaves()
	}
	if _, ok := c.by(t); ok {
		return Sent
	}
	if c.only() == ByEmail && t&lostEmail != 0 {
		return LostEmail
	}
	return NoIdentifier
}

// may reports whether a group could be sent, or counts for another choice of people, as far as is known
// without its attributes. Where people are named by email, everybody's must be found first.
func (c *Choice) may(t traits) bool {
	if t&groupSeen == 0 || t&groupFit == 0 || c.NamesEmail == nil && c.barred(t) != Sent {
		return false
	}
	return c.Who == All || t&(isIdentified|groupState|isSent) != 0 || c.byEmailID(t)
}

// byEmailID reports whether a group may be sent by an email that is one of its IDs.
func (c *Choice) byEmailID(t traits) bool { return t&groupEmail != 0 && slices.Contains(c.By, ByEmail) }
