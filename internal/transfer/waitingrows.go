package transfer

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// waitingRows finds rows that wait for a later run: rows that are skipped only because their visitor is not
// identified yet, because their person is held, or because they are recent. The ledger records for each source
// which rows wait in it, whose, and why. A later run that can send them reads the source again. A nil
// waitingRows, of a run without a ledger, finds none.
type waitingRows struct {
	rules       *mapping.Rules
	classifiers []*mapping.Classifier // of each worker
	people      *people.Directory
	repeats     *parallel.Bitset   // rows that another row stands for
	ids         []mapping.EventIDs // of each worker
}

// waitReason returns why a row with this outcome waits, and whether it does. A row of somebody whom flags
// exclude does not.
func waitReason(o *mapping.Outcome) (reason ledger.WaitReason, waits bool) {
	if o.Bucket != mapping.Skipped {
		return 0, false
	}
	switch o.Reason {
	case mapping.ReasonAnonymous:
		return ledger.Anonymous, true
	case mapping.ReasonNoEmail:
		return ledger.NoEmail, true
	case mapping.ReasonTwoProfiles:
		return ledger.TwoProfiles, true
	case mapping.ReasonRecent:
		return ledger.Recent, true
	}
	return 0, false
}

// add adds a row of a chunk to the waiting ones, if its outcome says that it waits and the rules would send
// it for somebody who is known.
func (w *waitingRows) add(to []ledger.Waiting, worker int, c *posthog.Chunk, e *posthog.Event, o *mapping.Outcome) []ledger.Waiting {
	reason, waits := waitReason(o)
	if !waits || w == nil {
		return to
	}
	due := int64(0)
	if reason == ledger.Recent {
		due = w.rules.RecentUntil(e)
	} else if w.classifiers[worker].Classify(e).Bucket != mapping.Send {
		return to
	}
	return append(to, w.waiting(worker, c, e, reason, due))
}

func (w *waitingRows) waiting(worker int, c *posthog.Chunk, e *posthog.Event, reason ledger.WaitReason, due int64) ledger.Waiting {
	return ledger.Waiting{Source: c.Source, Wait: ledger.Wait{
		ID: w.people.SumOf(e.DistinctID), Row: w.ids[worker].Short(e), Reason: reason, Due: due,
	}}
}

// addRepeats adds the duplicates in a chunk whose visitors are not identified yet. The row that stands for a
// duplicate may be in another file, which may be gone when the visitor is identified; while both files are
// there, only one of the two rows is sent. It sets c.Left.
func (w *waitingRows) addRepeats(to []ledger.Waiting, worker int, c *posthog.Chunk) []ledger.Waiting {
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
		if reason, waits := w.personWaits(event); waits && w.classifiers[worker].Classify(event).Bucket == mapping.Send {
			to = append(to, w.waiting(worker, c, event, reason, 0))
		}
	}
	return to
}

// personWaits returns why the rows of an event's person wait, and whether they do.
func (w *waitingRows) personWaits(e *posthog.Event) (reason ledger.WaitReason, waits bool) {
	switch _, status := w.people.Lookup(e.DistinctID); status {
	case people.Anonymous:
		return ledger.Anonymous, true
	case people.NoEmail:
		return ledger.NoEmail, true
	case people.TwoProfiles:
		return ledger.TwoProfiles, true
	}
	return 0, false
}
