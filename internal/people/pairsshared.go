package people

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// met is a pair of a person_id that several IDs had.
type met struct {
	person, id sum
	number     uint32 // its place in the log
	flags      pairFlags
	span       *span // nil without a persons export
}

func (m *met) compare(o *met) int {
	return cmp.Or(m.person.compare(o.person), m.id.compare(o.id),
		cmp.Compare(m.flags, o.flags), cmp.Compare(m.number, o.number))
}

// sharedPairs are the pairs of the person_ids that several IDs had.
type sharedPairs struct {
	logs   [shardCount]*spool.Log // those of one person_id, and of these those of one ID, stand together
	lonely map[sum]bool           // IDs with no rows but such as make nobody, of those that have such a row
}

// counts reports whether a pair counts: not if its rows make nobody, and its ID has no others.
func (s *sharedPairs) counts(p *pair) bool { return p.flags&pairLonely == 0 || !s.lonely[p.id] }

// meet finds the person_ids that several IDs had, and makes mere visitors who had one of them known. It comes
// when all shards have their IDs.
func (x *Index) meet(ctx context.Context) (*sharedPairs, error) {
	for i := range x.shards {
		x.closePairs(&x.shards[i])
		x.shards[i].recent.release(&x.pairs)
	}
	m := &meeting{x: x, doubts: doubts{of: map[sum]bool{}}, found: &sharedPairs{}}
	if err := parallel.EachUntilError(ctx, shardCount, m.find); err != nil {
		return nil, err
	}
	if err := m.doubts.resolve(ctx, x); err != nil {
		return nil, err
	}
	for i := range x.pairs.all {
		x.pairs.all[i].log.Drop()
	}
	m.found.lonely = m.doubts.of
	return m.found, x.space.Err()
}

// meeting is meet at work.
type meeting struct {
	x      *Index
	doubts doubts
	found  *sharedPairs
}

// find puts the pairs of each person_id of a log that several IDs had one after the other. Of most
// person_ids there is only one ID, so that these are sorted out first.
func (m *meeting) find(number int) error {
	log := m.x.pairs.all[number].log
	m.found.logs[number] = m.x.space.NewLog()
	shared, err := m.personsOfSeveral(log)
	if err != nil || shared == nil {
		return err
	}
	var all []met
	var room textRoom
	place := uint32(0)
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		if person := readSum(entry[1:]); person != (sum{}) && shared.several(person) {
			p, rest := readPair(entry, &room, m.x.seed)
			one := met{person: person, id: p.id, number: place, flags: p.flags}
			if m.x.persons != nil {
				span := readSpan(rest)
				one.span = &span
			}
			all = append(all, one)
		}
		place++
	}
	slices.SortFunc(all, func(a, b met) int { return a.compare(&b) })
	var visitors parallel.Bitset
	for pairs := range runs(all, func(a, b *met) bool { return a.person == b.person }) {
		if m.shared(pairs) {
			addShared(m.found.logs[number], pairs, &visitors)
			m.doubts.add(pairs)
		}
	}
	return m.knowVisitors(log, visitors)
}

// personsOfSeveral makes a table of the person_ids of a log; nil if none was had by several IDs. It notes on
// the way what rows of visitors say of the IDs.
func (m *meeting) personsOfSeveral(log *spool.Log) (*personTable, error) {
	t := newPersonTable(log.Len())
	found := false
	var room textRoom
	for entry, err := range log.All() {
		if err != nil {
			return nil, err
		}
		p, _ := readPair(entry, &room, m.x.seed)
		if p.flags&pairOther != 0 {
			m.x.knowOther(p.id)
		}
		if p.person != (sum{}) && t.add(p.person, p.id) {
			found = true
		}
		if m.x.persons != nil && m.x.persons.all[p.person] != nil {
			t.mark(p.person)
			found = true
		}
	}
	if !found {
		return nil, nil
	}
	return t, nil
}

// shared reports whether several IDs had a person_id, or one that may be of another person in the persons
// export.
func (m *meeting) shared(pairs []met) bool {
	return pairs[0].id != pairs[len(pairs)-1].id || m.x.persons != nil && m.x.persons.all[pairs[0].person] != nil
}

// addShared keeps the pairs of one person_id, and marks of each ID that is a mere visitor's its pairs.
func addShared(log *spool.Log, pairs []met, visitors *parallel.Bitset) {
	for i := range pairs {
		m := &pairs[i]
		if m.flags&pairVisitor != 0 {
			visitors.Add(uint64(m.number))
		}
		if m.span == nil && i > 0 && pairs[i-1].id == m.id {
			continue // the one that counts stands first
		}
		p := pair{person: m.person, id: m.id, flags: m.flags &^ pairVisitor}
		if m.span != nil {
			p.span = *m.span
		}
		appendPair(log, &p, m.span != nil)
	}
}

// knowVisitors makes the visitors known whose pairs are marked.
func (m *meeting) knowVisitors(log *spool.Log, marked parallel.Bitset) error {
	if len(marked) == 0 {
		return nil
	}
	var room textRoom
	number := uint64(0)
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		if marked.Has(number) {
			p, _ := readPair(entry, &room, m.x.seed)
			m.x.know(p.id, p.text)
		}
		number++
	}
	return nil
}

// knowOther notes that an ID stood on a row that shows otherRow. It matters only if more is known of it than
// a visitor's rows say.
func (x *Index) knowOther(h sum) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	number, known := sh.ids.find(h)
	if !known {
		return
	}
	sh.others.Add(uint64(number))
}

// know makes an ID known that has come up on rows of a mere visitor alone. It comes after bringBack.
func (x *Index) know(h sum, text []byte) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, known := sh.ids.find(h); known {
		return
	}
	f := newFact()
	f.marks = x.options.look(text)
	var b [factSize]byte
	if x.later.wanted() { // whom they have joined is kept too, and what joined them may not come again
		x.later.add(factEntry, f.append(b[:0]), text)
	}
	if sh.onDisk {
		sh.ids.number(h)
		sh.gone.Append(f.append(b[:0]), text)
		return
	}
	_, fresh := sh.ids.add(h)
	*fresh = f
	sh.texts.Append(text)
}

// doubts are the IDs that share a person_id with others on rows that make nobody, as far as is known. They
// keep it if any other row of theirs is found.
type doubts struct {
	mu sync.Mutex
	of map[sum]bool // whether there is no other
}

// add takes the IDs that had one person_id.
func (d *doubts) add(pairs []met) {
	for id := range runs(pairs, func(a, b *met) bool { return a.id == b.id }) {
		if id[0].flags&pairLonely == 0 { // the others come behind
			continue
		}
		d.mu.Lock()
		d.of[id[0].id] = true
		d.mu.Unlock()
	}
}

// resolve looks for other rows of the IDs: in what is known of them, and in the pairs of visitors.
func (d *doubts) resolve(ctx context.Context, x *Index) error {
	if len(d.of) == 0 {
		return nil
	}
	none := func(h sum) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.of[h] {
			d.of[h] = false
		}
	}
	err := x.eachShard(ctx, func(_ uint32, sh *shard) error {
		return sh.eachFact(func(_ uint32, f *fact, text []byte) error {
			if f.marks&plainRow != 0 {
				none(x.sum(text))
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return parallel.EachUntilError(ctx, shardCount, func(i int) error {
		var room textRoom
		for entry, err := range x.pairs.all[i].log.All() {
			if err != nil {
				return err
			}
			if p, _ := readPair(entry, &room, x.seed); p.flags&pairLonely == 0 {
				none(p.id)
			}
		}
		return nil
	})
}

// personTable tells which person_ids several IDs had, now and then also one that a single ID had.
type personTable struct {
	slots []personSlot // open addressing; a power of two long
}

// personSlot is a person_id and the first ID that had it, by halves of their sums; id is 0 of one that
// several had.
type personSlot struct{ person, id uint64 }

func newPersonTable(pairs int64) *personTable {
	size := int64(64)
	for size*3 < pairs*4 {
		size *= 2
	}
	return &personTable{slots: make([]personSlot, size)}
}

// at is the slot of a person_id, or the free one for it.
func (t *personTable) at(person sum) *personSlot {
	mask := uint64(len(t.slots) - 1)
	for i := person[1] & mask; ; i = (i + 1) & mask {
		if slot := &t.slots[i]; *slot == (personSlot{}) || slot.person == person[0] {
			return slot
		}
	}
}

// add takes in an ID that had a person_id. It reports whether several had it.
func (t *personTable) add(person, id sum) bool {
	slot := t.at(person)
	if *slot == (personSlot{}) {
		*slot = personSlot{person[0], id[0] | 1}
		return false
	}
	if slot.id != id[0]|1 {
		slot.id = 0
	}
	return slot.id == 0
}

// mark makes a person_id one that several IDs had.
func (t *personTable) mark(person sum) { *t.at(person) = personSlot{person: person[0]} }

// several reports whether several IDs had a person_id.
func (t *personTable) several(person sum) bool { return t.at(person).id == 0 }
