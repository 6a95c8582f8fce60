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
	flags := pairVisitor
	switch {
	case posthog.MakesNobody(e.Name):
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
	one := sh.holds(h)
	if same := one.is(person, h, flags); same && x.persons == nil || !same && neverLinks(e.DistinctID) {
		return
	}
	at := orderOf(e)
	x.note(one, &pair{person: person, id: h, flags: flags, text: e.DistinctID, span: x.spanOf(e, &at)})
}

// hold notes a pair once, however often it comes in a row.
func (x *Index) hold(sh *shard, p *pair) { x.note(sh.holds(p.id), p) }

// holds returns the place for a pair of an ID, with one of it or of another ID.
func (sh *shard) holds(id sum) *heldPair {
	if sh.heldPairs == nil {
		sh.heldPairs = make(heldPairs, mostHeld)
	}
	return &sh.heldPairs[id[1]%mostHeld]
}

// is reports whether a place holds a pair.
func (one *heldPair) is(person, id sum, flags pairFlags) bool {
	return one.used && one.id == id && one.person == person && one.flags == flags
}

// note takes in another row of the pair that a place holds, or notes that one and holds another. Its text is copied.
func (x *Index) note(one *heldPair, p *pair) {
	if one.is(p.person, p.id, p.flags) {
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
