package mapping

import (
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// does says how a property's value is treated.
type does uint8

const (
	copies  does = iota // sent, after cleaning
	drops               // not wanted; not counted
	cutsOff             // dropped and counted, as key.why
	redacts             // replaced and counted
	dates               // turned into unix seconds
	mails               // checked to be an email address
)

// key is how properties of one name are treated. Deciding that is slow, so it is remembered by name.
type key struct {
	name    string // the property's, as in the row
	plain   string // the property's, repaired
	out     string // the attribute's
	encoded []byte // the attribute's, as JSON with its colon
	does    does
	why     cut   // of cutsOff
	source  place // of the property in PostHog
	part    place // of the attribute in Customer.io
	mended  cuts  // repairs of the name
	renamed bool  // out is not name
	dotted  bool  // out has a dot
	optOut  bool  // its value can say that a person wants no messages
	shared  bool  // another property's name becomes the same
	ruled   int32 // the number of the attribute's name, plus 1, if rules of a mapping file set it
	seen    uint64
	next    *key // the one that came after it last time
}

// naming makes names of attributes from names of properties.
type naming struct {
	dots    string // replaces dots; empty keeps them
	secrets *redact.Secrets
}

// key returns a key with the attribute's name for a property. The name is repaired; a name that is a URL
// loses its secrets; dots are replaced as --dots says, except in the path to a subscription preference (Track
// API reference, cio_subscription_preferences).
func (n naming) key(name string) *key {
	mended, found := mendedText([]byte(name))
	k := &key{name: name, plain: string(mended)}
	k.mended.addFlaws(found)
	k.out = k.plain
	if redact.Maybe(mended) {
		if safe, hid := n.secrets.Append(nil, mended); hid {
			k.out = string(safe)
			k.mended.add(cutSecret)
		}
	}
	if n.dots != "" && !underPreferences(k.plain) {
		k.out = strings.ReplaceAll(k.out, ".", n.dots)
	}
	k.renamed, k.dotted = k.out != k.name, strings.Contains(k.out, ".")
	k.encoded = append(rawjson.AppendString(nil, k.out), ':')
	if len(k.out) > customerio.MaxAttributeName || k.out == "" {
		k.cutOff(cutName)
	}
	return k
}

// cutOff makes the value of the property be dropped and counted.
func (k *key) cutOff(why cut) { k.does, k.why = cutsOff, why }

// refusal says why nothing can be sent under the name, as which it was given; empty if it can. allow is what to
// add so that a reserved name is sent, up to that name.
func (k *key) refusal(name, allow string) string {
	switch {
	case k.does != cutsOff:
		return ""
	case k.why == cutName:
		return fmt.Sprintf("the name %.20q... is longer than %d bytes", name, customerio.MaxAttributeName)
	}
	return fmt.Sprintf("%s is a reserved name; to send it, add "+allow, name, name)
}

// rule notes that rules of a mapping file set the attribute, the name of which has this number.
func (k *key) rule(number int) { k.ruled = int32(number + 1) }

// treat sets how the value of the property is treated.
func (k *key) treat(does does) { k.does = does }

// setOptOut says that the property can say that a person wants no messages.
func (k *key) setOptOut() { k.optOut = true }

// findPlaces finds what the property says about where an event happened.
func (k *key) findPlaces() {
	k.source, _ = placeOf(k.plain)
	_, k.part = placeOf(k.out)
}

// seenIn notes that the key came in a row. It reports whether it has come in that row before.
func (k *key) seenIn(row uint64) (again bool) {
	again = k.seen == row
	k.seen = row
	return again
}

// share says that the names of this and another property become the same.
func (k *key) share(other *key) { k.shared, other.shared = true, true }

// setNext notes the key that came after this one.
func (k *key) setNext(next *key) { k.next = next }

// namesSecret reports whether the name is one whose values are secrets: as in the row, as sent, or with dots
// instead of underscores.
func (k *key) namesSecret() bool {
	for _, name := range []string{k.plain, k.out, strings.ReplaceAll(k.plain, ".", "_")} {
		if redact.NamesSecret([]byte(name)) {
			return true
		}
	}
	return false
}

// sent reports whether properties of this name become an attribute.
func (k *key) sent() bool { return k.does != drops && k.does != cutsOff }

// How a property of some name is treated, whatever its value. A property that cannot be sent has the kind of
// Mapper.ValuesCut that counts it instead.
const (
	PropertySent     = "sent"
	PropertyDate     = "date"     // sent as unix seconds
	PropertyRedacted = "redacted" // its value is replaced
	PropertyLeftOut  = "left_out" // not wanted
)

// becomes returns one of the Property constants or a kind of Mapper.ValuesCut.
func (k *key) becomes() string {
	switch k.does {
	case drops:
		return PropertyLeftOut
	case cutsOff:
		return cutNames[k.why]
	case redacts:
		return PropertyRedacted
	case dates:
		return PropertyDate
	}
	return PropertySent
}
