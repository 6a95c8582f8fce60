package people

import (
	"cmp"
	"slices"
)

// heldEmail is an email that somebody was sent under. It names their profile for good, so nobody else can be sent with it without
// the two becoming one.
type heldEmail struct {
	email sum
	sent  uint32 // the place of the holder in Settled.sent
}

// holdEmails makes the table of the emails that people were sent under; of two with one email the first has it.
func (s *settler) holdEmails() {
	for i := range s.settled.sent {
		if name := s.settled.sent[i].name; name != nil && name.by == ByEmail {
			s.held = append(s.held, heldEmail{s.x.sum(FoldEmail(nil, []byte(name.value))), uint32(i)})
		}
	}
	turn := func(h *heldEmail) uint32 { return s.settled.sent[h.sent].turn }
	slices.SortFunc(s.held, func(a, b heldEmail) int { return cmp.Or(a.email.compare(b.email), cmp.Compare(turn(&a), turn(&b))) })
}

// heldEmail returns the one who was sent under an email, nil for nobody.
func (s *settler) heldEmail(email sum) *sent {
	i, found := slices.BinarySearchFunc(s.held, email, func(h heldEmail, email sum) int { return h.email.compare(email) })
	if !found {
		return nil
	}
	return &s.settled.sent[s.held[i].sent]
}

// leaveEmail marks all who claim an email that another one was sent under, and returns the claim of that one if there is one.
func (s *settler) leaveEmail(claims []claim, holder *sent) (kept []claim) {
	number, candidate := s.candidateOf(holder.node)
	if !candidate {
		number = nobody
	}
	for _, c := range claims {
		one := &s.candidates[c.candidate]
		switch {
		case c.candidate == number:
			kept = append(kept, c)
		case s.status(one.traits) == Sent:
			one.traits |= lostEmail
			s.losers = append(s.losers, loser{c.candidate, number, holder.name.value})
		}
	}
	return kept
}

// nobody is the number of no candidate.
const nobody = ^uint32(0)
