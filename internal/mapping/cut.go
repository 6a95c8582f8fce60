package mapping

import "ph2cio/internal/rawjson"

// cut is a kind of change to a value or name that could not be sent as it was.
type cut uint8

const (
	cutString     cut = iota // a person's text over 1000 bytes, shortened
	cutValue                 // a person's other value over 1000 bytes, dropped
	cutName                  // an attribute whose name is over 150 bytes or empty, dropped
	cutAttributes            // a person's attribute beyond the 300th, dropped
	cutEmail                 // an email that is not an address, dropped
	cutPageName              // the name of a page or screen, shortened
	cutEventName             // the name of an event, shortened
	cutReserved              // a key that changes consent, identity or routing, dropped
	cutDate                  // a person's date that cannot be read, dropped
	cutNoDate                // a value that a rule's dates name and that is no date, sent as it is
	cutSecret                // a secret, made "redacted"
	cutUTF8                  // text that is not UTF-8, repaired
	cutNUL                   // text with U+0000, removed
	cutLargest               // the largest $ properties of an operation that is too large, dropped
	cutEventValue            // an event's value over --event-value-limit, shortened or dropped
	cutSameName              // an attribute whose changed name is that of another one, dropped
	cutMadeUp                // a page or screen without a name, named unknown
	cutKinds      = iota
)

// MadeUpNames is the kind of Mapper.ValuesCut that counts pages and screens without a name, which are sent as
// unknown.
const MadeUpNames = "made_up_names"

var cutNames = [cutKinds]string{
	cutString: "string_too_long", cutValue: "value_too_long", cutName: "name_too_long",
	cutAttributes: "too_many_attributes", cutEmail: "bad_email", cutPageName: "page_name", cutEventName: "event_name",
	cutReserved: "reserved", cutDate: "bad_date", cutNoDate: "not_a_date", cutSecret: "redacted", cutUTF8: "invalid_utf8", cutNUL: "nul",
	cutLargest: "item_too_large", cutEventValue: "event_value_too_long", cutSameName: "same_name",
	cutMadeUp: MadeUpNames,
}

// CutKinds returns the kinds of Mapper.ValuesCut.
func CutKinds() []string { return cutNames[:] }

// cuts counts the changes for one operation until it is known whether the operation is built.
type cuts struct {
	count [cutKinds]uint32
	any   bool
}

func (c *cuts) add(kind cut) { c.addMany(kind, 1) }

func (c *cuts) addMany(kind cut, n int) {
	c.count[kind] += uint32(n)
	c.any = true
}

// addFlaws counts the repairs of one text.
func (c *cuts) addFlaws(f rawjson.Flaws) {
	if f&rawjson.Broken != 0 {
		c.add(cutUTF8)
	}
	if f&rawjson.NUL != 0 {
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
