package transfer

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// waitingRows finds rows that wait for a later run: they are skipped only because nobody knows their visitor
// yet, or because their person is held. The ledger keeps who they are of, for each source, so that the source
// is read again when a later run knows the visitor, or may send the person. A nil waitingRows, of a run
// without a ledger, finds none.
type waitingRows struct {
	rules   *mapping.Rules
	people  *people.Directory
	repeats *parallel.Bitset // rows that another row stands for
}

// waits reports whether a row with this outcome waits. One of a visitor who is not asked for, or excluded,
// does not.
func waits(o *mapping.Outcome) bool {
	if o.Bucket != mapping.Skipped {
		return false
	}
	return o.Reason == mapping.ReasonAnonymous || o.Reason == mapping.ReasonNoEmail || o.Reason == mapping.ReasonTwoProfiles
}

// add adds a row of a chunk that waits.
func (w *waitingRows) add(to []ledger.Waiting, c *posthog.Chunk, e *posthog.Event) []ledger.Waiting {
	if w == nil || w.rules.Classify(e).Bucket != mapping.Send {
		return to
	}
	one := ledger.Waiting{Source: c.Source, ID: w.people.SumOf(e.DistinctID)}
	if n := len(to); n > 0 && to[n-1] == one {
		return to
	}
	return append(to, one)
}

// addRepeats adds the rows of a chunk that wait although a row before each stands for it. That one may be in
// another file, which may be gone when the visitor is known; while both are there, only one of the two is
// sent. It changes which rows of the chunk are left out.
func (w *waitingRows) addRepeats(to []ledger.Waiting, c *posthog.Chunk) []ledger.Waiting {
	if w == nil {
		return to
	}
	repeats, n := w.repeats.Cut(nil, c.Ref, c.Rows)
	if n == 0 {
		return to
	}
	c.Left = make([]uint64, (c.Rows+63)/64)
	for i := range c.Left {
		c.Left[i] = ^repeats.Word(uint64(i) * 64)
	}
	for event := range c.Events() {
		if event == nil {
			continue
		}
		switch _, status := w.people.Lookup(event.DistinctID); status {
		case people.Anonymous, people.NoEmail, people.TwoProfiles:
			to = w.add(to, c, event)
		}
	}
	return to
}
