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

// claim says that a candidate has a value that only one person of the destination can have.
type claim struct {
	value     sum
	at        order // of the row that set it
	candidate uint32
	there     bool // there is a profile with it already
}

func sortClaims(claims []claim) {
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(a.value.compare(b.value), cmp.Compare(a.candidate, b.candidate))
	})
}

// contest gives each email and cio_id to one candidate. Where people are sent under a cio_id only, those without
// one are not sent and so cannot keep an email from anybody: therefore cio_id goes first.
func (s *settler) contest() {
	cioIDs := s.awardAll(s.cioIDs, lostCioID)
	emails := s.awardAll(s.emails, lostEmail)
	s.cioIDs, s.emails = nil, nil
	switch s.choice.only() {
	case ByCioID:
		s.byWho = cioIDs
	case ByEmail:
		s.byWho = emails
	}
}

// awardAll gives each claimed value to one candidate and marks the others who are sent as losers. It returns how many
// profiles each choice of Who would make if people were sent under this value only.
func (s *settler) awardAll(claims []claim, loser traits) (profiles [3]Profiles) {
	sortClaims(claims)
	for len(claims) > 0 {
		n := 1
		for n < len(claims) && claims[n].value == claims[0].value {
			n++
		}
		s.award(claims[:n], loser)
		for i, who := range everyWho {
			for _, c := range claims[:n] {
				if s.choice.profile(who, s.candidates[c.candidate].traits) {
					profiles[i].add(c.there)
					break
				}
			}
		}
		claims = claims[n:]
	}
	return profiles
}

// award marks all who claim the same value and are sent, but for the one who keeps it: rather one who gets an identify
// than one who does not, then the one who set it last, then the first in the order of rows.
func (s *settler) award(claims []claim, loser traits) {
	if len(claims) == 1 {
		return
	}
	var winner *candidate
	var wonAt order
	var winnerGets bool
	for _, c := range claims {
		one := &s.candidates[c.candidate]
		if s.status(one.traits) != Sent {
			continue
		}
		gets := s.choice.profile(s.choice.Who, one.traits)
		if winner == nil || gets && !winnerGets || gets == winnerGets && c.at.compare(&wonAt) > 0 {
			winner, wonAt, winnerGets = one, c.at, gets
		}
		one.traits |= loser
	}
	if winner != nil {
		winner.traits &^= loser
	}
}
