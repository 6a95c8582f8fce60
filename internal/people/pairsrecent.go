package people

import (
	"math/bits"
	"slices"
)

// recentPairs remember a shard's last pairs of visitors, so that one that comes again and again is not
// written each time. The zero value remembers none.
type recentPairs struct {
	last  []uint64     // without a persons export: hashes of pairs
	pairs []recentPair // with one: pairs whose spans may be extended
}

type recentPair struct {
	pair
	used bool
}

// How many hashes and pairs there are in a shard. In 64 shards they take 1 MB and 6 MB.
const (
	mostLast   = 2048
	mostRecent = 512
)

// repeats reports whether a pair is one of the last few in its place, and makes it one of them. There are a
// few because two busy visitors in one place would otherwise be written with every row.
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

// note writes a pair to its log: at once, or with spans only when another pair comes in its place. It copies
// the text.
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

// release writes all pairs that have not been written, and forgets them.
func (r *recentPairs) release(logs *pairLogs) {
	for i := range r.pairs {
		if r.pairs[i].used {
			logs.note(&r.pairs[i].pair)
		}
	}
	*r = recentPairs{}
}
