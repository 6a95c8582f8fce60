package transfer

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// waitingSource is a source in which an earlier run left rows waiting, and that this run reads or that is
// gone. This run ends that wait. Rows that can be sent now are sent, and those that still wait do so for this
// run. Rows that this run skips and the earlier one would have sent keep waiting. Rows that are nowhere any
// more are lost.
type waitingSource struct {
	of      ledger.WaitingSource
	number  int             // of the source in this run; -1 if it is gone
	moved   bool            // it is gone or is another file now, so that its rows may be in any source
	absent  bool            // it is gone, and another run may find it again, so that its rows are not lost yet
	reasons map[string]bool // for which this run skips rows that the earlier one would have sent
	looked  bool            // its rows are looked for
}

func (s *waitingSource) gone() bool { return s.number < 0 }

// waitingSources are all of them, with the rows that are looked for.
type waitingSources struct {
	sum      func(distinctID []byte) [16]byte // of people.Index
	sources  []waitingSource
	looks    map[int]bool // numbers of sources whose rows are looked at
	anywhere bool         // the rows of all sources are
	lock     sync.Mutex   // of the results in rows
	rows     []awaited    // sorted by ID, row and source
}

// newWaitingSources reads from the state which sources of the input have rows that wait, and which sources
// with such rows are gone. It looks for the rows only where some may keep waiting or be lost. forgets says
// that the state no longer has all that was sent.
func newWaitingSources(ctx context.Context, input *Input, forgets bool, now time.Time, sum func(distinctID []byte) [16]byte) (*waitingSources, error) {
	w := &waitingSources{sum: sum, looks: map[int]bool{}}
	if input.State == nil || !input.Remember && input.Resumed == nil && !input.SaysWhatIsGone {
		return w, nil
	}
	numbers := map[string]int{}
	for i, source := range input.Sources {
		numbers[input.nameOf(source.Name)] = i
	}
	there, skipsMore := input.there(ctx), input.skipsMoreOnce()
	for of, err := range input.State.WaitingSources(ctx, input.resumedID()) {
		if err != nil {
			return nil, err
		}
		n, read := numbers[of.Path]
		if !read {
			n = -1
		}
		if read || input.SaysWhatIsGone && !there(of.Path) {
			absent := !read && !asread.GivenUp(input.found(), of.Path, of.Missed, now)
			w.sources = append(w.sources, waitingSource{of: of, number: n, reasons: skipsMore(of.Flags), moved: !read, absent: absent})
		}
	}
	slices.SortFunc(w.sources, func(a, b waitingSource) int {
		return cmp.Or(strings.Compare(a.of.Path, b.of.Path), cmp.Compare(b.of.Run, a.of.Run), cmp.Compare(b.of.Rules, a.of.Rules))
	})
	for i := range w.sources {
		one := &w.sources[i]
		one.moved = one.gone() || !asread.Holds(ctx, input.Sources[one.number], one.of.Source)
		if one.looked = one.moved || len(one.reasons) > 0 || forgets; !one.looked {
			continue
		}
		if err := w.load(ctx, input.State, i); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(w.rows, func(a, b awaited) int { return a.compare(&b) })
	w.rows = slices.CompactFunc(w.rows, func(a, b awaited) bool { return a.compare(&b) == 0 && a.Reason == b.Reason })
	return w, nil
}

// load reads the rows that wait in a source, to look for them.
func (w *waitingSources) load(ctx context.Context, state *ledger.Store, source int) error {
	of := &w.sources[source]
	w.looks[of.number] = true
	w.anywhere = w.anywhere || of.moved
	for one, err := range state.Waits(ctx, of.of.WaitingIn) {
		if err != nil {
			return err
		}
		w.rows = append(w.rows, awaited{Wait: one, of: int32(source)})
	}
	return nil
}

// observe takes a row and what becomes of it, whoever its person is. Several goroutines may call it at once,
// each with its own ids.
func (w *waitingSources) observe(source int, e *posthog.Event, out *mapping.Outcome, ids *mapping.EventIDs) {
	if !w.anywhere && !w.looks[source] || e.Timestamp.State != posthog.Known {
		return
	}
	row := ledger.Wait{ID: w.sum(e.DistinctID)}
	first := w.find(&row)
	if first == len(w.rows) || w.rows[first].ID != row.ID {
		return
	}
	row.Row = ids.Short(e)
	w.lock.Lock()
	defer w.lock.Unlock()
	for i := w.find(&row); i < len(w.rows) && w.rows[i].SameRow(&row); i++ {
		of := &w.sources[w.rows[i].of]
		if of.moved || of.number == source {
			w.rows[i].observe(source, out, of.reasons)
		}
	}
}

// find returns the place of the first of the same rows, or where it would be.
func (w *waitingSources) find(row *ledger.Wait) int {
	return sort.Search(len(w.rows), func(i int) bool { // which copies no row: others change results meanwhile
		return cmp.Or(w.rows[i].ID.Compare(&row.ID), cmp.Compare(w.rows[i].Row, row.Row)) >= 0
	})
}

// missing reports whether some rows of sources that are gone or replaced were not found.
func (w *waitingSources) missing() bool {
	return slices.ContainsFunc(w.rows, func(a awaited) bool { return w.sources[a.of].moved && a.missing() })
}

// awaits reports whether a row is one of those that are looked for.
func (w *waitingSources) awaits(row *ledger.Wait) bool {
	i := w.find(row)
	return i < len(w.rows) && w.rows[i].SameRow(row)
}

// foundElsewhere takes a row that waits in a source which this run does not read.
func (w *waitingSources) foundElsewhere(row *ledger.Wait) {
	for i := w.find(row); i < len(w.rows) && w.rows[i].SameRow(row); i++ {
		w.rows[i].elsewhere = true
	}
}

// HoldsOld reports whether rows of people who are sent now are held only because it is forgotten whether the
// rows were sent.
func (f *FirstPass) HoldsOld() bool {
	return slices.ContainsFunc(f.waitingSources.rows, func(a awaited) bool { return a.old && f.People.PersonBySum(a.ID) != nil })
}
