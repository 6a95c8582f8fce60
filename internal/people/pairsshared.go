package people

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// foundPair is a pair whose person_id several IDs had.
type foundPair struct {
	person, id sum
	number     uint32 // its place in the log
	flags      pairFlags
	span       *span // nil without a persons export
}

func (m *foundPair) compare(o *foundPair) int {
	return cmp.Or(m.person.compare(o.person), m.id.compare(o.id),
		cmp.Compare(m.flags, o.flags), cmp.Compare(m.number, o.number))
}

// sharedPairs are the pairs of those person_ids that several IDs had.
type sharedPairs struct {
	logs     [shardCount]*spool.Log // those of one person_id, and of these those of one ID, stand together
	onlyWeak map[sum]bool           // of each ID on a weak row (see weakIDs): whether it has no other rows
}

// counts reports whether a pair counts. It does not if its rows are weak, and its ID has no others.
func (s *sharedPairs) counts(p *pair) bool { return p.flags&pairWeak == 0 || !s.onlyWeak[p.id] }

// findSharedPairs finds the person_ids that several IDs had. Visitors who had one of them become known IDs of
// their shards. It needs the IDs of all shards.
func (x *Index) findSharedPairs(ctx context.Context) (*sharedPairs, error) {
	for i := range x.shards {
		x.closePairs(&x.shards[i])
		x.shards[i].recent.release(&x.pairs)
	}
	m := &pairFinder{x: x, weak: weakIDs{of: map[sum]bool{}}, found: &sharedPairs{}}
	if err := parallel.EachUntilError(ctx, shardCount, m.find); err != nil {
		return nil, err
	}
	if err := m.weak.resolve(ctx, x); err != nil {
		return nil, err
	}
	for i := range x.pairs.all {
		x.pairs.all[i].log.Drop()
	}
	m.found.onlyWeak = m.weak.of
	return m.found, x.space.Err()
}

// pairFinder is findSharedPairs while it works.
type pairFinder struct {
	x     *Index
	weak  weakIDs
	found *sharedPairs
}

// find writes the shared pairs of one log to the log of the same number in found; those of one person_id
// follow each other. Most person_ids have only one ID. So it reads the log twice: sharedIDs first finds the
// others.
func (m *pairFinder) find(number int) error {
	log := m.x.pairs.all[number].log
	m.found.logs[number] = m.x.space.NewLog()
	shared, err := m.sharedIDs(log)
	if err != nil || shared == nil {
		return err
	}
	var all []foundPair
	var room textRoom
	place := uint32(0)
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		if person := readSum(entry[1:]); person != (sum{}) && shared.several(person) {
			p, rest := readPair(entry, &room, m.x.seed)
			one := foundPair{person: person, id: p.id, number: place, flags: p.flags}
			if m.x.persons != nil {
				span := readSpan(rest)
				one.span = &span
			}
			all = append(all, one)
		}
		place++
	}
	slices.SortFunc(all, func(a, b foundPair) int { return a.compare(&b) })
	var visitors parallel.Bitset
	for pairs := range runs(all, func(a, b *foundPair) bool { return a.person == b.person }) {
		if m.isShared(pairs) {
			addShared(m.found.logs[number], pairs, &visitors)
			m.weak.add(pairs)
		}
	}
	return m.addVisitors(log, visitors)
}

// sharedIDs returns a table of the person_ids of a log; nil if none of them had several IDs. On the way it
// notes the IDs of which a visitor's row shows notVisitor.
func (m *pairFinder) sharedIDs(log *spool.Log) (*personIDTable, error) {
	t := newPersonIDTable(log.Len())
	found := false
	var room textRoom
	for entry, err := range log.All() {
		if err != nil {
			return nil, err
		}
		p, _ := readPair(entry, &room, m.x.seed)
		if p.flags&pairNotVisitor != 0 {
			m.x.noteNotVisitor(p.id)
		}
		if p.person != (sum{}) && t.add(p.person, p.id) {
			found = true
		}
		if m.x.persons != nil && m.x.persons.byPersonID[p.person] != nil {
			t.mark(p.person)
			found = true
		}
	}
	if !found {
		return nil, nil
	}
	return t, nil
}

// isShared reports whether several IDs had a person_id. One ID is enough if the persons export has the
// person_id, since the export may give that ID to another person.
func (m *pairFinder) isShared(pairs []foundPair) bool {
	return pairs[0].id != pairs[len(pairs)-1].id || m.x.persons != nil && m.x.persons.byPersonID[pairs[0].person] != nil
}

// addShared writes the pairs of one person_id to a log, and adds the numbers of visitors' pairs to visitors.
func addShared(log *spool.Log, pairs []foundPair, visitors *parallel.Bitset) {
	for i := range pairs {
		m := &pairs[i]
		if m.flags&pairVisitor != 0 {
			visitors.Add(uint64(m.number))
		}
		if m.span == nil && i > 0 && pairs[i-1].id == m.id {
			continue // the first of an ID's pairs is the one that counts
		}
		when := span{}
		if m.span != nil {
			when = *m.span
		}
		appendPair(log, &pair{person: m.person, id: m.id, flags: m.flags &^ pairVisitor, span: when}, m.span != nil)
	}
}

// addVisitors adds the visitors whose pairs in the log are marked to their shards.
func (m *pairFinder) addVisitors(log *spool.Log, marked parallel.Bitset) error {
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
			m.x.addVisitor(p.id, p.text)
		}
		number++
	}
	return nil
}

// noteNotVisitor notes that an ID gets notVisitor. It does nothing if only visitors' rows are known of the
// ID.
func (x *Index) noteNotVisitor(h sum) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	number, known := sh.ids.find(h)
	if !known {
		return
	}
	sh.notVisitors.Add(uint64(number))
}

// addVisitor adds an ID to its shard that has only come up on visitors' rows. It comes after readBack.
func (x *Index) addVisitor(h sum, text []byte) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, known := sh.ids.find(h); known {
		return
	}
	f := newIDFacts(x.options.flagsOf(text))
	var b [idFactsSize]byte
	if x.later.wanted() { // a later run gets the visitor's joinings, and may not read the rows that made them
		x.later.add(factsEntry, f.append(b[:0]), text)
	}
	if sh.onDisk {
		sh.ids.number(h)
		sh.spilled.Append(f.append(b[:0]), text)
		return
	}
	sh.ids.add(h, f)
	sh.texts.Append(text)
}

// weakIDs are the IDs that share a person_id with others on weak rows: those of events that make nobody. The
// person_id counts if the ID has any other row.
type weakIDs struct {
	mu sync.Mutex
	of map[sum]bool // false for an ID of which another row has been found
}

// add adds those of the IDs that had one person_id whose pairs are all weak.
func (d *weakIDs) add(pairs []foundPair) {
	for id := range runs(pairs, func(a, b *foundPair) bool { return a.id == b.id }) {
		if id[0].flags&pairWeak == 0 { // pairs that are not weak come first
			continue
		}
		d.mu.Lock()
		d.of[id[0].id] = true
		d.mu.Unlock()
	}
}

// resolve looks for other rows of the IDs: in their facts, and in the pairs of visitors.
func (d *weakIDs) resolve(ctx context.Context, x *Index) error {
	if len(d.of) == 0 {
		return nil
	}
	found := func(h sum) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.of[h] {
			d.of[h] = false
		}
	}
	err := x.eachShard(ctx, func(_ uint32, sh *shard) error {
		return sh.eachID(func(_ uint32, f *idFacts, text []byte) error {
			if f.flags&feedsPerson != 0 {
				found(x.sum(text))
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
			if p, _ := readPair(entry, &room, x.seed); p.flags&pairWeak == 0 {
				found(p.id)
			}
		}
		return nil
	})
}

// personIDTable tells which person_ids several IDs had. It takes little memory, and in rare cases also
// returns one that a single ID had.
type personIDTable struct {
	slots []personIDSlot // open addressing; a power of two long
}

// personIDSlot is a person_id and the first ID that had it, by halves of their sums. id is 0 if several IDs
// had it.
type personIDSlot struct{ person, id uint64 }

// newPersonIDTable returns a table with room for a number of pairs.
func newPersonIDTable(pairs int64) *personIDTable {
	size := int64(64)
	for size*3 < pairs*4 {
		size *= 2
	}
	return &personIDTable{slots: make([]personIDSlot, size)}
}

// at returns the slot of a person_id, or the free slot for it.
func (t *personIDTable) at(person sum) *personIDSlot {
	mask := uint64(len(t.slots) - 1)
	for i := person[1] & mask; ; i = (i + 1) & mask {
		if slot := &t.slots[i]; *slot == (personIDSlot{}) || slot.person == person[0] {
			return slot
		}
	}
}

// add adds an ID that had a person_id. It reports whether several IDs had it so far.
func (t *personIDTable) add(person, id sum) bool {
	slot := t.at(person)
	if *slot == (personIDSlot{}) {
		*slot = personIDSlot{person[0], id[0] | 1}
		return false
	}
	if slot.id != id[0]|1 {
		slot.id = 0
	}
	return slot.id == 0
}

// mark makes a person_id count as one that several IDs had.
func (t *personIDTable) mark(person sum) { *t.at(person) = personIDSlot{person: person[0]} }

// several reports whether several IDs had a person_id.
func (t *personIDTable) several(person sum) bool { return t.at(person).id == 0 }
