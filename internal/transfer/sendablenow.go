package transfer

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
)

// LostHistory is a source that is gone or is another file now, with rows that waited in it and are in no
// source any more, so that they cannot be sent.
type LostHistory struct {
	Path     string   `json:"path"`
	Rows     int64    `json:"rows"`
	IDs      []string `json:"ids"`      // of the people with such rows; empty if those are not identified yet
	Visitors int64    `json:"visitors"` // how many people have such rows
	Gone     bool     `json:"-"`        // there is no file of this name
}

// SendableNow returns the paths of sources that this run does not read and in which rows wait that can be
// sent now: because their people are known or everybody is sent, or because the rows are not recent any more.
// It looks only at sources that include accepts. It sets Lost to the rows that can never be sent. The input
// must have a State.
func (f *FirstPass) SendableNow(ctx context.Context, include func(path string) bool) (sendable []string, err error) {
	search := &waitingSearch{
		first: f, there: f.input.there(ctx), everybody: f.rules.Choice.Who == people.All && !f.rules.Choice.Only,
		missing: f.waitingSources.missing(),
	}
	found := map[string]int64{} // the last run whose rows in a source can be sent, by path
	for part, err := range f.input.State.WaitingParts(ctx, f.input.resumedID()) {
		if err != nil {
			return nil, err
		}
		if !include(part.Path) {
			continue
		}
		if has, err := search.part(&part); err != nil {
			return nil, err
		} else if has && search.there(part.Path) {
			found[part.Path] = max(found[part.Path], part.Run)
		}
	}
	f.Lost = f.lost()
	return f.notReadSince(ctx, found)
}

// notReadSince returns those of the sources of which something may have changed since a run: no later run has
// read them, or one that skips more than this one.
func (f *FirstPass) notReadSince(ctx context.Context, runs map[string]int64) ([]string, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	read, err := asread.Sources(ctx, f.input.State)
	if err != nil {
		return nil, err
	}
	skipsMore := f.input.skipsMoreOnce()
	maps.DeleteFunc(runs, func(path string, run int64) bool {
		then, known := read[path]
		return known && then.Run > run && len(skipsMore(then.Flags)) == 0
	})
	return slices.Sorted(maps.Keys(runs)), nil
}

// waitingSearch looks for rows that can be sent now, in sources that this run does not read.
type waitingSearch struct {
	first     *FirstPass
	there     func(path string) bool
	everybody bool // everybody is sent
	missing   bool // rows that were not found may be in these sources
}

// part reports whether some of the rows can be sent now.
func (s *waitingSearch) part(p *ledger.WaitingPart) (sendable bool, err error) {
	var last ledger.Wait
	for one, err := range p.Rows() {
		if err != nil {
			return false, err
		}
		if s.missing && s.first.waitingSources.awaits(&one) && s.there(p.Path) {
			s.first.waitingSources.foundElsewhere(&one)
		}
		if !sendable && (one.ID != last.ID || one.Reason != last.Reason || one.Due != last.Due) {
			sendable = s.sendable(&one)
		}
		if sendable && !s.missing {
			break
		}
		last = one
	}
	return sendable, nil
}

// sendable reports whether a row can be sent now, as far as that can be told without reading it.
func (s *waitingSearch) sendable(one *ledger.Wait) bool {
	if one.Reason == ledger.Recent {
		rules := s.first.rules.Mapping
		return !rules.HoldsRecent() || rules.IsDue(one.Due)
	}
	return s.first.People.PersonBySum(one.ID) != nil || s.everybody && !s.first.People.HeldBySum(one.ID)
}

// lost returns the rows that waited in sources that are gone or replaced, and were not found. It returns none
// while they may still be found.
func (f *FirstPass) lost() (all []LostHistory) {
	if f.mayFindMore() {
		return nil
	}
	w, byPath := f.waitingSources, map[string]*lostRows{}
	for i := range w.rows {
		a := &w.rows[i]
		of := &w.sources[a.of]
		if !of.moved || of.absent || !a.missing() || i > 0 && w.sources[w.rows[i-1].of].moved && a.SameRow(&w.rows[i-1].Wait) {
			continue
		}
		one := byPath[of.of.Path]
		if one == nil {
			one = &lostRows{LostHistory{Path: of.of.Path, IDs: []string{}, Gone: of.gone()}, map[string]bool{}, ledger.Key{}}
			byPath[of.of.Path] = one
		}
		one.add(a, f.People.PersonBySum(a.ID))
	}
	for one := range maps.Values(byPath) {
		all = append(all, one.LostHistory)
	}
	slices.SortFunc(all, func(a, b LostHistory) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// lostRows counts what is lost with one source.
type lostRows struct {
	LostHistory
	named map[string]bool // of IDs
	last  ledger.Key      // the last visitor who was counted
}

// add counts a row. Those of one ID come one after another. p is its person, nil if there is none.
func (l *lostRows) add(a *awaited, p *people.Person) {
	l.Rows++
	switch {
	case p == nil && a.ID != l.last:
		l.Visitors++
	case p != nil && !l.named[p.DistinctID]:
		l.named[p.DistinctID] = true
		l.IDs = append(l.IDs, p.DistinctID)
		l.Visitors++
	}
	l.last = a.ID
}
