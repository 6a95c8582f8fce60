package people

import (
	"math/bits"
	"slices"
)

// recentPairs keep pairs that come again and again from being noted each time, most of all those of visitors,
// who take no memory otherwise: of an ID's pairs the last, and of several IDs that share a place in them the
// last few of those.
type recentPairs struct {
	last  []uint64     // hashes of pairs, where there is no persons export
	pairs []recentPair // where there is one: they go on
}

type recentPair struct {
	pair
	used bool
}

// How many there are in a shard: in 64 shards they take 1 MB, and 6 MB.
const (
	mostLast   = 2048
	mostRecent = 512
)

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

// note notes a pair at once, or if spans are needed, once another one comes in its place. Its text
// is copied.
func (r *recentPairs) note(logs *pairLogs, p *pair) {
	if !logs.spans {
		logs.note(p)
		return
	}
	if r.pairs == nil {
		r.pairs = make([]recentPair, mostRecent)
	}
	one := &r.pairs[p.id[1]%mostRecent]
	if one.used && one.id == p.id && one.person == p.person && one.flags == p.flags {
		one.span.extend(&p.span)
		return
	}
	if one.used {
		logs.note(&one.pair)
	}
	text := append(one.text[:0], p.text...)
	one.pair, one.used = *p, true
	one.text = text
}

// release notes all pairs that are held.
func (r *recentPairs) release(logs *pairLogs) {
	for i := range r.pairs {
		if r.pairs[i].used {
			logs.note(&r.pairs[i].pair)
		}
	}
	*r = recentPairs{}
}
