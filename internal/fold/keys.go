package fold

import (
	"encoding/binary"
	"strings"
	"sync"

	"ph2cio/internal/rawjson"
)

// Keys gives property keys small numbers, called codes, because the same few keys come again for every
// person. It also remembers which of them are kept. NewKeys makes one; the zero value must not be used.
type Keys struct {
	keep       func(key []byte) bool
	added      func(name string) bool // nil if rows add nothing
	dropDollar bool
	dollars    uint64 // bit n: keys of n bytes are not dropped for their $

	mu    sync.Mutex
	codes map[string]uint32
	count uint32
	keys  [MaxKeys]keptKey // by code; a key whose code is known to anybody does not change any more
}

// keptKey is a key and what was decided about it.
type keptKey struct {
	name string
	kept bool
	bare bool // its text in JSON is the name between quotes, without escapes
}

// Codes of keys.
const (
	inlineKey uint32 = 0    // the key has no code and is written in full: the table was full
	FirstKey  uint32 = 1    // the code of the first key
	MaxKeys          = 4096 // codes are smaller than this; keys that come later are written in full
)

// KeyOptions say which keys are kept.
type KeyOptions struct {
	// Keep reports whether a key is kept. It is called from many goroutines, and its answer is remembered.
	// Nil keeps all keys.
	Keep func(key []byte) bool
	// Added reports whether rows may add a key besides their own changes: see Row.Adds. It is called from many
	// goroutines. Nil means that they add nothing.
	Added func(name string) bool
	// DropDollar drops keys that begin with a $ without a call of Keep, except those as long as one of
	// Dollars.
	DropDollar bool
	Dollars    []string
	// Names are keys that get codes from FirstKey on, in this order.
	Names []string
}

// NewKeys returns a table that has only the keys of o.Names. Many goroutines may use it.
func NewKeys(o KeyOptions) *Keys {
	if o.Keep == nil {
		o.Keep = func([]byte) bool { return true }
	}
	t := &Keys{keep: o.Keep, added: o.Added, dropDollar: o.DropDollar, codes: map[string]uint32{}, count: FirstKey}
	for _, key := range o.Dollars {
		t.dollars |= 1 << len(key)
	}
	for _, name := range o.Names {
		t.code(name)
	}
	return t
}

// Cache returns a cache of the table, with which one goroutine at a time may read properties.
func (t *Keys) Cache() KeyCache { return KeyCache{table: t} }

// Names returns the keys that have codes from a code on. No goroutine may add keys meanwhile.
func (t *Keys) Names(from uint32) (names []string) {
	for code := from; code < t.count; code++ {
		names = append(names, t.keys[code].name)
	}
	return names
}

// HasKept reports whether is returns true for any key that is kept and has a code from a code on. If the
// table is full it returns true, because then some keys are unknown. No goroutine may add keys meanwhile.
func (t *Keys) HasKept(from uint32, is func(key string) bool) bool {
	if t.count == MaxKeys {
		return true
	}
	for _, key := range t.keys[from:t.count] {
		if key.kept && is(key.name) {
			return true
		}
	}
	return false
}

// drops reports whether a key, which is not empty, is dropped without a call of Keep.
func (t *Keys) drops(key []byte) bool {
	return t.dropDollar && key[0] == '$' && (len(key) >= 64 || t.dollars>>len(key)&1 == 0)
}

// code returns the code of a plain key; inlineKey if the table is full.
func (t *Keys) code(name string) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	code, known := t.codes[name]
	switch {
	case known:
		return code
	case t.count == MaxKeys:
		return inlineKey
	}
	code = t.count
	t.count++
	t.codes[name] = code
	t.keys[code] = keptKey{name: name, kept: t.keep([]byte(name)), bare: strings.IndexByte(name, '\\') < 0}
	return code
}

// Find returns the key of a name, for State.ValueOf, as a property without a value; false if no property has
// that name.
func (t *Keys) Find(name string) (key Property, found bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	code, known := t.codes[name]
	if known {
		return Property{Code: code}, true
	}
	return Property{Code: inlineKey, Inline: []byte(name)}, t.count == MaxKeys
}

// KeyName returns the plain text of a Property's key, given its Code and Inline.
func (t *Keys) KeyName(code uint32, inline []byte) string {
	if code == inlineKey {
		return string(inline)
	}
	return t.keys[code].name
}

// KeyCache remembers the codes of a table's keys, so that reading properties takes no lock. It belongs to one
// goroutine at a time. Keys.Cache makes one; the zero value must not be used.
type KeyCache struct {
	table *Keys
	codes map[string]uint32
	next  []uint32 // by code: the key that followed this one the last time, and usually follows it again
	last  uint32   // the key that came last
}

// code returns the code of a plain key, and whether the key is kept.
func (c *KeyCache) code(name []byte) (code uint32, kept bool) {
	code, known := c.codes[string(name)]
	if !known {
		if code = c.table.code(string(name)); code == inlineKey {
			return inlineKey, c.table.keep(name)
		}
		if c.codes == nil {
			c.codes = map[string]uint32{}
		}
		c.codes[c.table.keys[code].name] = code
	}
	c.noteFollows(code)
	return code, c.table.keys[code].kept
}

// noteFollows notes that a key came after the last one.
func (c *KeyCache) noteFollows(code uint32) {
	for int(c.last) >= len(c.next) {
		c.next = append(c.next, inlineKey)
	}
	c.next[c.last], c.last = code, code
}

// likely returns the key that is likely to come now.
func (c *KeyCache) likely() uint32 {
	if int(c.last) < len(c.next) {
		return c.next[c.last]
	}
	return inlineKey
}

// Property is one property of an entity. On disk null is a value of no length, because persons that PostHog's
// web library makes have dozens of nulls.
type Property struct {
	Code   uint32 // of the key
	Inline []byte // the key itself, if it has no code
	Value  []byte // JSON
}

func (p *Property) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(p.Code))
	if p.Code == inlineKey {
		dst = binary.AppendUvarint(dst, uint64(len(p.Inline)))
		dst = append(dst, p.Inline...)
	}
	if string(p.Value) == null {
		return append(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.Value)))
	return append(dst, p.Value...)
}

const null = "null"

var nullValue = []byte(null)

// ReadProperty reads the first of several properties, and returns the rest. The property shares the memory of
// b.
func ReadProperty(b []byte) (p Property, rest []byte) {
	code, b := readUvarint(b)
	p.Code = uint32(code)
	if p.Code == inlineKey {
		p.Inline, b = readSized(b)
	}
	p.Value, b = readSized(b)
	if len(p.Value) == 0 {
		p.Value = nullValue
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

// AppendKept appends those members of a JSON object whose keys are kept, as properties for ReadProperty.
func (c *KeyCache) AppendKept(dst, object []byte, members []rawjson.Member) []byte {
	for i := range members {
		m := &members[i]
		if m.KeyEnd > m.KeyStart && c.table.drops(object[m.KeyStart:m.KeyEnd]) {
			continue
		}
		if p, kept := c.property(object[m.KeyStart-1:m.KeyEnd+1], object[m.ValueStart:m.ValueEnd]); kept {
			dst = p.append(dst)
		}
	}
	return dst
}

// property returns a member of an object as a property, and whether its key is kept. It shares the member's
// memory.
func (c *KeyCache) property(key, value []byte) (p Property, kept bool) {
	if len(key) < 2 || key[0] != '"' || len(key) > 2 && c.table.drops(key[1:len(key)-1]) {
		return Property{}, false
	}
	code := c.likely()
	if guess := &c.table.keys[code]; guess.bare && guess.name == string(key[1:len(key)-1]) {
		c.last = code
		return Property{Code: code, Value: value}, guess.kept
	}
	name, ok := rawjson.PlainText(key)
	if !ok {
		return Property{}, false
	}
	code, kept = c.code(name)
	p = Property{Code: code, Value: value}
	if code == inlineKey {
		p.Inline = name
	}
	return p, kept
}
