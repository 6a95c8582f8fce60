package people

import "ph2cio/internal/fold"

// idTable holds the distinct IDs of one shard by their sums, with what is known of each. It numbers them in
// the order in which they come; their texts are in the shard's log of texts, in the same order. For many IDs
// in little memory it uses open addressing, and pages that never move and hold no pointers. Illegal IDs are
// never in it. The zero value is an empty table.
type idTable struct {
	slots  []uint32 // an ID's number plus one, 0 where free; a power of two long
	hashes [][]sum
	facts  [][]idFacts // nil once they are on disk
	count  uint32
}

// hash returns the sum of an ID.
func (t *idTable) hash(number uint32) *sum { return &t.hashes[number/idsInPage][number%idsInPage] }

// name returns the name of an ID for package fold.
func (t *idTable) name(number uint32) (name fold.Name) {
	t.hash(number).append(name[:0])
	return name
}

// factsOf returns what is known of an ID.
func (t *idTable) factsOf(number uint32) *idFacts {
	return &t.facts[number/idsInPage][number%idsInPage]
}

// find returns the number of the ID with this sum.
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

// add adds an ID that is not in the table, with its facts.
func (t *idTable) add(h sum, facts idFacts) (number uint32, f *idFacts) {
	number = t.number(h)
	if int(number/idsInPage) == len(t.facts) {
		t.facts = append(t.facts, make([]idFacts, idsInPage))
	}
	f = t.factsOf(number)
	*f = facts
	return number, f
}

// number adds an ID that is not in the table, without facts, and returns its number.
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

// put puts the number of an ID into a free slot.
func (t *idTable) put(number uint32) {
	mask := uint32(len(t.slots) - 1)
	i := uint32(t.hash(number)[1]) & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = number + 1
}

// grow doubles the number of slots.
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

// dropFacts frees the facts.
func (t *idTable) dropFacts() { t.facts = nil }
