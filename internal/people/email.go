package people

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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

// appendFolded appends text so that two texts that differ only in case become the same, as with strings.EqualFold.
func appendFolded(dst, text []byte) []byte {
	for _, r := range string(text) {
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

// claim says that a person has a value that only one person of the destination can have.
type claim struct {
	value sum
	place place
}

// claimsOf takes the claims of all shards and sorts them, so that those for one value stand together.
func claimsOf(byShard *[shardCount][]claim) []claim {
	claims := slices.Concat(byShard[:]...)
	clear(byShard[:])
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.value[0], b.value[0]), cmp.Compare(a.value[1], b.value[1]))
	})
	return claims
}

// settleConflicts gives each email and cio_id to one person. Where people are sent under a cio_id only, those without
// one are not sent and so cannot keep an email from anybody: therefore cio_id goes first.
func (s *settler) settleConflicts() {
	cioIDs := s.contest(claimsOf(&s.cioIDs), cioIDKey, lostCioID)
	emails := s.contest(claimsOf(&s.emails), emailKey, lostEmail)
	switch s.choice.only() {
	case ByCioID:
		s.profiles = cioIDs
	case ByEmail:
		s.profiles = emails
	default:
		for i := range s.tallies {
			for j, n := range s.tallies[i].profiles {
				s.profiles[j] += n
			}
		}
	}
}

// contest gives each claimed value to one person and marks the others who are sent as losers. It returns how many
// profiles each choice of Who would make if people were sent under this value only.
func (s *settler) contest(claims []claim, code uint32, loser marks) (profiles [3]int) {
	for len(claims) > 0 {
		n := 1
		for n < len(claims) && claims[n].value == claims[0].value {
			n++
		}
		s.award(claims[:n], code, loser)
		for i, who := range everyWho {
			gets := func(c claim) bool { return s.choice.profile(who, s.index.entry(c.place).marks) }
			if slices.ContainsFunc(claims[:n], gets) {
				profiles[i]++
			}
		}
		claims = claims[n:]
	}
	return profiles
}

// award marks all who claim the same value and are sent, but for the one who keeps it: rather one who gets an identify
// than one who does not, then the one who set it last.
func (s *settler) award(claims []claim, code uint32, loser marks) {
	if len(claims) == 1 {
		return
	}
	var winner *entry
	var wonAt order
	var winnerGets bool
	for _, c := range claims {
		sh := &s.index.shards[c.place.shard()]
		en := sh.ids.at(c.place.number())
		if s.status(en.marks) != Sent {
			continue
		}
		_, at, _ := sh.stateOf(en).value(code)
		gets := s.choice.profile(s.choice.Who, en.marks)
		if winner == nil || gets && !winnerGets || gets == winnerGets && at.compare(&wonAt) > 0 {
			winner, wonAt, winnerGets = en, at, gets
		}
		en.marks |= loser
	}
	if winner != nil {
		winner.marks &^= loser
	}
}
