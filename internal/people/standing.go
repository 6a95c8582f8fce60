package people

import (
	"bytes"
	"cmp"
	"slices"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// standing is a profile that a candidate has: one of Options.Existing, one that an earlier run has sent, or
// both in one. Profiles that were merged into others are none.
type standing struct {
	candidate  uint32
	node       uint32    // the ID of the candidate that names it; noNode where only an attribute does
	row        uint32    // in Options.Existing, plus one; 0 for none
	sent       uint32    // place in Settled.sent, plus one; 0 for none
	text       textPlace // of the ID that names it
	own        bool      // that ID is what the profile goes by
	identified bool      // else it is a visitor's, who may be merged into anybody
	suits      identity.Candidate
}

const noNode = ^uint32(0)

// gone reports whether an earlier run has merged a profile into another one.
func (x *Index) gone(by By, value string) bool {
	return x.options.Merged != nil && x.options.Merged(by, value)
}

// rowGone reports the same of one of Options.Existing, which may have been exported before that.
func (x *Index) rowGone(row uint32) bool { return x.gone(x.options.Existing.name(row)) }

// identifiedRow reports whether a profile of Options.Existing is more than a visitor's. m are the marks of
// its ID, 0 if the ID is not in the export.
func (x *Index) identifiedRow(row uint32, m marks) bool {
	id := x.options.Existing.id(row)
	switch {
	case x.options.Existing.email(row) != "" || id == "" || m.identified():
		return true
	case m == 0:
		return !posthog.MachineMade([]byte(id)) || x.ofUser([]byte(id))
	}
	return !m.machine()
}

// identifiedSent reports whether a profile that an earlier run has sent is more than a visitor's.
func (x *Index) identifiedSent(one *sent, m marks) bool {
	switch name := one.name; {
	case one.email != 0 || m.identified():
		return true
	case name != nil:
		return name.by != ByID || !posthog.MachineMade([]byte(name.value)) || x.ofUser([]byte(name.value))
	}
	return !m.machine()
}

// standings finds the profiles of all candidates who may need a choice between several. An earlier run's are
// those of most people in most nights: who has just the one that is kept needs none.
func (s *settler) standings() error {
	if s.x.options.Existing == nil && len(s.settled.sent) == 0 {
		return nil
	}
	several := s.severalSent()
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		if !ok {
			return nil
		}
		if f.marks&wasSent != 0 && (s.x.options.Existing != nil || several[number]) {
			if place := s.settled.sentAs(node); !s.settled.sent[place].gone {
				s.stand(&s.standing, &standing{
					candidate: number, node: node, sent: uint32(place) + 1, own: true,
					identified: s.x.identifiedSent(&s.settled.sent[place], f.marks),
				}, f, text)
			}
		}
		if row, found := s.x.options.Existing.byID(text); found && f.marks&tooLong == 0 && !s.x.rowGone(row) {
			s.stand(&s.standing, &standing{
				candidate: number, node: node, row: row + 1, own: true, identified: s.x.identifiedRow(row, f.marks),
			}, f, text)
		}
		if f.marks&emailShaped != 0 {
			if row, found := s.x.options.Existing.byEmail(text); found {
				s.stand(&s.byShape, &standing{candidate: number, node: node, row: row + 1, identified: true}, f, text)
			}
		}
		return nil
	})
	if err == nil {
		s.standByAttributes()
	}
	slices.SortFunc(s.standing, func(a, b standing) int {
		return cmp.Or(cmp.Compare(a.candidate, b.candidate),
			cmp.Compare(b.sent, a.sent), cmp.Compare(a.row, b.row), s.compareTexts(&a, &b))
	})
	return err
}

// severalSent are the candidates of whom earlier runs have sent several profiles, or another one than that
// which they keep.
func (s *settler) severalSent() map[uint32]bool {
	several := map[uint32]bool{}
	if s.x.options.Existing != nil {
		return several // then everybody is looked at
	}
	var once parallel.Bitset
	for i := range s.settled.sent {
		number, ok := s.candidateOf(s.settled.sent[i].node)
		if !ok || s.settled.sent[i].gone {
			continue
		}
		if !once.Add(uint64(number)) || s.candidates[number].rank != identity.Sent {
			several[number] = true
		}
	}
	return several
}

// stand adds a standing with what its ID says. Several goroutines may do so.
func (s *settler) stand(to *[]standing, one *standing, f *fact, text []byte) {
	one.suits = s.suits(one.node, f, text)
	s.linksLock.Lock()
	defer s.linksLock.Unlock()
	one.text = s.names.add(text)
	*to = append(*to, *one)
}

// standByAttributes finds the profiles with somebody's cio_id or email, an ID that is an email included. One
// whose ID is another person's, or that another one was sent under, is that person's, and so is the email.
func (s *settler) standByAttributes() {
	existing := s.x.options.Existing
	if existing == nil {
		return
	}
	owner := s.sentRows() // by row, of those that no ID names
	claim := func(row, number uint32) (theirs bool) {
		if s.somebodys(existing.id(row)) {
			return false
		}
		if _, taken := owner[row]; !taken {
			owner[row] = number
		}
		return owner[row] == number
	}
	s.eachIdentified(func(number uint32, _, cioID string) {
		if row, found := existing.byCioID([]byte(cioID)); found && !s.x.rowGone(row) && claim(row, number) {
			s.standApart(row, number)
		}
	})
	s.eachIdentified(func(number uint32, email, _ string) {
		row, found := existing.byEmail([]byte(email))
		switch {
		case !found || s.x.rowGone(row) || s.ownsID(existing.id(row), number):
		case claim(row, number):
			s.standApart(row, number)
		default:
			_, s.taken[number] = existing.name(row)
		}
	})
	slices.SortFunc(s.byShape, func(a, b standing) int { return s.compareTexts(&a, &b) })
	for _, one := range s.byShape {
		row := one.row - 1
		if !s.x.rowGone(row) && !s.ownsID(existing.id(row), one.candidate) && claim(row, one.candidate) {
			s.standing = append(s.standing, one)
		}
	}
	s.byShape = nil
}

// sentRows are the profiles of Options.Existing under which an earlier run has sent somebody, by none of their
// IDs, and who that was.
func (s *settler) sentRows() map[uint32]uint32 {
	owner, turns := map[uint32]uint32{}, map[uint32]uint32{}
	for i := range s.settled.sent {
		one := &s.settled.sent[i]
		number, ok := s.candidateOf(one.node)
		if !ok || one.name == nil || one.gone {
			continue
		}
		row, found := s.x.options.Existing.byName(one.name.by, []byte(one.name.value))
		if turn, taken := turns[row]; found && (!taken || one.turn < turn) {
			owner[row], turns[row] = number, one.turn
		}
	}
	return owner
}

// compareTexts orders standings by the IDs that name them, so that the order of hashes decides nothing.
func (s *settler) compareTexts(a, b *standing) int {
	return bytes.Compare(s.names.bytes(a.text), s.names.bytes(b.text))
}

// standApart adds a profile that only an attribute leads to.
func (s *settler) standApart(row, number uint32) {
	nowhere := identity.Candidate{Rank: identity.Existing, First: identity.Never}
	s.standing = append(s.standing, standing{
		candidate: number, node: noNode, row: row + 1, identified: s.x.identifiedRow(row, 0), suits: nowhere,
	})
}

// somebodys reports whether an ID is that of somebody who is sent, or who is never to be: then a profile under
// it is theirs. Rows of a visitor who is not sent do not keep it from the one who has its email.
func (s *settler) somebodys(id string) bool {
	node, known := s.node(s.x.sum([]byte(id)))
	if !known || id == "" {
		return false
	}
	status := Status(s.members[node])
	if owner, ok := s.candidateOf(node); ok {
		status = s.status(s.candidates[owner].traits)
	}
	return status != s.choice.Who.leaves()
}

// ownsID reports whether an ID is one of a candidate's.
func (s *settler) ownsID(id string, number uint32) bool {
	node, known := s.node(s.x.sum([]byte(id)))
	if !known || id == "" {
		return false
	}
	owner, ok := s.candidateOf(node)
	return ok && owner == number
}

// eachIdentified yields the email and the cio_id of those who are sent, each empty where it is missing or
// somebody else's.
func (s *settler) eachIdentified(f func(number uint32, email, cioID string)) {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	for i := range s.candidates {
		if number := uint32(i); s.candidates[i].traits&(hasEmail|hasCioID) != 0 && s.status(s.candidates[i].traits) == Sent {
			email, cioID := s.carried(number, r)
			f(number, email, cioID)
		}
	}
}

// carried are the email and the cio_id that a candidate has and nobody else.
func (s *settler) carried(number uint32, r *spool.Reader) (email, cioID string) {
	c := &s.candidates[number]
	if c.traits&hasFinal != 0 {
		email, cioID = s.settled.identifiers(&Person{attributes: s.parts.Final(number, c.place)}, r)
	}
	if c.traits&emailIsID != 0 {
		email = string(s.emailOfID(number))
	}
	if c.traits&(hasEmail|lostEmail) != hasEmail {
		email = ""
	}
	if c.traits&(hasCioID|lostCioID) != hasCioID {
		cioID = ""
	}
	return email, cioID
}
