package people

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"ph2cio/internal/fold"
	"strings"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/spool"
)

// PlausibleEmail reports whether text, apart from space around it, could be somebody's email address: one @ between a
// name and a domain with a dot, no spaces or brackets, and no longer than mail can be sent to.
func PlausibleEmail(text []byte) bool {
	text = bytes.TrimSpace(text)
	at := bytes.IndexByte(text, '@')
	if at < 1 || at > 64 || len(text) > 254 || bytes.IndexByte(text[at+1:], '@') >= 0 {
		return false
	}
	for _, r := range string(text) {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || strings.ContainsRune(`<>()[],;:\"`, r) {
			return false
		}
	}
	domain := text[at+1:]
	dot := bytes.LastIndexByte(domain, '.')
	return dot > 0 && dot < len(domain)-1 && domain[0] != '.' && !bytes.Contains(domain, []byte(".."))
}

// FoldEmail appends an email without space around it, so that two that differ only in case become the same, as with
// strings.EqualFold.
func FoldEmail(dst, email []byte) []byte {
	for _, r := range string(bytes.TrimSpace(email)) {
		dst = utf8.AppendRune(dst, foldRune(r))
	}
	return dst
}

// foldRune returns the smallest of the characters that are the same but for case.
func foldRune(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	return smallest
}

// claim says that a candidate has a value that only one person of the destination can have.
type claim struct {
	value     sum
	at        fold.Order // of the row that set it
	candidate uint32
	there     bool // there is a profile with it already
}

// claims are sorted by value, so that those for one stand together, then by candidate.
type claims = spool.Sorter[claim]

func (s *settler) newClaims() *claims {
	return &claims{
		Space: s.x.space, Most: int(min(s.x.memory/stepsShare/claimBytes, mostSteps)),
		Compare: func(a, b *claim) int { return cmp.Or(a.value.compare(b.value), cmp.Compare(a.candidate, b.candidate)) },
		Append: func(dst []byte, c *claim) []byte {
			dst = c.at.Append(c.value.append(dst))
			dst = binary.LittleEndian.AppendUint32(dst, c.candidate)
			if c.there {
				return append(dst, 1)
			}
			return append(dst, 0)
		},
		Read: func(b []byte) claim {
			at := b[sumSize:]
			return claim{readSum(b), fold.ReadOrder(at), binary.LittleEndian.Uint32(at[fold.OrderSize:]), at[fold.OrderSize+4] != 0}
		},
	}
}

// claimBytes is what a claim takes in memory.
const claimBytes = 64

// contest gives each email and cio_id to one candidate. Where people are sent under a cio_id only, those without
// one are not sent and so cannot keep an email from anybody: therefore cio_id goes first.
func (s *settler) contest() error {
	cioIDs, err1 := s.awardAll(s.cioIDs, lostCioID)
	emails, err2 := s.awardAll(s.emails, lostEmail)
	s.cioIDs, s.emails = nil, nil
	switch s.choice.only() {
	case ByCioID:
		s.byWho = cioIDs
	case ByEmail:
		s.byWho = emails
	}
	return errors.Join(err1, err2)
}

// awardAll gives each claimed value to one candidate and marks the others who are sent as losers. It returns how many
// profiles each choice of Who would make if people were sent under this value only.
func (s *settler) awardAll(all *claims, loser traits) (profiles [3]Profiles, err error) {
	var rivals []claim
	end := func() {
		rivals = s.award(rivals, loser)
		for i, who := range everyWho {
			for _, c := range rivals {
				if s.choice.profile(who, s.candidates[c.candidate].traits) {
					profiles[i].add(c.there)
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

// later reports whether a candidate set a value later than another; of two at once the one with the smaller ID did.
func (s *settler) later(at fold.Order, c *candidate, otherAt fold.Order, other *candidate) bool {
	if at.UUID == exportedLast {
		at.Ref, otherAt.Ref = 0, 0
	}
	if order := at.Compare(&otherAt); order != 0 {
		return order > 0
	}
	return string(s.names.bytes(c.name)) < string(s.names.bytes(other.name))
}

// award marks all who claim the same value and are sent, but for the one who keeps it: one whom an earlier run has sent under
// it, rather one who gets an identify than one who does not, then the one who set it last. It returns the claims that count.
func (s *settler) award(claims []claim, loser traits) []claim {
	if loser == lostEmail && len(claims) > 0 {
		if holder := s.heldEmail(claims[0].value); holder != nil {
			return s.leaveEmail(claims, holder)
		}
	}
	if len(claims) > 1 {
		s.compete(claims, loser)
	}
	return claims
}

// compete finds the one of several who keeps what they claim.
func (s *settler) compete(claims []claim, loser traits) {
	var winner *candidate
	var number uint32
	var wonAt fold.Order
	var winnerGets bool
	for _, c := range claims {
		one := &s.candidates[c.candidate]
		if s.status(one.traits) != Sent {
			continue
		}
		gets := s.choice.profile(s.choice.Who, one.traits)
		if winner == nil || gets && !winnerGets || gets == winnerGets && s.later(c.at, one, wonAt, winner) {
			winner, number, wonAt, winnerGets = one, c.candidate, c.at, gets
		}
		one.traits |= loser
	}
	if winner == nil {
		return
	}
	winner.traits &^= loser
	if loser == lostEmail {
		s.noteLosers(claims, number)
	}
}
