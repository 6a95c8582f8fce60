package people

// Existing are the profiles that Customer.io has already. Make one with NewExisting; Add must not be called from several
// goroutines at once, and never after the first reading has begun. It takes about 100 bytes a profile.
type Existing struct {
	seed   uint64
	ids    map[sum]struct{}
	emails map[sum]profile // by folded email
	cioIDs map[sum]struct{}
	texts  textPages
}

// profile is who has an email.
type profile struct {
	hasID bool
	id    textPlace
}

// NewExisting returns an empty set.
func NewExisting() *Existing {
	return &Existing{seed: newSeed(), ids: map[sum]struct{}{}, emails: map[sum]profile{}, cioIDs: map[sum]struct{}{}}
}

// Add adds a profile. Each text may be empty. cioID is without `cio_` in front.
func (e *Existing) Add(id, email, cioID string) {
	if id != "" {
		e.ids[sumOf([]byte(id), e.seed)] = struct{}{}
	}
	if cioID != "" {
		e.cioIDs[sumOf([]byte(cioID), e.seed)] = struct{}{}
	}
	if email == "" {
		return
	}
	p := profile{hasID: id != ""}
	if p.hasID {
		p.id = e.texts.add([]byte(id))
	}
	e.emails[e.folded([]byte(email))] = p
}

// Len is how many profiles have an id, and how many an email.
func (e *Existing) Len() (ids, emails int) { return len(e.ids), len(e.emails) }

func (e *Existing) folded(email []byte) sum {
	return sumOf(FoldEmail(nil, email), e.seed)
}

// hasID reports whether there is a profile under an ID.
func (e *Existing) hasID(id []byte) bool {
	if e == nil {
		return false
	}
	_, ok := e.ids[sumOf(id, e.seed)]
	return ok
}

func (e *Existing) hasCioID(id []byte) bool {
	if e == nil {
		return false
	}
	_, ok := e.cioIDs[sumOf(id, e.seed)]
	return ok
}

// byEmail returns the profile with an email.
func (e *Existing) byEmail(email []byte) (id string, hasID, found bool) {
	if e == nil || len(email) == 0 {
		return "", false, false
	}
	p, found := e.emails[e.folded(email)]
	if p.hasID {
		id = string(e.texts.bytes(p.id))
	}
	return id, p.hasID, found
}
