package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/export"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// stillWritten is for how long after its last change a file may be one that something is writing to.
const stillWritten = time.Hour

// onlyNew takes those sources off a plan of which nothing is new, and those that have to wait, and warns of what is odd.
func (p *program) onlyNew(plan *export.Plan, known map[string]ledger.KnownSource) {
	plan.Sources = p.newSources(plan, known)
	reads := 0
	for _, source := range plan.Sources {
		if _, ok := known[job.NameOf(source.Name)]; ok {
			reads++
		}
	}
	plan.Others = len(known) > reads
	for _, source := range plan.Sources {
		if then, ok := known[job.NameOf(source.Name)]; ok {
			p.warnOfReplaced(source, &then)
		}
	}
}

// newSources are the sources of a plan of which something may be new, and that need not wait.
func (p *program) newSources(plan *export.Plan, known map[string]ledger.KnownSource) []source.Source {
	return slices.DeleteFunc(slices.Clone(plan.Sources), func(source source.Source) bool {
		then, ok := known[job.NameOf(source.Name)]
		return ok && export.AsItWas(source, &then.Source) && !p.owesRecent(plan, &then) || waits(source.Name, plan.Incomplete)
	})
}

// owesRecent reports whether a source has events that were held because they were recent, and need not be any more.
func (p *program) owesRecent(plan *export.Plan, then *ledger.KnownSource) bool {
	return then.Recent > 0 && (!plan.Rules.HoldsRecent() || plan.Now.Sub(then.Now) >= customerio.CampaignAge)
}

// nothingOwed reports whether there is nothing to send, where no source is new, for a look at a state whose newest run is the first.
func (p *program) nothingOwed(ctx context.Context, state *ledger.Store, runs []*ledger.Run, m *mappingOptions, plan *export.Plan) (bool, error) {
	switch {
	case len(runs) == 0:
		return true, nil
	case runs[0].Ended.IsZero():
		return false, nil
	}
	return p.asBefore(ctx, state, runs[0], m, plan)
}

// asBefore reports whether the last run would send nobody else and nothing else of the known sources if it came now: its flags and
// what is in the files that they name are the same, and it has looked for whom rows are owed, or nothing is owed from before it. One
// that was stopped, and that another is to be begun in the place of, has sent nothing for certain.
func (p *program) asBefore(ctx context.Context, state *ledger.Store, last *ledger.Run, m *mappingOptions, plan *export.Plan) (bool, error) {
	sent, err := sentFlags(m.identity.flags, &m.identity, plan)
	if err != nil {
		return false, err
	}
	changed, err := differences(sent, last)
	if err != nil || len(changed) > 0 || last.Command == syncCommand && last.Outcome != ledger.Replaced {
		return err == nil && len(changed) == 0, err
	}
	owes, err := state.WaitingBefore(ctx, last.ID)
	return last.Command == backfillCommand && !owes, err
}

// cameToNothing reports whether a sync for which no source was new has found nothing to send or to tell.
func (j *journey) cameToNothing(plan *export.Plan, s *export.Summary) bool {
	return j.command == syncCommand && len(plan.Sources) == 0 && len(s.Operations) == 0 && len(s.LostHistory) == 0 && len(s.People.Rejected) == 0
}

// warnOfReplaced warns of a source that is another file by the same name than what was read. An older state does not say what
// was in it.
func (p *program) warnOfReplaced(source source.Source, then *ledger.KnownSource) {
	if then.Ends == "" && source.Size >= then.Size {
		return
	}
	if then.Trouble == "" && !export.Holds(p.ctx, source, then.Source) {
		p.warn("%s was replaced since it was sent: it is read from the start, and events of it already sent are not sent again", source.Name)
	}
}

// waits reports whether a file is one of an export of which files are missing.
func waits(path string, incomplete []*source.Incomplete) bool {
	for _, export := range incomplete {
		name, _, _ := strings.Cut(filepath.Base(export.Manifest), "_manifest")
		if filepath.Dir(path) == filepath.Dir(export.Manifest) && strings.HasPrefix(filepath.Base(path), name) {
			return true
		}
	}
	return false
}
