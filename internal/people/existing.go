package people

import "ph2cio/internal/posthog"

// Existing holds the profiles that Customer.io has already, in about 200 bytes each. NewExisting makes one.
// Add must not be called by several goroutines at once, nor after the first pass has begun. A nil *Existing
// holds no profiles.
type Existing struct {
	seed   uint64
	rows   []profile
	ids    map[sum]uint32 // places in rows
	emails map[sum]uint32 // the same, by the folded email
	cioIDs map[sum]uint32
	texts  textPages
}

// profile is the identifiers of a profile; the zero place is for one that it does not have.
type profile struct{ id, email, cioID textPlace }

// NewExisting returns an Existing without profiles.
func NewExisting() *Existing {
	e := &Existing{seed: newSeed(), ids: map[sum]uint32{}, emails: map[sum]uint32{}, cioIDs: map[sum]uint32{}}
	e.texts.add(nil) // the zero place is that of the empty text
	return e
}

// Add adds a profile. An identifier that it does not have is empty. cioID is without `cio_` in front.
func (e *Existing) Add(id, email, cioID string) {
	row := uint32(len(e.rows))
	if id != "" {
		h := sumOf([]byte(id), e.seed)
		if had, twice := e.ids[h]; twice && email == "" && e.email(had) != "" {
			return // the profile was added before, with its email
		}
		e.ids[h] = row
	}
	if cioID != "" {
		e.cioIDs[sumOf([]byte(cioID), e.seed)] = row
	}
	if email != "" {
		e.emails[e.folded([]byte(email))] = row
	}
	e.rows = append(e.rows, profile{e.place(id), e.place(email), e.place(cioID)})
}

// place adds a text, and returns its place.
func (e *Existing) place(text string) (none textPlace) {
	if text == "" {
		return none
	}
	return e.texts.add([]byte(text))
}

// Len returns how many profiles have an id, and how many have an email.
func (e *Existing) Len() (ids, emails int) { return len(e.ids), len(e.emails) }

// folded returns the sum of an email in whatever case.
func (e *Existing) folded(email []byte) sum {
	return sumOf(FoldEmail(nil, email), e.seed)
}

// byID returns the profile with an id.
func (e *Existing) byID(id []byte) (row uint32, found bool) {
	if e == nil {
		return 0, false
	}
	row, found = e.ids[sumOf(id, e.seed)]
	return row, found
}

// hasID reports whether there is a profile with an id.
func (e *Existing) hasID(id []byte) bool {
	_, found := e.byID(id)
	return found
}

// byCioID returns the profile with a cio_id.
func (e *Existing) byCioID(id []byte) (row uint32, found bool) {
	if e == nil || len(id) == 0 {
		return 0, false
	}
	row, found = e.cioIDs[sumOf(id, e.seed)]
	return row, found
}

// hasCioID reports whether there is a profile with a cio_id.
func (e *Existing) hasCioID(id []byte) bool {
	_, found := e.byCioID(id)
	return found
}

// byEmail returns the profile with an email, in whatever case.
func (e *Existing) byEmail(email []byte) (row uint32, found bool) {
	if e == nil || len(email) == 0 {
		return 0, false
	}
	row, found = e.emails[e.folded(email)]
	return row, found
}

// byName returns the profile with an identifier.
func (e *Existing) byName(by By, value []byte) (row uint32, found bool) {
	switch by {
	case ByEmail:
		return e.byEmail(value)
	case ByCioID:
		return e.byCioID(value)
	}
	return e.byID(value)
}

func (e *Existing) id(row uint32) string    { return e.texts.text(e.rows[row].id) }
func (e *Existing) email(row uint32) string { return e.texts.text(e.rows[row].email) }
func (e *Existing) cioID(row uint32) string { return e.texts.text(e.rows[row].cioID) }

// name returns the identifier by which a profile is merged into another one: its id if it has any, then its
// email.
func (e *Existing) name(row uint32) (By, string) {
	switch {
	case e.id(row) != "":
		return ByID, e.id(row)
	case e.email(row) != "":
		return ByEmail, e.email(row)
	}
	return ByCioID, e.cioID(row)
}

// anonymous reports whether a profile looks like a visitor's: it has no email, and its id looks as if a
// machine had made it.
func (e *Existing) anonymous(row uint32) bool {
	return e.email(row) == "" && posthog.MachineMade([]byte(e.id(row)))
}
