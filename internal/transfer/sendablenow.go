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
	search := &waitingSearch{first: f, everybody: f.rules.Choice.Who == people.All && !f.rules.Choice.Only, missing: f.waitingSources.missing()}
	waiting, err := search.sources(ctx, include)
	if err != nil {
		return nil, err
	}
	for i := range waiting {
		found, err := search.source(ctx, &waiting[i])
		if err != nil {
			return nil, err
		}
		if found && (len(sendable) == 0 || sendable[len(sendable)-1] != waiting[i].Path) {
			sendable = append(sendable, waiting[i].Path)
		}
	}
	f.Lost = f.lost()
	return sendable, nil
}

// waitingSearch looks for rows that can be sent now, in sources that this run does not read.
type waitingSearch struct {
	first     *FirstPass
	everybody bool // everybody is sent
	missing   bool // rows that were not found may be in these sources
}

// unreadSource is a source with waiting rows that this run does not read.
type unreadSource struct {
	ledger.WaitingSource
	asBefore bool // a later run has read it, and nothing has changed since
}

// sources returns the sources that are there, sorted by path.
func (s *waitingSearch) sources(ctx context.Context, include func(path string) bool) (waiting []unreadSource, err error) {
	read, err := asread.Sources(ctx, s.first.input.State)
	if err != nil {
		return nil, err
	}
	there := s.first.input.there(ctx)
	for one, err := range s.first.input.State.WaitingSources(ctx, s.first.input.resumedID()) {
		if err != nil {
			return nil, err
		}
		then, ok := read[one.Path]
		asBefore := ok && then.Run > one.Run && len(s.first.input.skipsMore(then.Flags)) == 0
		if include(one.Path) && (!asBefore || s.missing) && there(one.Path) {
			waiting = append(waiting, unreadSource{one, asBefore})
		}
	}
	return waiting, nil
}

// source reports whether rows that wait in a source can be sent now.
func (s *waitingSearch) source(ctx context.Context, of *unreadSource) (sendable bool, err error) {
	for one, err := range s.first.input.State.WaitingIn(ctx, of.Run, of.Number) {
		if err != nil {
			return false, err
		}
		if s.missing {
			s.first.waitingSources.foundElsewhere(&one)
		}
		sendable = sendable || !of.asBefore && s.sendable(&one)
		if sendable && !s.missing {
			break
		}
	}
	return sendable, nil
}

// sendable reports whether rows can be sent now, as far as they are told.
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
		if !of.moved || a.missing() == 0 {
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

// add counts rows of an ID. Those of one ID come one after another. p is its person, nil if there is none.
func (l *lostRows) add(a *awaited, p *people.Person) {
	l.Rows += int64(a.missing())
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
