package transfer

import (
	"context"
	"slices"
	"sync"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// waitingSource is a source of this run with rows that an earlier run left waiting. Reading the source again
// ends that wait: rows that can be sent now are sent, and those of visitors who are still not identified wait
// for this run instead. Rows that this run skips and the earlier one would have sent keep waiting for the
// earlier run; rows that the file no longer contains are lost.
type waitingSource struct {
	of      ledger.WaitingSource
	reasons map[string]bool // for which this run skips rows that the earlier one would have sent
	ids     []ledger.Key    // of whom rows wait, sorted; nil when nobody need be looked for
	skipped parallel.Bitset // of ids: some of whose rows are skipped for one of the reasons, or are too old
	seen    parallel.Bitset // of ids: who are in the source
	old     parallel.Bitset // of ids: some of whose rows are held, because whether they were sent is forgotten
}

// waitingSources are all of them, by the numbers of the sources in this run.
type waitingSources struct {
	sum      func(distinctID []byte) [16]byte // of people.Index
	lock     sync.Mutex                       // of the bitsets
	bySource map[int][]*waitingSource
}

// newWaitingSources reads from the state which sources of the input have rows that wait. It looks up whose
// rows those are only where some may keep waiting or be lost. forgets says that the state no longer has all
// that was sent.
func newWaitingSources(ctx context.Context, input *Input, forgets bool, sum func(distinctID []byte) [16]byte) (*waitingSources, error) {
	w := &waitingSources{sum: sum, bySource: map[int][]*waitingSource{}}
	if input.State == nil || !input.Remember && input.Resumed == nil {
		return w, nil
	}
	numbers := map[string]int{}
	for i, source := range input.Sources {
		numbers[input.nameOf(source.Name)] = i
	}
	for of, err := range input.State.WaitingSources(ctx, input.resumedID()) {
		if err != nil {
			return nil, err
		}
		n, read := numbers[of.Path]
		if !read {
			continue
		}
		w.bySource[n] = append(w.bySource[n], &waitingSource{of: of, reasons: input.skipsMore(of.Flags)})
	}
	for n, all := range w.bySource {
		for _, one := range all {
			if len(one.reasons) == 0 && !forgets && asread.Holds(ctx, input.Sources[n], one.of.Source) {
				continue
			}
			var err error
			if one.ids, err = waitingIn(ctx, input.State, one.of.Run, one.of.Number); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// waitingIn returns whose rows wait in a source of a run, sorted.
func waitingIn(ctx context.Context, state *ledger.Store, run int64, source int) (ids []ledger.Key, err error) {
	for id, err := range state.WaitingIn(ctx, run, source) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return sortedOnce(ids), nil
}

// observe takes a row and what becomes of it, whoever its person is. Several goroutines may call it at once.
func (w *waitingSources) observe(source int, e *posthog.Event, out mapping.Outcome) {
	all := w.bySource[source]
	if len(all) == 0 {
		return
	}
	id := ledger.Key(w.sum(e.DistinctID))
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, one := range all {
		if at, found := find(one.ids, id); found {
			one.observe(uint64(at), &out)
		}
	}
}

// observe notes what becomes of a row of the ID at an index of ids.
func (o *waitingSource) observe(at uint64, out *mapping.Outcome) {
	o.seen.Add(at)
	if out.Bucket != mapping.Skipped {
		return
	}
	if o.reasons[out.Reason] || out.Reason == mapping.ReasonTooOld {
		o.skipped.Add(at)
	}
	if out.Reason == mapping.ReasonTooOld {
		o.old.Add(at)
	}
}

func find(ids []ledger.Key, id ledger.Key) (at int, found bool) {
	return slices.BinarySearchFunc(ids, id, func(a, b ledger.Key) int { return a.Compare(&b) })
}

// lost returns the rows that are not in their source any more, nor in a file by another name. troubled
// reports whether a source was not read to its end.
func (w *waitingSources) lost(troubled func(source int) bool, files *otherNames) (all []LostHistory) {
	for n, waiting := range w.bySource {
		lost := int64(0)
		for _, one := range waiting {
			if gone := int64(len(one.ids)) - one.seen.Count(); !troubled(n) && !files.have(&one.of.Source) {
				lost = max(lost, gone)
			}
		}
		if lost > 0 {
			all = append(all, LostHistory{Path: waiting[0].of.Path, IDs: []string{}, Visitors: lost})
		}
	}
	return all
}

// StillWaiting returns whose rows keep waiting for earlier runs once this run has come to its end. Call it
// before the run is recorded as finished.
func (f *FirstPass) StillWaiting(ctx context.Context, state *ledger.Store, run *ledger.Run) ([]ledger.StillWaiting, error) {
	still := slices.Clone(f.goneWaiting)
	for n, all := range f.waitingSources.bySource {
		if f.troubled(n) {
			continue // the rows may be in what was not read
		}
		now, err := waitingIn(ctx, state, run.ID, n)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			still = append(still, ledger.StillWaiting{Run: one.of.Run, Number: one.of.Number, Keep: one.stillWaiting(f.People, now)})
		}
	}
	return still, nil
}

// HoldsOld reports whether rows of people who are sent now are held only because it is forgotten whether the
// rows were sent.
func (f *FirstPass) HoldsOld() bool {
	for _, all := range f.waitingSources.bySource {
		for _, one := range all {
			for at := range one.old.All() {
				if f.People.PersonBySum(one.ids[at]) != nil {
					return true
				}
			}
		}
	}
	return false
}

// stillWaiting returns whose rows keep waiting for the earlier run: this run skips the rows or their people.
// now are those whose rows wait for this run, sorted; they need not wait for the earlier one too.
func (o *waitingSource) stillWaiting(directory *people.Directory, now []ledger.Key) (keep []ledger.Key) {
	for i, id := range o.ids {
		skipped := len(o.reasons) > 0 && o.seen.Has(uint64(i)) && directory.PersonBySum(id) == nil
		if skipped {
			_, waits := find(now, id)
			skipped = !waits
		}
		if skipped || o.skipped.Has(uint64(i)) {
			keep = append(keep, id)
		}
	}
	return keep
}
