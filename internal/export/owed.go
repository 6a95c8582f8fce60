package export

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// Rows are owed that were skipped only because nobody knew their visitor yet. The ledger keeps who they are of, for each source, so
// that it is read again when a later night says who the visitor was.

// owes reports whether a row with this outcome is owed. One of a visitor who is not asked for, or excluded, is not.
func owes(o mapping.Outcome) bool {
	return o.Bucket == mapping.Skipped && (o.Reason == mapping.ReasonAnonymous || o.Reason == mapping.ReasonNoEmail)
}

// owe notes that a row of a chunk is owed.
func (p *page) owe(r *run, c *posthog.Chunk, e *posthog.Event) {
	if r.keeper == nil || r.plan.Rules.Classify(e).Bucket != mapping.Send {
		return
	}
	one := ledger.Owed{Source: c.Source, ID: r.learned.People.SumOf(e.DistinctID)}
	if n := len(p.owed); n > 0 && p.owed[n-1] == one {
		return
	}
	p.owed = append(p.owed, one)
}
