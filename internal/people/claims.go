package people

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"

	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// claim says that a candidate has a value that only one person in Customer.io can have: an email or a cio_id.
type claim struct {
	value     sum
	at        fold.ChangeOrder // of the row that set it
	candidate uint32
	exists    bool // Customer.io has a profile with it
}

// claims are sorted by value, and those of one value by candidate.
type claims = spool.Sorter[claim]

// newClaims returns no claims.
func newClaims(x *Index) *claims {
	return &claims{
		Space: x.space, Most: mostSorted(x.memory, claimBytes),
		Compare: func(a, b *claim) int { return cmp.Or(a.value.compare(b.value), cmp.Compare(a.candidate, b.candidate)) },
		Append: func(dst []byte, c *claim) []byte {
			dst = c.at.Append(c.value.append(dst))
			dst = binary.LittleEndian.AppendUint32(dst, c.candidate)
			if c.exists {
				return append(dst, 1)
			}
			return append(dst, 0)
		},
		Read: func(b []byte) claim {
			at := b[sumSize:]
			return claim{readSum(b), fold.ReadChangeOrder(at), binary.LittleEndian.Uint32(at[fold.ChangeOrderSize:]), at[fold.ChangeOrderSize+4] != 0}
		},
	}
}

// claimBytes is how many bytes a claim takes in memory.
const claimBytes = 64

// contest gives each value that only one person in Customer.io can have to one candidate.
type contest struct {
	ctx    context.Context // of findWinners
	choice *Choice
	people *candidates
	sent   *sentTable
	losers []loser // of emails
}

// loser is a candidate who is sent without an email, because a holder has it.
type loser struct {
	candidate, holder uint32 // the holder is nobody if it is no candidate now
	sentAs            string // what an earlier run has sent the holder under; empty if none has
}

// nobody is the number of no candidate.
const nobody = ^uint32(0)

// findWinners gives each email and each cio_id to one candidate. It returns the candidates who go without an
// email. The cio_ids come first: if people are sent under a cio_id only, those without one are not sent, and
// so they do not take an email from anybody.
func (s *contest) findWinners(ofEmails, ofCioIDs *claims, tally *tally) ([]loser, error) {
	cioIDs, err1 := s.awardAll(ofCioIDs, lostCioID)
	emails, err2 := s.awardAll(ofEmails, lostEmail)
	switch s.choice.requiredKind() {
	case ByCioID:
		tally.setByWho(cioIDs)
	case ByEmail:
		tally.setByWho(emails)
	}
	return s.losers, errors.Join(err1, err2)
}

// awardAll gives each claimed value to one candidate, and sets the flag loser of the others who are sent. It
// returns how many profiles each choice of Who would make if people were sent under this value only.
func (s *contest) awardAll(all *claims, loser groupFlags) (profiles [len(everyWho)]Profiles, err error) {
	var rivals []claim
	end := func() {
		rivals = s.award(rivals, loser)
		for i, who := range everyWho {
			for _, c := range rivals {
				if s.choice.getsIdentify(who, s.people.all[c.candidate].flags) {
					profiles[i].add(c.exists)
					break
				}
			}
		}
		rivals = rivals[:0]
	}
	for c, err := range spool.Until(s.ctx, all.Sorted()) {
		if err != nil {
			return profiles, err
		}
		if len(rivals) > 0 && rivals[0].value != c.value {
			end()
		}
		rivals = append(rivals, c)
	}
	end()
	return profiles, nil
}

// later reports whether a candidate set a value later than another. If both did at once, the one with the
// smaller ID counts as later.
func (s *contest) later(at fold.ChangeOrder, c *candidate, otherAt fold.ChangeOrder, other *candidate) bool {
	if at.UUID == exportedLast {
		at.Ref, otherAt.Ref = 0, 0
	}
	if order := at.CompareChange(&otherAt); order != 0 {
		return order > 0
	}
	return string(s.people.names.bytes(c.name)) < string(s.people.names.bytes(other.name))
}

// award decides between the claims to one value. It sets the flag loser of all candidates who are sent,
// except the one who keeps the value. That is the one whom an earlier run has sent under it; else one who
// gets an identify rather than one who does not; else the one who set it last. It returns the claims that
// count.
func (s *contest) award(claims []claim, loser groupFlags) []claim {
	if loser == lostEmail && len(claims) > 0 {
		if holder := s.sent.holder(claims[0].value); holder != nil {
			return s.leaveWithHolder(claims, holder)
		}
	}
	if len(claims) > 1 {
		s.compete(claims, loser)
	}
	return claims
}

// compete decides between several candidates, none of whom an earlier run has sent under the value.
func (s *contest) compete(claims []claim, loser groupFlags) {
	var winner *candidate
	var number uint32
	var wonAt fold.ChangeOrder
	var winnerGets bool
	for _, c := range claims {
		one := &s.people.all[c.candidate]
		if s.choice.status(one.flags) != Sent {
			continue
		}
		gets := s.choice.getsIdentify(s.choice.Who, one.flags)
		if winner == nil || gets && !winnerGets || gets == winnerGets && s.later(c.at, one, wonAt, winner) {
			winner, number, wonAt, winnerGets = one, c.candidate, c.at, gets
		}
		one.set(loser)
	}
	if winner == nil {
		return
	}
	winner.clear(loser)
	if loser == lostEmail {
		s.noteLosers(claims, number)
	}
}

// leaveWithHolder leaves an email with the person whom an earlier run has sent under it. It returns the claim
// of that person, if they claim it now.
func (s *contest) leaveWithHolder(claims []claim, holder *sent) (kept []claim) {
	number, candidate := s.people.numberOf(holder.node)
	if !candidate {
		number = nobody
	}
	for _, c := range claims {
		one := &s.people.all[c.candidate]
		switch {
		case c.candidate == number:
			kept = append(kept, c)
		case s.choice.status(one.flags) == Sent:
			one.set(lostEmail)
			s.losers = append(s.losers, loser{c.candidate, number, holder.name.value})
		}
	}
	return kept
}

// noteLosers adds the candidates who lost an email to a winner.
func (s *contest) noteLosers(claims []claim, winner uint32) {
	for _, c := range claims {
		if c.candidate != winner && s.people.all[c.candidate].flags&lostEmail != 0 {
			s.losers = append(s.losers, loser{candidate: c.candidate, holder: winner})
		}
	}
}

// NamedPerson is a person whose email Choice.NamesEmail names.
type NamedPerson struct {
	ID     string // the kept one
	Holder string // an ID of the person who has the email, if that is somebody else; else empty
}

// listNamed lists the people whose email is named, in the order of their first rows. People who go without
// that email are not named any more.
func listNamed(people *candidates, choice *Choice, losers []loser) (all []NamedPerson) {
	if choice.NamesEmail == nil {
		return nil
	}
	holders := map[uint32]string{}
	for _, l := range losers {
		holders[l.candidate] = l.sentAs
		if l.holder != nobody {
			holders[l.candidate] = people.name(l.holder)
		}
	}
	for i := range people.all {
		c := &people.all[i]
		if c.flags&emailNamed == 0 {
			continue
		}
		one := NamedPerson{ID: people.name(uint32(i)), Holder: holders[uint32(i)]}
		if one.Holder != "" {
			c.clear(emailNamed)
		}
		all = append(all, one)
	}
	return all
}

// EmailConflict is a person who is sent without their email, because somebody else has it.
type EmailConflict struct {
	Person *Person
	Holder string // an ID of the person who has it, or what an earlier run has sent that person under

	emailID string // the email, if it is one of the person's distinct IDs
}
