package transfer

import (
	"cmp"
	"context"
	"slices"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
)

// LostHistory is a source with rows that were never sent and cannot be sent any more, because the source is
// gone or is another file now.
type LostHistory struct {
	Path     string   `json:"path"`
	IDs      []string `json:"ids"`      // of the people with such rows; empty if those are not identified yet
	Visitors int64    `json:"visitors"` // how many people have such rows
}

// waitingSearch looks for rows that earlier runs left waiting and that can be sent now, or never.
type waitingSearch struct {
	first     *FirstPass
	everybody bool // everybody is sent
	files     otherNames

	sendable []string              // paths of sources with rows that can be sent now
	lost     []LostHistory         // sorted by path
	gone     []ledger.StillWaiting // whose rows keep waiting, in sources that are gone
}

// searchWaiting searches the sources that earlier runs have read and that include accepts. It also searches
// those of the first pass for rows that are lost.
func searchWaiting(ctx context.Context, f *FirstPass, include func(path string) bool) (*waitingSearch, error) {
	read, err := asread.Sources(ctx, f.input.State)
	if err != nil {
		return nil, err
	}
	var waiting []ledger.WaitingSource
	for one, err := range f.input.State.WaitingSources(ctx, f.input.resumedID()) {
		if err != nil {
			return nil, err
		}
		if then, ok := read[one.Path]; include(one.Path) && !(ok && then.Run > one.Run && len(f.input.skipsMore(then.Flags)) == 0) {
			waiting = append(waiting, one) // else it was read again since, and nothing has changed
		}
	}
	search := &waitingSearch{first: f, everybody: f.rules.Choice.Who == people.All && !f.rules.Choice.Only}
	if len(waiting)+len(f.waitingSources.bySource) == 0 {
		return search, nil
	}
	search.files = otherNames{known: read, now: f.recorded(ctx), there: f.input.there(ctx)}
	for len(waiting) > 0 {
		n := 1
		for n < len(waiting) && waiting[n].Path == waiting[0].Path {
			n++
		}
		if err := search.source(ctx, waiting[:n]); err != nil {
			return nil, err
		}
		waiting = waiting[n:]
	}
	search.lost = append(search.lost, f.waitingSources.lost(f.troubled, &search.files)...)
	slices.SortFunc(search.lost, func(a, b LostHistory) int { return cmp.Compare(a.Path, b.Path) })
	return search, nil
}

// source looks at the rows that earlier runs left waiting in one source.
func (s *waitingSearch) source(ctx context.Context, waiting []ledger.WaitingSource) error {
	one, named := LostHistory{Path: waiting[0].Path}, map[string]bool{}
	there := s.files.there(one.Path)
	for _, of := range waiting {
		if !there && s.files.have(&of.Source) {
			s.gone = append(s.gone, ledger.StillWaiting{Run: of.Run, Number: of.Number}) // its rows wait under the other name
			continue
		}
		var unknown []ledger.Key // people who are not known yet
		for id, err := range s.first.input.State.WaitingIn(ctx, of.Run, of.Number) {
			if err != nil {
				return err
			}
			p := s.first.People.PersonBySum(id)
			switch {
			case p == nil && s.everybody && !s.first.People.HeldBySum(id):
				one.Visitors++ // of whom only a hash is known
			case p == nil:
				unknown = append(unknown, id)
			case !named[p.DistinctID]:
				named[p.DistinctID] = true
				one.IDs = append(one.IDs, p.DistinctID)
				one.Visitors++
			}
		}
		if !there {
			s.gone = append(s.gone, ledger.StillWaiting{Run: of.Run, Number: of.Number, Keep: sortedOnce(unknown)})
		}
	}
	switch {
	case one.Visitors == 0:
	case there:
		s.sendable = append(s.sendable, one.Path)
	default:
		s.lost = append(s.lost, one)
	}
	return nil
}

// otherNames knows which files there are under other names. A file that was renamed, or compressed since, has
// the same rows.
type otherNames struct {
	known map[string]ledger.KnownSource
	now   map[string]ledger.Source // those of this run
	there func(name string) bool   // whether a source of this name is there
}

// have reports whether the rows of a source are in a file by another name.
func (o *otherNames) have(source *ledger.Source) bool {
	for path, other := range o.now {
		if asread.SameRows(source, &other) && path != source.Path {
			return true
		}
	}
	for path, other := range o.known {
		if _, read := o.now[path]; !read && asread.SameRows(source, &other.Source) && path != source.Path && o.there(path) {
			return true
		}
	}
	return false
}

func sortedOnce(ids []ledger.Key) []ledger.Key {
	slices.SortFunc(ids, func(a, b ledger.Key) int { return a.Compare(&b) })
	return slices.Compact(ids)
}
