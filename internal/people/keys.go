package people

import (
	"encoding/binary"
	"strings"
	"sync"

	"ph2cio/internal/rawjson"
)

// keyTable gives property keys small numbers, because the same few keys come again for every person, and remembers which of
// them are kept.
type keyTable struct {
	keep       func(key []byte) bool
	dropDollar bool
	dollars    uint64 // bit n: keys of n bytes are not dropped for their $

	mu    sync.Mutex
	codes map[string]uint32
	count uint32
	keys  [maxKeys]keptKey // by code; one that has been given out does not change any more
}

type keptKey struct {
	name string
	kept bool
	bare bool // stands in JSON as it is, between quotes
}

const (
	inlineKey uint32 = 0 // the key itself follows: the table was full when it first came
	firstKey  uint32 = 1

	maxKeys = 4096
)

// keyOptions say which keys are kept.
type keyOptions struct {
	keep       func(key []byte) bool // nil keeps all; asked once for each key, from many goroutines
	dropDollar bool                  // drops keys that begin with $ without asking keep, but for those as long as one of dollars
	dollars    []string
	names      []string // have numbers from firstKey on, in this order
}

func newKeyTable(o keyOptions) *keyTable {
	if o.keep == nil {
		o.keep = func([]byte) bool { return true }
	}
	t := &keyTable{keep: o.keep, dropDollar: o.dropDollar, codes: map[string]uint32{}, count: firstKey}
	for _, key := range o.dollars {
		t.dollars |= 1 << len(key)
	}
	for _, name := range o.names {
		t.code(name)
	}
	return t
}

// cache returns what one goroutine at a time may use to read properties.
func (t *keyTable) cache() keyCache { return keyCache{table: t} }

// names are the keys that have numbers from one on.
func (t *keyTable) names(from uint32) (names []string) {
	for code := from; code < t.count; code++ {
		names = append(names, t.keys[code].name)
	}
	return names
}

// some reports whether a key that is kept, with a number from one on, is what is asked for. Of so many keys that they are not
// all known it assumes so.
func (t *keyTable) some(from uint32, is func(key string) bool) bool {
	if t.count == maxKeys {
		return true
	}
	for _, key := range t.keys[from:t.count] {
		if key.kept && is(key.name) {
			return true
		}
	}
	return false
}

// drops reports whether a key, which is not empty, is dropped without asking Keep.
func (t *keyTable) drops(key []byte) bool {
	return t.dropDollar && key[0] == '$' && (len(key) >= 64 || t.dollars>>len(key)&1 == 0)
}

// code returns the number of a plain key, inlineKey when the table is full.
func (t *keyTable) code(name string) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	code, known := t.codes[name]
	switch {
	case known:
		return code
	case t.count == maxKeys:
		return inlineKey
	}
	code = t.count
	t.count++
	t.codes[name] = code
	t.keys[code] = keptKey{name: name, kept: t.keep([]byte(name)), bare: strings.IndexByte(name, '\\') < 0}
	return code
}

// name returns a written key's text.
func (t *keyTable) name(code uint32, inline []byte) string {
	if code == inlineKey {
		return string(inline)
	}
	return t.keys[code].name
}

// keyCache is what is known of the keys without a lock.
type keyCache struct {
	table *keyTable
	codes map[string]uint32
	next  []uint32 // by code: the key that followed when this one last came, as it mostly does again
	last  uint32   // the key that came last
}

// code returns the number of a plain key, and whether the key is kept.
func (c *keyCache) code(name []byte) (code uint32, kept bool) {
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
	c.follow(code)
	return code, c.table.keys[code].kept
}

// follow notes that a key came after the last one.
func (c *keyCache) follow(code uint32) {
	for int(c.last) >= len(c.next) {
		c.next = append(c.next, inlineKey)
	}
	c.next[c.last], c.last = code, code
}

// guess returns the key that is likely to come now.
func (c *keyCache) guess() uint32 {
	if int(c.last) < len(c.next) {
		return c.next[c.last]
	}
	return inlineKey
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
func (c *keyCache) appendKept(dst, object []byte, members []rawjson.Member) []byte {
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

// property returns a member as it is written, and whether its key is kept.
func (c *keyCache) property(key, value []byte) (p property, kept bool) {
	if len(key) < 2 || key[0] != '"' || len(key) > 2 && c.table.drops(key[1:len(key)-1]) {
		return property{}, false
	}
	code := c.guess()
	if guess := &c.table.keys[code]; guess.bare && guess.name == string(key[1:len(key)-1]) {
		c.last = code
		return property{code: code, value: value}, guess.kept
	}
	name, ok := rawjson.PlainText(key)
	if !ok {
		return property{}, false
	}
	code, kept = c.code(name)
	p = property{code: code, value: value}
	if code == inlineKey {
		p.inline = name
	}
	return p, kept
}
