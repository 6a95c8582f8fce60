package people

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// standings are the profiles of candidates, and who goes without theirs.
type standings struct {
	all   []standing        // sorted by candidate, first those that were sent
	taken map[uint32]string // by candidate: another profile, which has their email
}

// profileFinder finds the profiles of candidates.
type profileFinder struct {
	ctx     context.Context // of find
	nodes   *nodes
	options *Options
	choice  *Choice
	people  *candidates
	sent    *sentTable
	carried *carried
	fit     *fitness

	lock    sync.Mutex // of found and byShape
	found   standings
	byShape []standing // found by an ID that is an email
}

// find finds the profiles of all candidates who may need a choice between several. An earlier run's are
// those of most people in most nights: who has just the one that is kept needs none.
func (s *profileFinder) find() (standings, error) {
	s.found.taken = map[uint32]string{}
	if s.options.Existing == nil && len(s.sent.all) == 0 {
		return s.found, nil
	}
	several := s.severalSent()
	err := s.nodes.each(s.ctx, func(node uint32, f *fact, text []byte) error {
		number, ok := s.people.of(node)
		if !ok {
			return nil
		}
		if f.marks&wasSent != 0 && (s.options.Existing != nil || several[number]) {
			if place := s.sent.find(node); !s.sent.all[place].gone {
				s.stand(&s.found.all, &standing{
					candidate: number, node: node, sent: uint32(place) + 1, own: true,
					identified: s.sent.all[place].identified(s.options, f.marks),
				}, f, text)
			}
		}
		if row, found := s.options.Existing.byID(text); found && f.marks&tooLong == 0 && !s.options.rowGone(row) {
			s.stand(&s.found.all, &standing{
				candidate: number, node: node, row: row + 1, own: true, identified: s.options.identifiedRow(row, f.marks),
			}, f, text)
		}
		if f.marks&emailShaped != 0 {
			if row, found := s.options.Existing.byEmail(text); found {
				s.stand(&s.byShape, &standing{candidate: number, node: node, row: row + 1, identified: true}, f, text)
			}
		}
		return nil
	})
	if err == nil {
		s.standByAttributes()
	}
	slices.SortFunc(s.found.all, func(a, b standing) int {
		return cmp.Or(cmp.Compare(a.candidate, b.candidate),
			cmp.Compare(b.sent, a.sent), cmp.Compare(a.row, b.row), s.compareTexts(&a, &b))
	})
	return s.found, err
}

// severalSent are the candidates of whom earlier runs have sent several profiles, or another one than that
// which they keep.
func (s *profileFinder) severalSent() map[uint32]bool {
	several := map[uint32]bool{}
	if s.options.Existing != nil {
		return several // then everybody is looked at
	}
	var once parallel.Bitset
	for i := range s.sent.all {
		number, ok := s.people.of(s.sent.all[i].node)
		if !ok || s.sent.all[i].gone {
			continue
		}
		if !once.Add(uint64(number)) || s.people.all[number].rank != identity.Sent {
			several[number] = true
		}
	}
	return several
}

// stand adds a standing with what its ID says. Several goroutines may do so.
func (s *profileFinder) stand(to *[]standing, one *standing, f *fact, text []byte) {
	one.suits = s.fit.of(one.node, f, text)
	s.lock.Lock()
	defer s.lock.Unlock()
	one.text = s.people.addText(text)
	*to = append(*to, *one)
}

// standByAttributes finds the profiles with somebody's cio_id or email, an ID that is an email included. One
// whose ID is another person's, or that another one was sent under, is that person's, and so is the email.
func (s *profileFinder) standByAttributes() {
	existing := s.options.Existing
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
		if row, found := existing.byCioID([]byte(cioID)); found && !s.options.rowGone(row) && claim(row, number) {
			s.standApart(row, number)
		}
	})
	s.eachIdentified(func(number uint32, email, _ string) {
		row, found := existing.byEmail([]byte(email))
		switch {
		case !found || s.options.rowGone(row) || s.ownsID(existing.id(row), number):
		case claim(row, number):
			s.standApart(row, number)
		default:
			_, s.found.taken[number] = existing.name(row)
		}
	})
	slices.SortFunc(s.byShape, func(a, b standing) int { return s.compareTexts(&a, &b) })
	for _, one := range s.byShape {
		row := one.row - 1
		if !s.options.rowGone(row) && !s.ownsID(existing.id(row), one.candidate) && claim(row, one.candidate) {
			s.found.all = append(s.found.all, one)
		}
	}
	s.byShape = nil
}

// sentRows are the profiles of Options.Existing under which an earlier run has sent somebody, by none of
// their IDs, and who that was.
func (s *profileFinder) sentRows() map[uint32]uint32 {
	owner, turns := map[uint32]uint32{}, map[uint32]uint32{}
	for i := range s.sent.all {
		one := &s.sent.all[i]
		number, ok := s.people.of(one.node)
		if !ok || one.name == nil || one.gone {
			continue
		}
		row, found := s.options.Existing.byName(one.name.by, []byte(one.name.value))
		if turn, taken := turns[row]; found && (!taken || one.turn < turn) {
			owner[row], turns[row] = number, one.turn
		}
	}
	return owner
}

// compareTexts orders standings by the IDs that name them, so that the order of hashes decides nothing.
func (s *profileFinder) compareTexts(a, b *standing) int {
	return bytes.Compare(s.people.names.bytes(a.text), s.people.names.bytes(b.text))
}

// standApart adds a profile that only an attribute leads to.
func (s *profileFinder) standApart(row, number uint32) {
	nowhere := identity.Candidate{Rank: identity.Existing, First: identity.Never}
	s.found.all = append(s.found.all, standing{
		candidate: number, node: noNode, row: row + 1, identified: s.options.identifiedRow(row, 0), suits: nowhere,
	})
}

// somebodys reports whether an ID is that of somebody who is sent, or who is never to be: then a profile
// under it is theirs. Rows of a visitor who is not sent do not keep it from the one who has its email.
func (s *profileFinder) somebodys(id string) bool {
	node, known := s.nodes.of(s.nodes.x.sum([]byte(id)))
	if !known || id == "" {
		return false
	}
	status := Status(s.people.members[node])
	if owner, ok := s.people.of(node); ok {
		status = s.choice.status(s.people.all[owner].traits)
	}
	return status != s.choice.Who.leaves()
}

// ownsID reports whether an ID is one of a candidate's.
func (s *profileFinder) ownsID(id string, number uint32) bool {
	node, known := s.nodes.of(s.nodes.x.sum([]byte(id)))
	if !known || id == "" {
		return false
	}
	owner, ok := s.people.of(node)
	return ok && owner == number
}

// eachIdentified yields the email and the cio_id of those who are sent, each empty where it is missing or
// somebody else's.
func (s *profileFinder) eachIdentified(f func(number uint32, email, cioID string)) {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	for i := range s.people.all {
		if number := uint32(i); s.people.all[i].traits&(hasEmail|hasCioID) != 0 && s.choice.status(s.people.all[i].traits) == Sent {
			email, cioID := s.carried.alone(number, r)
			f(number, email, cioID)
		}
	}
}
