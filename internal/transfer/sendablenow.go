package transfer

import (
	"context"
	"slices"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
	"ph2cio/internal/source"
)

// SendableNow returns the paths of sources that earlier runs have read and in which rows wait that can be sent
// now: their people are known now, or everybody is sent. It looks only at sources for which asks is true. Rows
// that can never be sent, because their source is gone or is another file, are added to Lost.
func (l *FirstPass) SendableNow(ctx context.Context, plan *Plan, asks func(path string) bool) (sendable []string, err error) {
	read, err := asread.Sources(ctx, plan.State)
	if err != nil {
		return nil, err
	}
	var waiting []ledger.WaitingSource
	for one, err := range plan.State.WaitingSources(ctx, plan.resumedID()) {
		if err != nil {
			return nil, err
		}
		if then, ok := read[one.Path]; asks(one.Path) && !(ok && then.Run > one.Run && len(plan.skipsMore(then.Flags)) == 0) {
			waiting = append(waiting, one) // else it was read again since, and nothing has changed
		}
	}
	l.Lost, l.goneWaiting = nil, nil
	if len(waiting)+len(l.waitingSources.bySource) == 0 {
		return nil, nil
	}
	everybody := plan.Choice.Who == people.All && !plan.Choice.Only
	files := otherNames{known: read, now: l.printed(ctx, plan), there: plan.there(ctx)}
	for len(waiting) > 0 {
		n := 1
		for n < len(waiting) && waiting[n].Path == waiting[0].Path {
			n++
		}
		if err := l.sendableIn(ctx, plan.State, waiting[:n], everybody, &files, &sendable); err != nil {
			return nil, err
		}
		waiting = waiting[n:]
	}
	l.loseReplaced(&files)
	return sendable, nil
}

// sendableIn looks at the rows that earlier runs left waiting in one source.
func (l *FirstPass) sendableIn(ctx context.Context, state *ledger.Store, waiting []ledger.WaitingSource, everybody bool, files *otherNames, sendable *[]string) error {
	one, named := LostHistory{Path: waiting[0].Path}, map[string]bool{}
	there := files.there(one.Path)
	for _, of := range waiting {
		still := ledger.StillWaiting{Run: of.Run, Number: of.Number}
		if !there && files.has(&of.Source) {
			l.goneWaiting = append(l.goneWaiting, still) // they are waiting under the other name
			continue
		}
		for id, err := range state.WaitingIn(ctx, of.Run, of.Number) {
			if err != nil {
				return err
			}
			p := l.People.PersonBySum(id)
			switch {
			case p == nil && everybody && !l.People.HeldBySum(id):
				one.Visitors++ // of whom only a hash is known
			case p == nil:
				still.Keep = append(still.Keep, id)
			case !named[p.DistinctID]:
				named[p.DistinctID] = true
				one.IDs = append(one.IDs, p.DistinctID)
				one.Visitors++
			}
		}
		if !there {
			still.Keep = sortedOnce(still.Keep)
			l.goneWaiting = append(l.goneWaiting, still)
		}
	}
	switch {
	case one.Visitors == 0:
	case there:
		*sendable = append(*sendable, one.Path)
	default:
		l.Lost = append(l.Lost, one)
	}
	return nil
}

// otherNames knows which files there are under other names. A file that was renamed, or compressed since, has the same rows.
type otherNames struct {
	known map[string]ledger.KnownSource
	now   map[string]ledger.Source // those of this run
	there func(name string) bool   // whether a source of this name is there
}

// has reports whether the rows of a source are in a file by another name.
func (e *otherNames) has(source *ledger.Source) bool {
	for path, other := range e.now {
		if asread.SameRows(source, &other) && path != source.Path {
			return true
		}
	}
	for path, other := range e.known {
		if _, read := e.now[path]; !read && asread.SameRows(source, &other.Source) && path != source.Path && e.there(path) {
			return true
		}
	}
	return false
}

// there tells whether a source of a name is there, for one question after another.
func (p *Plan) there(ctx context.Context) func(name string) bool {
	inputs := p.Inputs
	if inputs == nil {
		inputs = &source.Snapshot{}
	}
	return func(name string) bool {
		_, there := inputs.Look(ctx, name)
		return there
	}
}

func sortedOnce(ids []ledger.Key) []ledger.Key {
	slices.SortFunc(ids, func(a, b ledger.Key) int { return a.Compare(&b) })
	return slices.Compact(ids)
}
