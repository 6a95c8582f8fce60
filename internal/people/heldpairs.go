package people

import (
	"ph2cio/internal/posthog"
)

// heldPairs are pairs of a shard that come again and again, most of all those of visitors, who take no memory otherwise:
// one for each of some remainders of an ID's sum.
type heldPairs []heldPair

type heldPair struct {
	pair
	used bool
}

// mostHeld is how many pairs a shard holds: 64 shards take 6 MB.
const mostHeld = 512

// visited notes the person_id of a mere visitor's row. The shard's lock is held.
func (x *Index) visited(sh *shard, h sum, e *posthog.Event) {
	if x.options.Separate || posthog.CookielessDevice(e.DistinctID) || posthog.IllegalID(e.DistinctID) {
		return
	}
	p := pair{id: h, flags: pairVisitor, text: e.DistinctID}
	if e.PersonID != nil {
		at := orderOf(e)
		p.person, p.span = x.sum(e.PersonID), x.spanOf(e, &at)
	}
	if posthog.MakesNobody(e.Name) {
		p.flags |= pairLonely
	}
	x.hold(sh, &p)
}

// hold notes a pair once, however often it comes in a row. Its text is copied.
func (x *Index) hold(sh *shard, p *pair) {
	if sh.heldPairs == nil {
		sh.heldPairs = make(heldPairs, mostHeld)
	}
	one := &sh.heldPairs[p.id[1]%mostHeld]
	if one.used && one.person == p.person && one.id == p.id && one.flags == p.flags {
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
	for i := range sh.heldPairs {
		if sh.heldPairs[i].used {
			x.notePair(&sh.heldPairs[i].pair)
		}
	}
	sh.heldPairs = nil
}
