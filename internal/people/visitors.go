package people

import "ph2cio/internal/posthog"

// visit counts a row of a visitor, and notes its person_id.
func (x *Index) visit(sh *shard, h sum, sends bool, e *posthog.Event) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	x.visited(sh, h, e)
	sh.sample.count(h, e.DistinctID, sends)
}

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
	if !x.pairs.spans && sh.recent.repeats(&p) || neverLinks(e.DistinctID) {
		return
	}
	at := orderOf(e, x.now)
	p.text, p.span = e.DistinctID, x.pairs.spanOf(e, &at)
	sh.recent.note(&x.pairs, &p)
}
