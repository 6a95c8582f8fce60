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

// foundProfiles are the profiles of candidates, and the candidates whose email is that of somebody else's
// profile.
type foundProfiles struct {
	all   []candidateProfile // sorted by candidate, those that were sent first
	taken map[uint32]string  // by candidate: the profile of somebody else that has their email
}

// profileFinder finds the profiles of candidates.
type profileFinder struct {
	ctx         context.Context // of find
	nodes       *nodes
	options     *Options
	choice      *Choice
	people      *candidates
	sent        *sentTable
	identifiers *identifiers
	ranker      *idRanker

	lock      sync.Mutex // of found and byEmailID
	found     foundProfiles
	byEmailID []candidateProfile // profiles to which an ID leads that is an email
}

// find finds the profiles of all candidates for whom a choice between several may be needed. In most nights
// most people have just the profile that an earlier run has sent under their kept ID. Without
// Options.Existing these are left out.
func (s *profileFinder) find() (foundProfiles, error) {
	s.found.taken = map[uint32]string{}
	if s.options.Existing == nil && len(s.sent.all) == 0 {
		return s.found, nil
	}
	several := s.severalSent()
	err := s.nodes.each(s.ctx, func(node uint32, f *idFacts, text []byte) error {
		number, ok := s.people.numberOf(node)
		if !ok {
			return nil
		}
		if f.flags&wasSent != 0 && (s.options.Existing != nil || several[number]) {
			if place := s.sent.find(node); !s.sent.all[place].merged {
				s.add(&s.found.all, &candidateProfile{
					candidate: number, node: node, sent: uint32(place) + 1, namedByID: true,
					identified: s.sent.all[place].identified(s.options, f.flags),
				}, f, text)
			}
		}
		if row, found := s.options.Existing.byID(text); found && f.flags&tooLong == 0 && !s.options.rowMerged(row) {
			s.add(&s.found.all, &candidateProfile{
				candidate: number, node: node, row: row + 1, namedByID: true, identified: s.options.identifiedRow(row, f.flags),
			}, f, text)
		}
		if f.flags&emailShaped != 0 {
			if row, found := s.options.Existing.byEmail(text); found {
				s.add(&s.byEmailID, &candidateProfile{candidate: number, node: node, row: row + 1, identified: true}, f, text)
			}
		}
		return nil
	})
	if err == nil {
		s.findByAttributes()
	}
	slices.SortFunc(s.found.all, func(a, b candidateProfile) int {
		return cmp.Or(cmp.Compare(a.candidate, b.candidate),
			cmp.Compare(b.sent, a.sent), cmp.Compare(a.row, b.row), s.compareTexts(&a, &b))
	})
	return s.found, err
}

// severalSent returns the candidates of whom earlier runs have sent several profiles, or one under another ID
// than the kept one.
func (s *profileFinder) severalSent() map[uint32]bool {
	several := map[uint32]bool{}
	if s.options.Existing != nil {
		return several // find looks at everybody then
	}
	var once parallel.Bitset
	for i := range s.sent.all {
		number, ok := s.people.numberOf(s.sent.all[i].node)
		if !ok || s.sent.all[i].merged {
			continue
		}
		if !once.Add(uint64(number)) || s.people.all[number].rank != identity.Sent {
			several[number] = true
		}
	}
	return several
}

// add adds a profile to a list, with the rank of the ID that leads to it. Several goroutines may call it.
func (s *profileFinder) add(to *[]candidateProfile, one *candidateProfile, f *idFacts, text []byte) {
	one.rank = s.ranker.rank(one.node, f, text)
	s.lock.Lock()
	defer s.lock.Unlock()
	one.text = s.people.addText(text)
	*to = append(*to, *one)
}

// findByAttributes finds the profiles with the cio_id or the email of a candidate, including IDs that are
// emails. A profile whose id is somebody else's ID, or under which an earlier run has sent somebody else,
// belongs to that person, and so does its email. If these are two people, both may have the email,
// since both are sent to that profile.
func (s *profileFinder) findByAttributes() {
	existing := s.options.Existing
	if existing == nil {
		return
	}
	owner := s.sentUnder() // by row: the candidate that has the profile, though no ID leads to it
	owns := func(row, number uint32) bool {
		is, owned := owner[row]
		return owned && is == number
	}
	claim := func(row, number uint32) (theirs bool) {
		if s.belongsToSomebody(existing.id(row)) {
			return false
		}
		if _, taken := owner[row]; !taken {
			owner[row] = number
		}
		return owner[row] == number
	}
	s.eachWithIdentifier(func(number uint32, _, cioID string) {
		if row, found := existing.byCioID([]byte(cioID)); found && !s.options.rowMerged(row) && claim(row, number) {
			s.addByAttribute(row, number)
		}
	})
	s.eachWithIdentifier(func(number uint32, email, _ string) {
		row, found := existing.byEmail([]byte(email))
		switch {
		case !found || s.options.rowMerged(row) || s.ownsID(existing.id(row), number):
		case claim(row, number):
			s.addByAttribute(row, number)
		case !owns(row, number): // an identify without the email would remove it from their own profile
			_, s.found.taken[number] = existing.name(row)
		}
	})
	slices.SortFunc(s.byEmailID, func(a, b candidateProfile) int { return s.compareTexts(&a, &b) })
	for _, one := range s.byEmailID {
		row := one.row - 1
		if !s.options.rowMerged(row) && !s.ownsID(existing.id(row), one.candidate) && claim(row, one.candidate) {
			s.found.all = append(s.found.all, one)
		}
	}
	s.byEmailID = nil
}

// sentUnder returns the profiles of Options.Existing under which an earlier run has sent a candidate, but not
// by one of the candidate's IDs, with the candidate.
func (s *profileFinder) sentUnder() map[uint32]uint32 {
	owner, turns := map[uint32]uint32{}, map[uint32]uint32{}
	for i := range s.sent.all {
		one := &s.sent.all[i]
		number, ok := s.people.numberOf(one.node)
		if !ok || one.name == nil || one.merged {
			continue
		}
		row, found := s.options.Existing.byName(one.name.by, []byte(one.name.value))
		if turn, taken := turns[row]; found && (!taken || one.turn < turn) {
			owner[row], turns[row] = number, one.turn
		}
	}
	return owner
}

// compareTexts orders profiles by the IDs that lead to them, so that the order of hashes decides nothing.
func (s *profileFinder) compareTexts(a, b *candidateProfile) int {
	return bytes.Compare(s.people.names.bytes(a.text), s.people.names.bytes(b.text))
}

// addByAttribute adds a profile to which only an attribute leads.
func (s *profileFinder) addByAttribute(row, number uint32) {
	nowhere := identity.Candidate{Rank: identity.Existing, First: identity.Never}
	s.found.all = append(s.found.all, candidateProfile{
		candidate: number, node: noNode, row: row + 1, identified: s.options.identifiedRow(row, 0), rank: nowhere,
	})
}

// belongsToSomebody reports whether an ID is that of a person who is sent, or who must not be sent. Then a
// profile with that id is theirs. But if a visitor has the ID who is not sent, the profile may belong to the
// person with its email.
func (s *profileFinder) belongsToSomebody(id string) bool {
	node, known := s.nodes.of(s.nodes.x.sum([]byte(id)))
	if !known || id == "" {
		return false
	}
	status := Status(s.people.members[node])
	if owner, ok := s.people.numberOf(node); ok {
		status = s.choice.status(s.people.all[owner].flags)
	}
	return status != s.choice.Who.leftOutAs()
}

// ownsID reports whether an ID is one of a candidate's.
func (s *profileFinder) ownsID(id string, number uint32) bool {
	node, known := s.nodes.of(s.nodes.x.sum([]byte(id)))
	if !known || id == "" {
		return false
	}
	owner, ok := s.people.numberOf(node)
	return ok && owner == number
}

// eachWithIdentifier calls f with the email and the cio_id of each candidate who is sent and has any; empty
// for one that is missing or that somebody else keeps.
func (s *profileFinder) eachWithIdentifier(f func(number uint32, email, cioID string)) {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	for i := range s.people.all {
		if number := uint32(i); s.people.all[i].flags&(hasEmail|hasCioID) != 0 && s.choice.status(s.people.all[i].flags) == Sent {
			email, cioID := s.identifiers.own(number, r)
			f(number, email, cioID)
		}
	}
}
