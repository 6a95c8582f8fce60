package export

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// Rows are owed that were skipped only because nobody knew their visitor yet, or because their person is held. The ledger keeps who
// they are of, for each source, so that it is read again when a later night says who the visitor was, or that the person may be sent.

// owes reports whether a row with this outcome is owed. One of a visitor who is not asked for, or excluded, is not.
func owes(o mapping.Outcome) bool {
	if o.Bucket != mapping.Skipped {
		return false
	}
	return o.Reason == mapping.ReasonAnonymous || o.Reason == mapping.ReasonNoEmail || o.Reason == mapping.ReasonTwoProfiles
}

// owe notes that a row of a chunk is owed.
func (p *page) owe(r *run, c *posthog.Chunk, e *posthog.Event) {
	if r.keeper == nil || r.plan.Rules.Classify(e).Bucket != mapping.Send {
		return
	}
	one := ledger.Waiting{Source: c.Source, ID: r.learned.People.SumOf(e.DistinctID)}
	if n := len(p.owed); n > 0 && p.owed[n-1] == one {
		return
	}
	p.owed = append(p.owed, one)
}

// oweRepeats notes rows of a chunk that are owed although a row before each stands for it. That one may be in another file, which may be
// gone when the visitor is known; while both are there, only one of the two is sent.
func (p *page) oweRepeats(r *run, c *posthog.Chunk) {
	repeats, n := r.learned.repeats.duplicate.Cut(nil, c.Ref, c.Rows)
	if r.keeper == nil || n == 0 {
		return
	}
	c.Left = make([]uint64, (c.Rows+63)/64)
	for i := range c.Left {
		c.Left[i] = ^repeats.Word(uint64(i) * 64)
	}
	for event := range c.Events() {
		if event == nil {
			continue
		}
		switch _, status := r.learned.People.Lookup(event.DistinctID); status {
		case people.Anonymous, people.NoEmail, people.TwoProfiles:
			p.owe(r, c, event)
		}
	}
}
