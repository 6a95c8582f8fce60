package mapping

import (
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// does says what is done with a property's value.
type does uint8

const (
	copies  does = iota // as it is, but for what must not leave
	drops               // not asked for; not counted
	cutsOff             // dropped and counted, as key.why
	redacts             // replaced and counted
	dates               // turned into unix seconds
	mails               // checked to be an email address
)

// key is what is done with a property of one name. Working it out takes a while, so it is remembered by name.
type key struct {
	name    string // the property's, as it came
	plain   string // the property's, mended
	out     string // the attribute's
	encoded []byte // the attribute's, as JSON, with its colon
	does    does
	why     cut   // of cutsOff
	mended  cuts  // what was wrong with the name itself
	renamed bool  // out is not name
	dotted  bool  // out has a dot
	optOut  bool  // its value can say that a person does not want to be written to
	shared  bool  // the name of another property becomes the same
	source  place // that the property is in PostHog
	part    place // that the attribute is in Customer.io
	seen    uint64
	next    *key // that came after it last time
}

// naming makes names of properties names of attributes.
type naming struct {
	dots    string // stands in for dots; empty leaves them
	secrets *redact.Secrets
}

// key prepares an attribute for a property. Its name is mended; a name that is a URL loses its secrets; dots become what
// --dots says, but for the path to a subscription preference (Track API reference, cio_subscription_preferences).
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

func (k *key) cutOff(why cut) { k.does, k.why = cutsOff, why }

// namesSecret reports whether the name is one whose values are secrets: as it came, as it is sent, or spelled
// with dots where the secret has underscores.
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

// What becomes of a property by its name, whatever its value. Instead of these, a property that cannot be sent has the
// kind of Mapper.ValuesCut that counts it.
const (
	PropertySent     = "sent"
	PropertyDate     = "date"     // sent as unix seconds
	PropertyRedacted = "redacted" // its value is replaced
	PropertyLeftOut  = "left_out" // not asked for
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
