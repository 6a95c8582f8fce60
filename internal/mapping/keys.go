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
	drops               // without a word: not asked for
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
	rivals  bool  // another name has become the same
	source  place // that the property is in PostHog
	part    place // that the attribute is in Customer.io
	seen    uint64
	next    *key // that came after it last time
}

// keys remembers what is done with properties by their names, for one goroutine.
type keys struct {
	decide func(name string) *key
	known  map[string]*key
	outs   map[string]*key // the first known with each attribute's name
	upset  bool            // a rival has come up, perhaps after the other was let through
	first  *key            // stands before the first property of a row
	last   *key
	turn   uint64 // counts rows, so that a key that comes twice in one is noticed
	plain  []byte
}

// These bound the memory of names that are never seen again.
const (
	maxKeys      = 8192
	maxKeyLength = 1024
)

func newKeys(decide func(string) *key) *keys {
	return &keys{decide: decide, known: map[string]*key{}, outs: map[string]*key{}, first: &key{}}
}

// begin starts a row.
func (k *keys) begin() {
	if len(k.known) > maxKeys {
		clear(k.known)
		clear(k.outs)
		k.first = &key{}
	}
	k.last = k.first
	k.upset = false
	k.turn++
}

// of looks a name up. Rows mostly have the same keys in the same order, so the guess is usually right.
func (k *keys) of(name []byte, escaped bool) *key {
	if escaped {
		k.plain, _ = appendPlain(k.plain[:0], name)
		name = k.plain
	}
	if guess := k.last.next; guess != nil && guess.name == string(name) {
		k.last = guess
		return guess
	}
	found := k.known[string(name)]
	if found == nil {
		found = k.decide(string(name))
		k.remember(found)
	}
	k.last.next = found
	k.last = found
	return found
}

func (k *keys) remember(found *key) {
	if len(found.name) > maxKeyLength {
		return
	}
	k.known[found.name] = found
	if rival := k.outs[found.out]; rival != nil {
		found.rivals, rival.rivals, k.upset = true, true, true
		return
	}
	k.outs[found.out] = found
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
	k.encoded = append(customerio.AppendString(nil, k.out), ':')
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
		if redact.Key([]byte(name)) {
			return true
		}
	}
	return false
}

// sent reports whether properties of this name become an attribute.
func (k *key) sent() bool { return k.does != drops && k.does != cutsOff }

// owners says which of a row's properties gets a name that several would share: the one that is spelled so, else the
// first.
type owners struct {
	ready bool
	of    map[string]*key
}

func (o *owners) reset() { o.ready = false }

// has reports whether k gets its name.
func (o *owners) has(k *key, all *keys, object []byte, members []rawjson.Member) bool {
	if !k.rivals || !k.renamed || !k.sent() {
		return true // as nearly always
	}
	if !o.ready {
		o.find(all, object, members)
	}
	return o.of[k.out] == k
}

func (o *owners) find(all *keys, object []byte, members []rawjson.Member) {
	if o.of == nil {
		o.of = map[string]*key{}
	}
	clear(o.of)
	o.ready = true
	last := all.last
	for _, renamed := range []bool{false, true} {
		for _, member := range members {
			k := all.of(object[member.KeyStart:member.KeyEnd], member.Escaped)
			if taken := o.of[k.out] != nil; k.renamed == renamed && k.sent() && !taken {
				o.of[k.out] = k
			}
		}
	}
	all.last = last
}
