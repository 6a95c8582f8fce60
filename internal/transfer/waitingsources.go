package transfer

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
)

// waitingSource is a source of this run with rows that an earlier run left waiting. Reading the source again ends
// that: rows that can be sent now are sent, and those of visitors who are still not identified wait for this run's
// sake. Rows that this run skips and the earlier one would have sent go on waiting for the earlier run; rows that
// the file no longer contains are lost.
type waitingSource struct {
	of      ledger.WaitingSource
	reasons map[string]bool // of rows that this run leaves out, and the other would not have
	ids     []ledger.Key    // sorted; nil when nobody need be looked for
	skipped parallel.Bitset // of ids: some of whose rows are left out for a reason
	seen    parallel.Bitset // of ids: who are in the source
	old     parallel.Bitset // of ids: some of whose rows are held, because whether they were sent is forgotten
}

// waitingSources are all of them, by the numbers of the sources in this run.
type waitingSources struct {
	sum      func(distinctID []byte) [16]byte
	lock     sync.Mutex // of what is seen
	bySource map[int][]*waitingSource
}

// newWaitingSources asks the state. It looks up whose rows wait only where some may go on waiting or be lost.
func newWaitingSources(ctx context.Context, plan *Plan, forgets bool) (*waitingSources, error) {
	o := &waitingSources{bySource: map[int][]*waitingSource{}}
	if plan.State == nil || !plan.Remember && plan.Ledger == nil {
		return o, nil
	}
	numbers := map[string]int{}
	for i, source := range plan.Sources {
		numbers[plan.nameOf(source.Name)] = i
	}
	for of, err := range plan.State.WaitingSources(ctx, plan.resumedID()) {
		if err != nil {
			return nil, err
		}
		if n, ours := numbers[of.Path]; ours {
			o.bySource[n] = append(o.bySource[n], &waitingSource{of: of})
		}
	}
	for n, all := range o.bySource {
		for _, one := range all {
			one.reasons = plan.skipsMore(one.of.Flags)
			source := plan.Sources[n]
			if len(one.reasons) == 0 && !forgets && asread.Holds(ctx, source, one.of.Source) {
				continue
			}
			for id, err := range plan.State.WaitingIn(ctx, one.of.Run, one.of.Number) {
				if err != nil {
					return nil, err
				}
				one.ids = append(one.ids, id)
			}
			one.ids = sortedOnce(one.ids)
		}
	}
	return o, nil
}

// observe hears what becomes of a row, whoever its person is.
func (o *waitingSources) observe(source int, e *posthog.Event, out mapping.Outcome) {
	all := o.bySource[source]
	if len(all) == 0 {
		return
	}
	id := ledger.Key(o.sum(e.DistinctID))
	o.lock.Lock()
	defer o.lock.Unlock()
	for _, one := range all {
		at, found := slices.BinarySearchFunc(one.ids, id, func(a, b ledger.Key) int { return a.Compare(&b) })
		if !found {
			continue
		}
		one.seen.Add(uint64(at))
		if out.Bucket == mapping.Skipped && (one.reasons[out.Reason] || out.Reason == mapping.ReasonTooOld) {
			one.skipped.Add(uint64(at))
		}
		if out.Bucket == mapping.Skipped && out.Reason == mapping.ReasonTooOld {
			one.old.Add(uint64(at))
		}
	}
}

// loseReplaced notes what is not in its file any more, nor in another one.
func (l *FirstPass) loseReplaced(files *otherNames) {
	for n, all := range l.waitingSources.bySource {
		lost := int64(0)
		for _, one := range all {
			if gone := int64(len(one.ids)) - one.seen.Count(); !l.troubled(n) && !files.has(&one.of.Source) {
				lost = max(lost, gone)
			}
		}
		if lost > 0 {
			l.Lost = append(l.Lost, LostHistory{Path: all[0].of.Path, IDs: []string{}, Visitors: lost})
		}
	}
	slices.SortFunc(l.Lost, func(a, b LostHistory) int { return cmp.Compare(a.Path, b.Path) })
}

// troubled reports whether a source was not read to its end.
func (l *FirstPass) troubled(source int) bool {
	return slices.ContainsFunc(l.Trouble, func(t *posthog.SourceError) bool { return t.Path == l.places.sources[source].Name })
}

// StillWaiting returns whose rows go on waiting for earlier runs once this run has come to its end. It is to be
// called before the run is recorded as finished.
func (l *FirstPass) StillWaiting(ctx context.Context, state *ledger.Store, run *ledger.Run) ([]ledger.StillWaiting, error) {
	settled := slices.Clone(l.goneWaiting)
	for n, all := range l.waitingSources.bySource {
		if l.troubled(n) {
			continue // the rows may be in what was not read
		}
		var anew []ledger.Key
		for id, err := range state.WaitingIn(ctx, run.ID, n) {
			if err != nil {
				return nil, err
			}
			anew = append(anew, id)
		}
		anew = sortedOnce(anew)
		for _, one := range all {
			settled = append(settled, ledger.StillWaiting{Run: one.of.Run, Number: one.of.Number, Keep: l.keepWaiting(one, anew)})
		}
	}
	return settled, nil
}

// HoldsOld reports whether rows of people who are sent now are held only because it is forgotten whether the rows
// were sent.
func (l *FirstPass) HoldsOld() bool {
	for _, all := range l.waitingSources.bySource {
		for _, one := range all {
			for at := range one.old.All() {
				if l.People.PersonBySum(one.ids[at]) != nil {
					return true
				}
			}
		}
	}
	return false
}

// keepWaiting returns whose rows go on waiting for an earlier run: this run skips the rows or their people, and
// anew, whose rows wait for this run, does not have them.
func (l *FirstPass) keepWaiting(o *waitingSource, anew []ledger.Key) (keep []ledger.Key) {
	for i, id := range o.ids {
		leftOut := len(o.reasons) > 0 && o.seen.Has(uint64(i)) && l.People.PersonBySum(id) == nil
		if leftOut {
			_, again := slices.BinarySearchFunc(anew, id, func(a, b ledger.Key) int { return a.Compare(&b) })
			leftOut = !again
		}
		if leftOut || o.skipped.Has(uint64(i)) {
			keep = append(keep, id)
		}
	}
	return keep
}
