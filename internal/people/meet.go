package people

import (
	"cmp"
	"slices"
	"sync"
)

// met is a pair while those of one person_id are looked for. Its span is in spans, where there are any.
type met struct {
	person, id sum
	number     uint32 // its place in the log
	flags      pairFlags
}

func (m *met) compare(o *met) int {
	return cmp.Or(m.person.compare(o.person), m.id.compare(o.id), cmp.Compare(m.flags, o.flags), cmp.Compare(m.number, o.number))
}

// meet finds the person_ids that several IDs had, and makes mere visitors who had one of them known. It comes when all shards
// have their IDs.
func (s *settler) meet() error {
	for i := range s.x.shards {
		s.x.closePairs(&s.x.shards[i])
		s.x.releasePairs(&s.x.shards[i])
	}
	doubts := &doubts{of: map[sum]bool{}}
	if err := parallel(shardCount, func(i int) error { return s.x.pairs[i].find(s, doubts) }); err != nil {
		return err
	}
	if err := doubts.resolve(s); err != nil {
		return err
	}
	for i := range s.x.pairs {
		s.x.pairs[i].log.Drop()
	}
	s.lone = doubts.of
	return s.x.space.Err()
}

// find puts the pairs of each person_id that several IDs had into l.shared, one after the other.
func (l *pairLog) find(s *settler, doubts *doubts) error {
	l.shared = s.x.space.NewLog()
	all := make([]met, 0, l.log.Len())
	var spans []span
	for entry, err := range l.log.All() {
		if err != nil {
			return err
		}
		p, rest := s.x.readPair(entry)
		if p.flags&pairOther != 0 {
			s.x.knowOther(p.id)
		}
		all = append(all, met{p.person, p.id, uint32(len(all)), p.flags})
		if s.x.persons != nil {
			spans = append(spans, readSpan(rest))
		}
	}
	slices.SortFunc(all, func(a, b met) int { return a.compare(&b) })
	visitors := make([]uint64, len(all)/64+1)
	for pairs := range runs(all, func(a, b *met) bool { return a.person == b.person }) {
		if s.shared(pairs) {
			l.take(s, pairs, spans, visitors)
			doubts.add(s, pairs)
		}
	}
	return l.knowVisitors(s, visitors)
}

// shared reports whether several IDs had a person_id, or one that may be of another person in the persons export.
func (s *settler) shared(pairs []met) bool {
	if pairs[0].person == (sum{}) {
		return false
	}
	return pairs[0].id != pairs[len(pairs)-1].id || s.x.persons != nil && s.x.persons.all[pairs[0].person] != nil
}

// take keeps the pairs of one person_id, and marks of each ID that is a mere visitor's one pair with its text.
func (l *pairLog) take(s *settler, pairs []met, spans []span, visitors []uint64) {
	var b [1 + 2*sumSize + 100]byte
	for i := range pairs {
		m := &pairs[i]
		if m.flags&pairVisitor != 0 {
			visitors[m.number/64] |= 1 << (m.number % 64)
		}
		if spans == nil && i > 0 && pairs[i-1].id == m.id {
			continue // the one that counts stands first
		}
		p := pair{person: m.person, id: m.id, flags: m.flags &^ pairVisitor}
		if spans != nil {
			p.span = spans[m.number]
		}
		l.shared.Append(p.append(b[:0], spans != nil))
	}
}

// knowVisitors makes the visitors known whose pairs are marked.
func (l *pairLog) knowVisitors(s *settler, marked []uint64) error {
	if !slices.ContainsFunc(marked, func(word uint64) bool { return word != 0 }) {
		return nil
	}
	number := 0
	for entry, err := range l.log.All() {
		if err != nil {
			return err
		}
		if marked[number/64]>>(number%64)&1 != 0 {
			p, _ := s.x.readPair(entry)
			s.x.know(p.id, p.text)
		}
		number++
	}
	return nil
}

// knowOther notes that an ID stood on a row that shows otherRow. It matters only if more is known of it than a visitor's rows say.
func (x *Index) knowOther(h sum) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	number, known := sh.ids.find(h)
	if !known {
		return
	}
	for int(number/64) >= len(sh.others) {
		sh.others = append(sh.others, 0)
	}
	sh.others[number/64] |= 1 << (number % 64)
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
	f.marks = x.look(text)
	var b [factSize]byte
	if x.learnt != nil { // whom they have joined is kept too, and what joined them may not come again
		x.knowing.Lock()
		x.learnt.Append([]byte{factEntry}, f.append(b[:0]), text)
		x.knowing.Unlock()
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

// doubts are the IDs that share a person_id with others on rows that make nobody, as far as is known. They keep it if any
// other row of theirs is found.
type doubts struct {
	mu sync.Mutex
	of map[sum]bool // whether there is no other
}

// add takes the IDs that had one person_id.
func (d *doubts) add(s *settler, pairs []met) {
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
func (d *doubts) resolve(s *settler) error {
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
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		if f.marks&plainRow != 0 {
			none(s.x.sum(text))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return parallel(shardCount, func(i int) error {
		for entry, err := range s.x.pairs[i].log.All() {
			if err != nil {
				return err
			}
			if p, _ := s.x.readPair(entry); p.flags&pairLonely == 0 {
				none(p.id)
			}
		}
		return nil
	})
}

// lonely reports whether a pair does not count, because its rows make nobody, and its ID has no others.
func (s *settler) lonely(p *pair) bool { return p.flags&pairLonely != 0 && s.lone[p.id] }
