package export

import (
	"context"

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

// DueSource is a source that has rows of people who are known now, and were not when it was read.
type DueSource struct {
	Path string
	IDs  []string // the IDs that those people are kept under
}

// Due tells which sources that earlier runs have read, of those for which asks is true, have rows of people who are known now.
func (l *Learned) Due(ctx context.Context, state *ledger.Store, asks func(path string) bool) (due []DueSource, err error) {
	var known []ledger.KnownSource
	for source, err := range state.KnownSources(ctx) {
		if err != nil {
			return nil, err
		}
		if asks(source.Path) {
			known = append(known, source)
		}
	}
	for _, source := range known {
		one := DueSource{Path: source.Path}
		named := map[string]bool{}
		for id, err := range state.OwedOf(ctx, source.Run, source.Number) {
			if err != nil {
				return nil, err
			}
			if p := l.People.Known(id); p != nil && !named[p.DistinctID] {
				named[p.DistinctID] = true
				one.IDs = append(one.IDs, p.DistinctID)
			}
		}
		if len(one.IDs) > 0 {
			due = append(due, one)
		}
	}
	return due, nil
}
