package mapping

import (
	"slices"
	"unicode/utf8"

	"ph2cio/internal/posthog"
)

// cut is a kind of change that was made so that a value fits.
type cut uint8

const (
	cutString     cut = iota // a person's text over 1000 bytes, shortened
	cutValue                 // a person's other value over 1000 bytes, dropped
	cutName                  // an attribute whose name is over 150 bytes or empty, dropped
	cutAttributes            // a person's attribute beyond the 300th, dropped
	cutEmail                 // an email that is none, dropped
	cutPageName              // the name of a page or screen, shortened
	cutEventName             // the name of an event, shortened
	cutReserved              // a key that changes consent, identity or routing, dropped
	cutDate                  // a date that cannot be read, dropped
	cutSecret                // a secret, made "redacted"
	cutUTF8                  // text that is not UTF-8, mended
	cutNUL                   // text with U+0000, removed
	cutLargest               // the largest $ properties of an operation that is too large, dropped
	cutEventValue            // an event's value over --event-value-limit, shortened or dropped
	cutSameName              // an attribute whose name became that of another, dropped
	cutMadeUp                // a page or screen without a name, named unknown
	cutKinds      = iota
)

// MadeUpNames is the kind of Mapper.ValuesCut that counts pages and screens which have no name and are sent
// as unknown.
const MadeUpNames = "made_up_names"

var cutNames = [cutKinds]string{
	cutString: "string_too_long", cutValue: "value_too_long", cutName: "name_too_long",
	cutAttributes: "too_many_attributes", cutEmail: "bad_email", cutPageName: "page_name", cutEventName: "event_name",
	cutReserved: "reserved", cutDate: "bad_date", cutSecret: "redacted", cutUTF8: "invalid_utf8", cutNUL: "nul",
	cutLargest: "item_too_large", cutEventValue: "event_value_too_long", cutSameName: "same_name",
	cutMadeUp: MadeUpNames,
}

// CutKinds are the kinds of Mapper.ValuesCut.
func CutKinds() []string { return cutNames[:] }

// cuts counts the changes made for one operation, until it is known whether that is sent.
type cuts struct {
	count [cutKinds]uint32
	any   bool
}

func (c *cuts) add(kind cut) { c.addMany(kind, 1) }

func (c *cuts) addMany(kind cut, n int) {
	c.count[kind] += uint32(n)
	c.any = true
}

// addFlaws counts what was mended in one text.
func (c *cuts) addFlaws(f flaws) {
	if f&broken != 0 {
		c.add(cutUTF8)
	}
	if f&nul != 0 {
		c.add(cutNUL)
	}
}

func (c *cuts) addAll(others *cuts) {
	for kind, n := range others.count {
		c.addMany(cut(kind), int(n))
	}
}

func (c *cuts) forget() {
	if c.any {
		*c = cuts{}
	}
}

// moveTo adds the counts to totals and forgets them.
func (c *cuts) moveTo(totals map[string]int64) {
	if !c.any {
		return
	}
	for kind, n := range c.count {
		if n > 0 {
			totals[cutNames[kind]] += int64(n)
		}
	}
	*c = cuts{}
}

// shortened returns the longest start of a valid UTF-8 text that has at most limit bytes and splits no character.
func shortened(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// appendWithout appends an object without some of its members. gone goes with members.
func appendWithout(dst, object []byte, members []posthog.Member, gone []bool) []byte {
	dst = append(dst, '{')
	first := true
	for i, m := range members {
		if gone[i] {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, object[m.KeyStart-1:m.ValueEnd]...)
	}
	return append(dst, '}')
}

// largestDollar marks the largest members with a $ in front, and the chain of elements, until their bytes
// come to excess. ok is false when they do not.
func largestDollar(object []byte, members []posthog.Member, excess int) (gone []bool, n int, ok bool) {
	gone = make([]bool, len(members))
	var candidates []int
	for i, m := range members {
		if name := object[m.KeyStart:m.KeyEnd]; len(name) > 0 && name[0] == '$' || string(name) == elementsChain {
			candidates = append(candidates, i)
		}
	}
	slices.SortStableFunc(candidates, func(a, b int) int { return size(members[b]) - size(members[a]) })
	for _, i := range candidates {
		if excess <= 0 {
			break
		}
		gone[i] = true
		n++
		excess -= size(members[i])
	}
	return gone, n, excess <= 0
}

// size is how many bytes an object gets shorter by without a member and its comma.
func size(m posthog.Member) int { return int(m.ValueEnd-m.KeyStart) + len(`",`) }
