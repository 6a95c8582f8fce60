package people

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// pairLog holds which IDs had which person_id, for the person_ids whose sum begins with its number.
type pairLog struct {
	mu  sync.Mutex
	log *spool.Log
}

// pair is an ID and a person_id that it had, and when, where that matters.
type pair struct {
	person, id sum
	span
}

// span is from the first to the last row of a pair.
type span struct {
	first identity.Order
	last  int64  // unix microseconds
	tie   string // the texts of both, where the first row has no uuid
}

// openPairs are the pairs, by the number of their ID, that the IDs of a shard had on the rows read last, which may go on. They
// are kept only where there is a persons export, since without one nothing can speak against a pair.
type openPairs []openPair

type openPair struct {
	person sum
	span
}

// share notes the person_id of a row with a person.
func (x *Index) share(sh *shard, number uint32, f *fact, h sum, e *posthog.Event, at *order) {
	if e.PersonID == nil || x.options.Separate {
		return
	}
	last := f.person
	f.person = xxh3.Hash(e.PersonID) | 1 // 0 is none
	if x.persons == nil {
		if f.person != last {
			x.notePair(&pair{person: x.sum(e.PersonID), id: h})
		}
		return
	}
	for int(number) >= len(sh.open) {
		sh.open = append(sh.open, openPair{})
	}
	now := openPair{x.sum(e.PersonID), span{first: at.Order, last: at.At}}
	if !e.HasUUID {
		now.tie = string(e.DistinctID) + "\x00" + string(e.PersonID)
	}
	open := &sh.open[number]
	if last == f.person {
		open.span.extend(&now.span)
		return
	}
	if last != 0 {
		x.notePair(&pair{open.person, h, open.span})
	}
	*open = now
}

// extend takes in the rows of another span.
func (s *span) extend(o *span) {
	if c := o.first.Compare(&s.first); c < 0 || c == 0 && o.tie < s.tie {
		s.first, s.tie = o.first, o.tie
	}
	s.last = max(s.last, o.last)
}

// closePairs notes the pairs of a shard that are open. Its lock is held.
func (x *Index) closePairs(sh *shard) {
	for number := range sh.open {
		if f := sh.ids.fact(uint32(number)); f.person != 0 {
			x.notePair(&pair{sh.open[number].person, *sh.ids.hash(uint32(number)), sh.open[number].span})
		}
	}
	sh.open = sh.open[:0]
}

func (x *Index) notePair(p *pair) {
	log := &x.pairs[p.person.shard()]
	log.mu.Lock()
	defer log.mu.Unlock()
	var b [2*sumSize + 32]byte
	entry := p.id.append(p.person.append(b[:0]))
	if x.persons != nil {
		entry = binary.LittleEndian.AppendUint64(entry, uint64(p.first.At))
		entry = append(entry, p.first.UUID[:]...)
		entry = binary.LittleEndian.AppendUint64(entry, uint64(p.last))
		entry = append(entry, p.tie...)
	}
	log.log.Append(entry)
}

func readPair(b []byte) (p pair) {
	p.person, p.id = readSum(b), readSum(b[sumSize:])
	if b = b[2*sumSize:]; len(b) > 0 {
		p.first.At = int64(binary.LittleEndian.Uint64(b))
		copy(p.first.UUID[:], b[8:])
		p.last = int64(binary.LittleEndian.Uint64(b[24:]))
		p.tie = string(b[32:])
	}
	return p
}

// couple is a pair without what matters only where a persons export speaks against it.
type couple struct{ person, id sum }

func (c *couple) compare(o *couple) int {
	return cmp.Or(c.person.compare(o.person), c.id.compare(o.id))
}

// eachShared calls f with the IDs of each person_id in the log that several had, and leaves the log empty.
func (l *pairLog) eachShared(f func(couples []couple)) error {
	all := make([]couple, 0, l.log.Len())
	for entry, err := range l.log.All() {
		if err != nil {
			return err
		}
		all = append(all, couple{readSum(entry), readSum(entry[sumSize:])})
	}
	l.log.Drop()
	slices.SortFunc(all, func(a, b couple) int { return a.compare(&b) })
	all = slices.Compact(all)
	for shared := range runs(all, func(a, b *couple) bool { return a.person == b.person }) {
		if len(shared) > 1 {
			f(shared)
		}
	}
	return nil
}

// eachPerson calls f with the pairs of each person_id in the log, each ID once, and leaves the log empty.
func (l *pairLog) eachPerson(f func(pairs []pair)) error {
	all := make([]pair, 0, l.log.Len())
	for entry, err := range l.log.All() {
		if err != nil {
			return err
		}
		all = append(all, readPair(entry))
	}
	l.log.Drop()
	slices.SortFunc(all, func(a, b pair) int {
		if c := a.person.compare(b.person); c != 0 {
			return c
		}
		return a.id.compare(b.id)
	})
	for pairs := range runs(all, func(a, b *pair) bool { return a.person == b.person }) {
		f(merged(pairs))
	}
	return nil
}

// merged makes one pair of those of the same ID, which stand together.
func merged(pairs []pair) []pair {
	out := pairs[:1]
	for _, p := range pairs[1:] {
		last := &out[len(out)-1]
		if last.id != p.id {
			out = append(out, p)
			continue
		}
		last.extend(&p.span)
	}
	return out
}
