package people

import "ph2cio/internal/posthog"

// countVisit counts a row of a visitor in the sample, and notes its person_id.
func (x *Index) countVisit(sh *shard, h sum, sends bool, e *posthog.Event) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	x.noteVisitLocked(sh, h, e)
	sh.sample.count(h, e.DistinctID, sends)
}

// noteVisit notes the person_id of a row of which nothing else counts.
func (x *Index) noteVisit(e *posthog.Event) {
	h := x.sum(e.DistinctID)
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	x.noteVisitLocked(sh, h, e)
}

// noteVisitLocked notes the person_id of a visitor's row, by which the visitor may turn out to be somebody,
// and what kind of row it is. The caller holds the shard's lock.
func (x *Index) noteVisitLocked(sh *shard, h sum, e *posthog.Event) {
	flags := pairVisitor
	switch {
	case posthog.WithoutPerson(e.Name):
		flags |= pairWeak
	case !e.WebVisitor && !posthog.MachineMade(e.DistinctID):
		flags |= pairNotVisitor
	}
	if x.options.Separate && flags&pairNotVisitor == 0 {
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
	sh.recent.note(&x.pairs, &pair{person: person, id: h, flags: flags, text: e.DistinctID, span: x.pairs.spanOf(e, &at)})
}
