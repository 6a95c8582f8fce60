package people

import (
	"math"
	"ph2cio/internal/fold"

	"ph2cio/internal/identity"
)

// idTable holds the distinct IDs of one shard and what is known of each, by a hash of 128 bits; their texts are in the
// shard's log of texts, in the same order. It is written for many IDs and little memory: open addressing over numbers,
// hashes and facts in pages that never move and hold no pointers. Illegal IDs are never in it.
type idTable struct {
	slots  []uint32 // an ID's number plus one, 0 where free; a power of two long
	hashes [][]sum
	facts  [][]fact // gone once they are on disk
	count  uint32
}

// fact is what is known of one distinct ID.
type fact struct {
	first  identity.Moment // when it came up: see came
	known  identity.Moment // of its first row that shows a login, Never without
	ref    uint64          // of its first row, neverSeen when it stood on none
	person uint64          // a hash of the person_id that it had on the row that was read last
	events uint32          // rows that are sent as an event if it is
	state  uint32          // of its attributes: see attributeStore.learn
	marks  marks
}

const (
	neverSeen = math.MaxUint64
	idsInPage = 256
)

func (f *fact) seen() bool { return f.ref != neverSeen }

// came notes when the ID came up: on a row with its person, for level hasPerson, which counts before all others; in a link, for
// inLink; or otherwise, for 0. Of the same kind the earliest counts.
func (f *fact) came(level marks, at identity.Moment) {
	had := f.marks & (hasPerson | inLink)
	f.marks |= level
	switch {
	case level == hasPerson && had&hasPerson == 0, level == inLink && had == 0:
		f.first = at
	case level&hasPerson == had&hasPerson && (level != 0 || had == 0) && at.Compare(f.first) < 0:
		f.first = at
	}
}

func earlier(a, b identity.Moment) identity.Moment {
	if b.Compare(a) < 0 {
		return b
	}
	return a
}

func (t *idTable) hash(number uint32) *sum { return &t.hashes[number/idsInPage][number%idsInPage] }
func (t *idTable) fact(number uint32) *fact {
	return &t.facts[number/idsInPage][number%idsInPage]
}

// name is what an ID goes by on disk.
func (t *idTable) name(number uint32) (name fold.Name) {
	t.hash(number).append(name[:0])
	return name
}

// find returns the number of the ID with this hash.
func (t *idTable) find(h sum) (number uint32, found bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(t.slots) - 1)
	for i := uint32(h[1]) & mask; t.slots[i] != 0; i = (i + 1) & mask {
		number := t.slots[i] - 1
		if *t.hash(number) == h {
			return number, true
		}
	}
	return 0, false
}

// newFact is what is known of an ID that has not come up.
func newFact() fact { return fact{first: identity.Never, known: identity.Never, ref: neverSeen} }

// add makes an ID that is not there yet.
func (t *idTable) add(h sum) (number uint32, f *fact) {
	number = t.number(h)
	if int(number/idsInPage) == len(t.facts) {
		t.facts = append(t.facts, make([]fact, idsInPage))
	}
	f = t.fact(number)
	*f = newFact()
	return number, f
}

// number gives an ID that is not there yet a number, and no facts.
func (t *idTable) number(h sum) uint32 {
	if uint64(t.count)*4 >= uint64(len(t.slots))*3 {
		t.grow()
	}
	number := t.count
	t.count++
	if int(number/idsInPage) == len(t.hashes) {
		t.hashes = append(t.hashes, make([]sum, idsInPage))
	}
	*t.hash(number) = h
	t.put(number)
	return number
}

func (t *idTable) put(number uint32) {
	mask := uint32(len(t.slots) - 1)
	i := uint32(t.hash(number)[1]) & mask
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

// clear empties the table and keeps its memory.
func (t *idTable) clear() {
	clear(t.slots)
	t.count = 0
}
