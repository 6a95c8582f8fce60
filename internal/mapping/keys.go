package mapping

import "ph2cio/internal/rawjson"

// keys remembers how properties are treated, by name. It must not be used by several goroutines.
type keys struct {
	decide   func(name string) *key
	known    map[string]*key
	outs     map[string]*key // the first known with each attribute's name
	conflict bool            // two properties get the same name; one may have been appended already
	first    *key            // stands before the first property of a row
	last     *key
	turn     uint64 // counts rows, to notice a key that comes twice in one
	plain    []byte
}

// Limits of the memory for names that occur only once.
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
	k.conflict = false
	k.turn++
}

// of returns the key with a name. Rows mostly have the same keys in the same order, so it first tries the key
// that came next the last time.
func (k *keys) of(name []byte, escaped bool) *key {
	if escaped {
		k.plain, _ = rawjson.AppendUnescaped(k.plain[:0], name)
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
	k.last.setNext(found)
	k.last = found
	return found
}

// remember adds a key, and notes whether its name in Customer.io is that of another one.
func (k *keys) remember(found *key) {
	if len(found.name) > maxKeyLength {
		return
	}
	k.known[found.name] = found
	if other := k.outs[found.out]; other != nil {
		found.share(other)
		k.conflict = true
		return
	}
	k.outs[found.out] = found
}

// owners decides which of a row's properties gets a name that several of them become: the one that has this
// name already, otherwise the first.
type owners struct {
	ready bool
	of    map[string]*key
}

// reset starts a row.
func (o *owners) reset() { o.ready = false }

// has reports whether k gets its name. all contains k; object and members are the row's properties.
func (o *owners) has(k *key, all *keys, object []byte, members []rawjson.Member) bool {
	if !k.shared || !k.renamed || !k.sent() {
		return true // nearly always
	}
	if !o.ready {
		o.find(all, object, members)
	}
	return o.of[k.out] == k
}

// find decides for all properties of a row.
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
