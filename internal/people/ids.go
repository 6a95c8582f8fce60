package people

import (
	"encoding/binary"
	"math"

	"ph2cio/internal/posthog"
)

// idTable holds the distinct IDs of one shard and what is known of each. It is written for many IDs and little memory:
// open addressing over entry numbers, entries and texts in pages that never move and hold no pointers.
// IDs are looked up in it whether they have stood on a row or were only named by one. Illegal IDs are never in it.
type idTable struct {
	slots []uint32 // number of an entry plus one, 0 where free; a power of two long
	pages [][]entry
	count uint32
	texts textPages
}

// entry is one distinct ID.
type entry struct {
	first  uint64 // Ref of its first row, neverSeen when it stood on none
	text   uint32 // its place in the texts
	hash   uint32 // the low half of its hash
	link   uint32 // number plus one of its state; once settled, of its person. 0 is none
	events uint32 // rows that are sent as an event if it is
	marks  marks
	status Status // once settled
}

const (
	neverSeen      = math.MaxUint64
	entriesPerPage = 256
)

func (en *entry) seen() bool { return en.first != neverSeen }

func (t *idTable) at(number uint32) *entry {
	return &t.pages[number/entriesPerPage][number%entriesPerPage]
}

// find returns the number of the ID's entry.
func (t *idTable) find(hash uint64, id []byte) (number uint32, found bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(t.slots) - 1)
	for i := uint32(hash) & mask; t.slots[i] != 0; i = (i + 1) & mask {
		number := t.slots[i] - 1
		en := t.at(number)
		if en.hash == uint32(hash) && t.texts.holds(en.text, id) {
			return number, true
		}
	}
	return 0, false
}

// findOrAdd returns the number of the ID's entry, which it makes if need be; false when the ID is illegal.
func (t *idTable) findOrAdd(hash uint64, id []byte) (number uint32, legal bool) {
	if number, found := t.find(hash, id); found {
		return number, true
	}
	if posthog.IllegalID(id) {
		return 0, false
	}
	if uint64(t.count)*4 >= uint64(len(t.slots))*3 {
		t.grow()
	}
	number = t.count
	t.count++
	if number%entriesPerPage == 0 {
		t.pages = append(t.pages, make([]entry, entriesPerPage))
	}
	*t.at(number) = entry{first: neverSeen, text: t.texts.add(id), hash: uint32(hash)}
	t.put(number)
	return number, true
}

func (t *idTable) put(number uint32) {
	mask := uint32(len(t.slots) - 1)
	i := t.at(number).hash & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = number + 1
}

func (t *idTable) grow() {
	t.slots = make([]uint32, max(64, 2*len(t.slots)))
	for number := range t.count {
		t.put(number)
	}
}

// textPages hold texts one after the other, each with its length before it. A text is named by its page and its
// offset there.
type textPages struct {
	pages  [][]byte
	frozen []string // the pages, once nothing is added any more
}

const (
	textPageBits = 14
	textPageSize = 1 << textPageBits
)

// add copies a text in and returns its place. A text longer than a page gets a page of its own size.
func (t *textPages) add(text []byte) uint32 {
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(text)))
	last := len(t.pages) - 1
	if last < 0 || cap(t.pages[last])-len(t.pages[last]) < n+len(text) {
		t.pages = append(t.pages, make([]byte, 0, max(textPageSize, n+len(text))))
		last++
	}
	page := t.pages[last]
	at := uint32(last)<<textPageBits | uint32(len(page))
	page = append(page, head[:n]...)
	t.pages[last] = append(page, text...)
	return at
}

// bytes returns a text, before freeze.
func (t *textPages) bytes(at uint32) []byte {
	page := t.pages[at>>textPageBits][at%textPageSize:]
	size, n := binary.Uvarint(page)
	return page[n:][:size]
}

// freeze turns the pages into strings, one at a time so that they are never all there twice.
func (t *textPages) freeze() {
	t.frozen = make([]string, len(t.pages))
	for i, page := range t.pages {
		t.frozen[i] = string(page)
		t.pages[i] = nil
	}
	t.pages = nil
}

// string returns a text, after freeze, without copying it.
func (t *textPages) string(at uint32) string {
	page := t.frozen[at>>textPageBits][at%textPageSize:]
	size, n := uint64(0), 0
	for shift := 0; ; shift += 7 {
		b := page[n]
		n++
		size |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return page[n:][:size]
		}
	}
}

func (t *textPages) holds(at uint32, text []byte) bool {
	if t.frozen != nil {
		return t.string(at) == string(text)
	}
	return string(t.bytes(at)) == string(text)
}
