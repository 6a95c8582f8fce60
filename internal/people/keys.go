package people

import (
	"encoding/binary"
	"strings"

	"ph2cio/internal/posthog"
)

// keyTable gives the property keys of one shard small numbers, because the same few keys come again for every person,
// and remembers which of them are kept.
type keyTable struct {
	keep       func(key []byte) bool
	dropDollar bool
	codes      map[string]uint32
	keys       []keptKey // by code
	last       uint32    // the key that came last
}

type keptKey struct {
	name string
	kept bool
	bare bool   // stands in JSON as it is, between quotes
	next uint32 // the key that followed when this one last came, as it mostly does again
}

const (
	inlineKey uint32 = iota // the key itself follows: the table was full when it first came
	emailKey
	cioIDKey

	maxKeys = 4096
)

func newKeyTable(keep func(key []byte) bool, dropDollar bool) keyTable {
	if keep == nil {
		keep = func([]byte) bool { return true }
	}
	t := keyTable{keep: keep, dropDollar: dropDollar, codes: map[string]uint32{}, keys: make([]keptKey, 1, 16)}
	t.add("email")
	t.add("cio_id")
	return t
}

func (t *keyTable) add(name string) uint32 {
	code := uint32(len(t.keys))
	t.codes[name] = code
	t.keys = append(t.keys, keptKey{name: name, kept: t.keep([]byte(name)), bare: strings.IndexByte(name, '\\') < 0})
	return code
}

// code returns the number of a plain key, and whether the key is kept.
func (t *keyTable) code(name []byte) (code uint32, kept bool) {
	code, known := t.codes[string(name)]
	if !known {
		if len(t.keys) >= maxKeys {
			return inlineKey, t.keep(name)
		}
		code = t.add(string(name))
	}
	t.keys[t.last].next, t.last = code, code
	return code, t.keys[code].kept
}

// name returns a written key's text.
func (t *keyTable) name(code uint32, inline []byte) string {
	if code == inlineKey {
		return string(inline)
	}
	return t.keys[code].name
}

// property is one written member: a key, by its code or inline, and a value in JSON. Of the values null is written as
// nothing, because persons that PostHog's web library made have dozens of them.
type property struct {
	code   uint32
	inline []byte
	value  []byte
}

func (p *property) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(p.code))
	if p.code == inlineKey {
		dst = binary.AppendUvarint(dst, uint64(len(p.inline)))
		dst = append(dst, p.inline...)
	}
	if string(p.value) == null {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.value)))
	return append(dst, p.value...)
}

const null = "null"

var nullValue = []byte(null)

func readProperty(b []byte) (p property, rest []byte) {
	code, b := readUvarint(b)
	p.code = uint32(code)
	if p.code == inlineKey {
		p.inline, b = readSized(b)
	}
	p.value, b = readSized(b)
	if len(p.value) == 0 {
		p.value = nullValue
	}
	return p, b
}

func readSized(b []byte) (text, rest []byte) {
	size, b := readUvarint(b)
	return b[:size:size], b[size:]
}

func readUvarint(b []byte) (n uint64, rest []byte) {
	if b[0] < 0x80 {
		return uint64(b[0]), b[1:]
	}
	n, size := binary.Uvarint(b)
	return n, b[size:]
}

// appendKept appends the members of a snapshot that are kept.
func (t *keyTable) appendKept(dst, object []byte, members []posthog.Member) []byte {
	for i := range members {
		m := &members[i]
		if t.dropDollar && object[m.KeyStart] == '$' {
			continue
		}
		if p, kept := t.property(object[m.KeyStart-1:m.KeyEnd+1], object[m.ValueStart:m.ValueEnd]); kept {
			dst = p.append(dst)
		}
	}
	return dst
}

// property returns a member as it is written, and whether its key is kept.
func (t *keyTable) property(key, value []byte) (p property, kept bool) {
	if len(key) < 2 || key[0] != '"' || t.dropDollar && key[1] == '$' {
		return property{}, false
	}
	code := t.keys[t.last].next
	if guess := &t.keys[code]; guess.bare && guess.name == string(key[1:len(key)-1]) {
		t.last = code
		return property{code: code, value: value}, guess.kept
	}
	name, ok := plainText(key)
	if !ok {
		return property{}, false
	}
	code, kept = t.code(name)
	p = property{code: code, value: value}
	if code == inlineKey {
		p.inline = name
	}
	return p, kept
}
