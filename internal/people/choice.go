package people

// Who is the choice of people to send.
type Who string

const (
	Identified Who = "identified" // those who have made themselves known
	WithEmail  Who = "with-email" // those with a plausible email, identified or not
	All        Who = "all"        // every legal distinct ID
)

// By is a kind of identifier to send a person under.
type By string

const (
	ByID    By = "id"     // the distinct ID
	ByEmail By = "email"  // the `email` attribute
	ByCioID By = "cio_id" // the `cio_id` attribute, with or without its `cio_` in front
)

// Choice is what Settle decides by. The zero value is Identified, ByID.
type Choice struct {
	Who Who
	// By is the kinds of identifier in order of preference. The id comes last in any case, unless the only kind is
	// ByEmail or ByCioID: people without it are then not sent.
	By         []By
	NeedEvents bool // only people with an event to send get an identify
	Merges     bool // collect the links of accepted $identify rows; needs Options.Links
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

// takes reports whether the choice includes an ID that has stood on a row.
func (w Who) takes(m marks) bool {
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

// by returns the kind of identifier that an ID is sent under, false when it has none that will do.
func (c *Choice) by(m marks) (By, bool) {
	for _, by := range c.By {
		if by == ByID || by == ByEmail && m&(hasEmail|lostEmail) == hasEmail || by == ByCioID && m&(hasCioID|lostCioID) == hasCioID {
			return by, true
		}
	}
	return ByID, c.only() == ByID
}

// profile reports whether an ID that has stood on a row would get an identify if Who were w, apart from the
// identifier it needs.
func (c *Choice) profile(w Who, m marks) bool {
	return w.takes(m) && (!c.NeedEvents || m&hasEvents != 0)
}
