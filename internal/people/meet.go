package people

import (
	"cmp"
	"context"
	"slices"

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
