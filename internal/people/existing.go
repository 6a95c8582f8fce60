package people

import "ph2cio/internal/posthog"

// Existing are the profiles that Customer.io has already. Make one with NewExisting; Add must not be called
// from several goroutines at once, and never after the first pass has begun. It takes about 200 bytes a
// profile.
type Existing struct {
	seed   uint64
	rows   []profile
	ids    map[sum]uint32 // places in rows
	emails map[sum]uint32 // the same, by folded email
	cioIDs map[sum]uint32
	texts  textPages
}

// profile is what names a profile, each text empty where there is none.
type profile struct{ id, email, cioID textPlace }

// NewExisting returns an empty set.
func NewExisting() *Existing {
	e := &Existing{seed: newSeed(), ids: map[sum]uint32{}, emails: map[sum]uint32{}, cioIDs: map[sum]uint32{}}
	e.texts.add(nil) // the zero place is that of no text
	return e
}

// Add adds a profile. Each text may be empty. cioID is without `cio_` in front.
func (e *Existing) Add(id, email, cioID string) {
	row := uint32(len(e.rows))
	if id != "" {
		h := sumOf([]byte(id), e.seed)
		if had, twice := e.ids[h]; twice && email == "" && e.email(had) != "" {
			return // the file says more of it already
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

func (e *Existing) place(text string) (none textPlace) {
	if text == "" {
		return none
	}
	return e.texts.add([]byte(text))
}

// Len is how many profiles have an id, and how many an email.
func (e *Existing) Len() (ids, emails int) { return len(e.ids), len(e.emails) }

func (e *Existing) folded(email []byte) sum {
	return sumOf(FoldEmail(nil, email), e.seed)
}

// byID returns the profile under an ID.
func (e *Existing) byID(id []byte) (row uint32, found bool) {
	if e == nil {
		return 0, false
	}
	row, found = e.ids[sumOf(id, e.seed)]
	return row, found
}

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

// byName returns the profile that goes by an identifier.
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

// name is what a profile is merged under.
func (e *Existing) name(row uint32) (By, string) {
	switch {
	case e.id(row) != "":
		return ByID, e.id(row)
	case e.email(row) != "":
		return ByEmail, e.email(row)
	}
	return ByCioID, e.cioID(row)
}

// anonymous reports whether a profile can be that of a visitor, by what there is of it: it has no email, and
// a machine made its ID, as far as its shape tells.
func (e *Existing) anonymous(row uint32) bool {
	return e.email(row) == "" && posthog.MachineMade([]byte(e.id(row)))
}
