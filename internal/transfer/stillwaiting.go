package transfer

import (
	"context"

	"ph2cio/internal/ledger"
)

// StillWaiting returns which rows of earlier runs keep waiting once this run has come to its end, and those
// that earlier runs left waiting in files that are gone, where this run has found them. Call it after
// SendableNow, and before the run is recorded as finished.
func (f *FirstPass) StillWaiting(ctx context.Context, state *ledger.Store, run *ledger.Run) ([]ledger.StillWaiting, error) {
	w := f.waitingSources
	s := &stillWaiting{first: f, now: map[int]map[ledger.Key]bool{}, more: map[ledger.WaitingIn][]ledger.Wait{}, keep: make([][]ledger.Wait, len(w.sources))}
	for i := range w.rows {
		if err := s.add(ctx, state, run, &w.rows[i]); err != nil {
			return nil, err
		}
	}
	var all []ledger.StillWaiting
	for i := range w.sources {
		if one := &w.sources[i]; !s.untouched(one) {
			all = append(all, ledger.StillWaiting{WaitingIn: one.of.WaitingIn, Keep: s.keep[i], Gone: one.gone(), Missed: f.rules.Now.Unix()})
		}
	}
	for in, rows := range s.more {
		all = append(all, ledger.StillWaiting{WaitingIn: in, Keep: rows, Adds: true})
	}
	return all, nil
}

// stillWaiting collects rows that keep waiting.
type stillWaiting struct {
	first *FirstPass
	keep  [][]ledger.Wait                    // by the places of their sources in waitingSources
	more  map[ledger.WaitingIn][]ledger.Wait // that wait in sources of this run, by the flags of an earlier one
	now   map[int]map[ledger.Key]bool        // whose rows wait for this run by itself, for sources where that was asked
}

// untouched reports whether the rows of a source wait as before: it is damaged, and this run could read fewer
// rows than the earlier one.
func (s *stillWaiting) untouched(one *waitingSource) bool {
	return !one.moved && s.first.prints[one.number].rows < one.of.Rows && s.first.troubled(one.number)
}

// add decides about a row.
func (s *stillWaiting) add(ctx context.Context, state *ledger.Store, run *ledger.Run, a *awaited) error {
	source := &s.first.waitingSources.sources[a.of]
	if source.moved && a.missing() && (source.absent || s.first.mayFindMore()) {
		s.keep[a.of] = append(s.keep[a.of], a.Wait)
	}
	skipped := a.skipped && !a.sends
	others := a.found() && len(source.reasons) > 0 && s.first.People.PersonBySum(a.ID) == nil // the person may be skipped
	if !skipped && !others {
		return nil
	}
	for i, in := range a.in {
		number := int(in) - 1
		if i > 0 && in == a.in[0] {
			continue
		}
		if !skipped {
			if now, err := s.waitsNow(ctx, state, run, number); err != nil || now[a.ID] {
				return err
			}
		}
		if source.moved {
			to := ledger.WaitingIn{Run: run.ID, Number: number, Rules: source.of.Rules}
			s.more[to] = append(s.more[to], a.Wait)
		} else {
			s.keep[a.of] = append(s.keep[a.of], a.Wait)
		}
	}
	return nil
}

// waitsNow returns whose rows wait for this run in one of its sources.
func (s *stillWaiting) waitsNow(ctx context.Context, state *ledger.Store, run *ledger.Run, source int) (map[ledger.Key]bool, error) {
	if now, known := s.now[source]; known {
		return now, nil
	}
	now := map[ledger.Key]bool{}
	for one, err := range state.Waits(ctx, ledger.WaitingIn{Run: run.ID, Number: source, Rules: run.ID}) {
		if err != nil {
			return nil, err
		}
		now[one.ID] = true
	}
	s.now[source] = now
	return now, nil
}
