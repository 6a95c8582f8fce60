package transfer

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// waitingRows finds rows that wait for a later run: rows that are skipped only because their visitor is not
// identified yet, or because their person is held. The ledger records for each source whose rows wait in it.
// A later run that knows the visitor, or may send the person, reads the source again. A nil waitingRows, of a
// run without a ledger, finds none.
type waitingRows struct {
	rules   *mapping.Rules
	people  *people.Directory
	repeats *parallel.Bitset // rows that another row stands for
}

// waits reports whether a row with this outcome waits. A row of somebody whom flags exclude does not.
func waits(o *mapping.Outcome) bool {
	if o.Bucket != mapping.Skipped {
		return false
	}
	return o.Reason == mapping.ReasonAnonymous || o.Reason == mapping.ReasonNoEmail || o.Reason == mapping.ReasonTwoProfiles
}

// add adds a row of a chunk to the waiting ones, if the rules would send it for somebody who is known.
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

// addRepeats adds the duplicates in a chunk whose visitors are not identified yet. The row that stands for a
// duplicate may be in another file, which may be gone when the visitor is identified; while both files are
// there, only one of the two rows is sent. It sets c.Left.
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
