package people

import "slices"

// Who says which people are sent. The zero value is not valid; Decide takes it for Identified.
type Who string

const (
	Identified Who = "identified" // those of whom it is known who they are
	WithEmail  Who = "with-email" // those with a plausible email, identified or not
	All        Who = "all"        // everybody under a legal distinct ID
)

// MergePolicy says which profiles are merged into a person's.
type MergePolicy uint8

const (
	MergeNever    MergePolicy = iota
	MergeNeeded               // profiles in Customer.io that turn out to be one person
	MergeIdentify             // and the anonymous ID of each accepted $identify, even without a profile
)

// Choice says whom Decide sends, under which identifiers, and which profiles are merged. The zero value sends
// identified people under their IDs and merges nothing.
type Choice struct {
	Who Who
	// By lists the kinds of identifier in order of preference. ByID always comes last. But if ByEmail or
	// ByCioID is the only kind, people without it are not sent.
	By         []By
	NeedEvents bool // only people with an event to send get an identify; needs Options.Events
	Merges     MergePolicy
	// MergeProfiles also merges profiles of one person of which several are identified. Without it only a
	// $merge_dangerously does so, and other people with such profiles are held.
	MergeProfiles bool
	// Excluded reports whether people with an email are not to be sent. It is called from many goroutines,
	// with the email as it is written. Nil excludes nobody. For IDs there is Options.Excluded.
	Excluded func(email []byte) bool
	// Filters leave out test accounts: everybody whose final attributes do not match all of them. Nil leaves
	// out nobody.
	Filters []Filter
	// Only sends no other people than those with an ID for which Options.Only is true, or with an email for
	// which NamesEmail is true and which nobody else who is sent keeps.
	Only bool
	// NamesEmail reports whether people with an email are named, for Only and for Directory.NamedByEmail. It
	// is called from many goroutines, with the email as it is written. Nil names nobody.
	NamesEmail func(email []byte) bool
}

// Status says what becomes of a distinct ID's rows. All but Sent are reasons why they are not sent.
type Status uint8

const (
	Sent         Status = iota
	Anonymous           // Choice.Who does not include the person
	NoEmail             // Choice.Who is WithEmail, and the person has no email
	Illegal             // a placeholder such as "undefined", never a person
	NoIdentifier        // the person has none of the identifiers of Choice.By
	LostEmail           // Choice.By is ByEmail alone, and somebody else who is sent keeps the email
	Excluded            // by Options.Excluded or Choice.Excluded
	Deleted             // in the persons export
	NotNamed            // Choice.Only is set, and the person is not named
	AllRejected         // all rows of the person are rejected
	TwoProfiles         // the person is held: see HeldPerson
	TestAccount         // by Choice.Filters
	statuses
)

// includes reports whether the choice includes a group that is on a row.
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

// leftOutAs returns the status of people whom the choice does not include.
func (w Who) leftOutAs() Status {
	if w == WithEmail {
		return NoEmail
	}
	return Anonymous
}

// requiredKind returns the kind of identifier that people must have; ByID if any kind will do.
func (c *Choice) requiredKind() By {
	if len(c.By) == 1 {
		return c.By[0]
	}
	return ByID
}

// identifierKind returns the kind of identifier that a group is sent under; false if it has none that will
// do.
func (c *Choice) identifierKind(m groupFlags) (By, bool) {
	for _, by := range c.By {
		if by == ByID || by == ByEmail && m&(hasEmail|lostEmail) == hasEmail || by == ByCioID && m&(hasCioID|lostCioID) == hasCioID {
			return by, true
		}
	}
	return ByID, c.requiredKind() == ByID
}

// getsIdentify reports whether a group that is on a row would get an identify if Who were w, provided that it
// has an identifier.
func (c *Choice) getsIdentify(w Who, m groupFlags) bool {
	return (w.includes(m) || m&isSent != 0) && m&isTestAccount == 0 && c.barred(m) == Sent &&
		(!c.NeedEvents || m&groupEvents != 0)
}

// barred returns the reason why a group is not sent, whatever Who is; Sent if there is none. That it is a test
// account is none of these: the rows of visitors wait, since their attributes may come later.
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

// status returns what becomes of a candidate with these flags.
func (c *Choice) status(t groupFlags) Status {
	if barred := c.barred(t); barred != Sent {
		return barred
	}
	if t&isSent == 0 && !c.Who.includes(t) {
		return c.Who.leftOutAs()
	}
	if t&isTestAccount != 0 {
		return TestAccount
	}
	if t&isSent != 0 {
		return Sent
	}
	if _, ok := c.identifierKind(t); ok {
		return Sent
	}
	if c.requiredKind() == ByEmail && t&lostEmail != 0 {
		return LostEmail
	}
	return NoIdentifier
}

// bareFlags returns the flags that a group without attributes has because of them.
func (c *Choice) bareFlags() groupFlags {
	for _, f := range c.Filters {
		if !f.Match(nil) {
			return isTestAccount
		}
	}
	return 0
}

// mayBeSent reports whether a group might be sent, or counts for another choice of Who, as far as is known
// without its attributes. If people are named by their emails, nobody is ruled out before the emails are
// known.
func (c *Choice) mayBeSent(t groupFlags) bool {
	if t&groupSeen == 0 || t&groupNotRejected == 0 || c.NamesEmail == nil && c.barred(t) != Sent {
		return false
	}
	return c.Who == All || t&(isIdentified|groupAttributes|isSent) != 0 || c.byEmailID(t)
}

// byEmailID reports whether a group may be sent under an email that is one of its IDs.
func (c *Choice) byEmailID(t groupFlags) bool {
	return t&groupEmail != 0 && slices.Contains(c.By, ByEmail)
}
