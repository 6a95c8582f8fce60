package people

import (
	"math/bits"
	"slices"

	"ph2cio/internal/posthog"
)

// recentPairs keep pairs that come again and again from being noted each time, most of all those of visitors,
// who take no memory otherwise: of an ID's pairs the last, and of several IDs that share a place in them the
// last few of those.
type recentPairs struct {
	last []uint64   // hashes of pairs, where there is no persons export
	held []heldPair // where there is one: they go on
}

type heldPair struct {
	pair
	used bool
}

// How many there are in a shard: in 64 shards they take 1 MB, and 6 MB.
const (
	mostLast = 2048
	mostHeld = 512
)

// noteVisited is visited for a row of which nothing else counts.
func (x *Index) noteVisited(e *posthog.Event) {
	h := x.sum(e.DistinctID)
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	x.visited(sh, h, e)
}

// visited notes what a mere visitor's row has of others: its person_id, and that its ID has such a row. The
// shard's lock is held.
func (x *Index) visited(sh *shard, h sum, e *posthog.Event) {
	flags := pairVisitor
	switch {
	case posthog.FeedsNobody(e.Name):
		flags |= pairLonely
	case !e.WebVisitor && !posthog.MachineMade(e.DistinctID):
		flags |= pairOther
	}
	if x.options.Separate && flags&pairOther == 0 {
		return
	}
	var person sum
	if e.PersonID != nil && !x.options.Separate {
		person = x.sum(e.PersonID)
	}
	p := pair{person: person, id: h, flags: flags}
	if x.persons == nil && sh.recent.repeats(&p) || neverLinks(e.DistinctID) {
		return
	}
	at := orderOf(e, x.now)
	p.text, p.span = e.DistinctID, x.spanOf(e, &at)
	x.note(sh, &p)
}

// repeats reports whether a pair is one of the last few that came in its place, and makes it the last. Two
// busy visitors in one place would otherwise be noted with every row.
func (r *recentPairs) repeats(p *pair) bool {
	if r.last == nil {
		r.last = make([]uint64, mostLast)
	}
	hash := (p.id[0] ^ bits.RotateLeft64(p.person[0], 32) ^ uint64(p.flags)<<56) | 1
	const few = 4
	place := r.last[p.id[1]%(mostLast/few)*few:][:few]
	at := slices.Index(place, hash)
	if at < 0 {
		copy(place[1:], place)
		place[0] = hash
	}
	return at >= 0
}

// note notes a pair at once, or if there is a persons export, once another one comes in its place. Its text
// is copied.
func (x *Index) note(sh *shard, p *pair) {
	if x.persons == nil {
		x.notePair(p)
		return
	}
	if sh.recent.held == nil {
		sh.recent.held = make([]heldPair, mostHeld)
	}
	one := &sh.recent.held[p.id[1]%mostHeld]
	if one.used && one.id == p.id && one.person == p.person && one.flags == p.flags {
		one.span.extend(&p.span)
		return
	}
	if one.used {
		x.notePair(&one.pair)
	}
	text := append(one.text[:0], p.text...)
	one.pair, one.used = *p, true
	one.text = text
}

// releasePairs notes all pairs that a shard holds.
func (x *Index) releasePairs(sh *shard) {
	for i := range sh.recent.held {
		if sh.recent.held[i].used {
			x.notePair(&sh.recent.held[i].pair)
		}
	}
	sh.recent = recentPairs{}
}
