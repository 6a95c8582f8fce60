package people

import "ph2cio/internal/posthog"

// heldPairs are pairs of a shard that come again and again, most of all those of visitors, who take no memory otherwise:
// one for each of some remainders of an ID's sum.
type heldPairs []heldPair

type heldPair struct {
	pair
	used bool
}

// mostHeld is how many pairs a shard holds: 64 shards take 6 MB.
const mostHeld = 512

// visited notes what a mere visitor's row has of others: its person_id, and that its ID has such a row. The shard's lock is held.
func (x *Index) visited(sh *shard, h sum, e *posthog.Event) {
	p := pair{id: h, flags: pairVisitor, text: e.DistinctID}
	switch {
	case posthog.MakesNobody(e.Name):
		p.flags |= pairLonely
	case !e.WebVisitor && !posthog.MachineMade(e.DistinctID):
		p.flags |= pairOther
	}
	if x.options.Separate && p.flags&pairOther == 0 {
		return
	}
	if e.PersonID != nil && !x.options.Separate {
		at := orderOf(e)
		p.person, p.span = x.sum(e.PersonID), x.spanOf(e, &at)
	}
	if one := sh.holds(&p); !one.extend(&p) && !neverLinks(e.DistinctID) {
		x.replace(one, &p)
	}
}

// hold notes a pair once, however often it comes in a row.
func (x *Index) hold(sh *shard, p *pair) {
	if one := sh.holds(p); !one.extend(p) {
		x.replace(one, p)
	}
}

// holds returns the place for a pair, with that or another one.
func (sh *shard) holds(p *pair) *heldPair {
	if sh.heldPairs == nil {
		sh.heldPairs = make(heldPairs, mostHeld)
	}
	return &sh.heldPairs[p.id[1]%mostHeld]
}

// extend takes in another row of the same pair; false for another pair.
func (one *heldPair) extend(p *pair) bool {
	if !one.used || one.id != p.id || one.person != p.person || one.flags != p.flags {
		return false
	}
	one.span.extend(&p.span)
	return true
}

// replace notes the pair that is held, and holds another one. Its text is copied.
func (x *Index) replace(one *heldPair, p *pair) {
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
