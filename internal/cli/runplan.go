package cli

import (
	"context"
	"slices"
	"time"

	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// plan is what the flags of a command say at some time: how sources are read, and by which rules they are
// sent.
type plan struct {
	rules   transfer.Rules
	read    posthog.Options
	persons []source.Source // exports of persons
	team    int64           // of which rows are sent; 0 for the only one
}

// sourcesPlan is a plan for the sources that were named.
type sourcesPlan struct {
	*plan
	found      *source.Snapshot
	incomplete []*source.Incomplete // exports of which files are missing; set by findMissing
}

// newSourcesPlan finds the sources that arguments name, and makes the plan for them as of now. It says what
// is left out. tmp is where to keep what does not fit into memory, empty for the system's directory. It
// removes what killed runs have left there.
func (p *program) newSourcesPlan(o *mappingOptions, tmp string, args []string) (*sourcesPlan, error) {
	transfer.RemoveLeftovers(tmpDir(tmp))
	now := p.now()
	found, err := o.find(now, args)
	if err != nil {
		return nil, err
	}
	made, err := p.newPlan(now, o, tmp, found.Sources)
	if err != nil {
		return nil, err
	}
	if len(found.Sources) == 0 { // after what is wrong with other files
		return nil, nothingFound(found)
	}
	p.reportFound(found, p.newProgress())
	for _, arg := range found.Manifests {
		p.warn("%s is the manifest of a batch export, which only lists its files; it is left out", arg)
	}
	return &sourcesPlan{plan: made, found: found.Snapshot}, nil
}

// input is what a command reads that uses nothing of earlier runs.
func (s *sourcesPlan) input(progress transfer.Progress) transfer.Input {
	return transfer.Input{
		Sources: s.found.Sources, Found: s.found, Incomplete: s.incomplete,
		Persons: s.persons, Read: s.read, Team: s.team, Progress: progress,
	}
}

// newPlan makes the plan for sources that were found.
func (p *program) newPlan(now time.Time, o *mappingOptions, tmp string, sources []source.Source) (*plan, error) {
	rules, choice, err := o.rules(now)
	if err != nil {
		return nil, err
	}
	read, err := o.reading.options()
	if err != nil {
		return nil, usage(err)
	}
	memory, userID, err := o.identity.indexOptions()
	if err != nil {
		return nil, usage(err)
	}
	read.UserID = userID
	if err := o.identity.checkFiles(); err != nil {
		return nil, err
	}
	persons, err := o.identity.personSources()
	if err == nil {
		err = p.protectSources(slices.Concat(sources, persons))
	}
	if err != nil {
		return nil, err
	}
	lists, err := o.identity.readLists(p.ctx, userID, choice.Only)
	if err != nil {
		return nil, err
	}
	choice.Filters = rules.PeopleFilters()
	choice.Excluded, choice.NamesEmail = lists.excluded.emailMatcher(), o.identity.names.emailNoter()
	index := people.Options{
		Keep: rules.KeepPersonProperty, Added: rules.AddedPersonProperties(),
		DropDollar: !rules.KeepsDollar(), Dollars: mapping.KeptDollars(), KeepNull: o.personProperties == "all",
		Separate: o.identity.identity == "off", Everybody: choice.Who == people.All, Events: choice.NeedEvents,
		Repeats: choice.Merges == people.MergeIdentify, PersonIDs: rules.UsesPersonID(), UserID: userID,
		Excluded: lists.excluded.idMatcher(), Only: lists.only.idMatcher(), Found: o.identity.names.idNoter(),
		Persons: len(persons) > 0, Existing: lists.existing, Now: now.UnixMicro(), Memory: memory, Dir: tmp,
	}
	return &plan{
		rules: transfer.Rules{
			Mapping: rules, Choice: choice, Index: index, Now: now,
			IdentifiersMayMeet: o.identity.identifierTemplate() != "" || o.identity.existing != "",
		},
		read: read, persons: persons, team: o.reading.team,
	}, nil
}

// findMissing finds the exports of which files are missing, and warns of them. A file that an earlier run has
// read is not missing. earlier is the state of earlier runs; nil if there is none or the command uses none.
func (s *sourcesPlan) findMissing(ctx context.Context, p *program, earlier *ledger.Store) {
	var complete func(manifest source.Source) bool
	if earlier != nil {
		complete, _ = job.CompleteManifests(ctx, earlier) // without it each manifest is opened
	}
	incomplete, err := s.found.Incomplete(ctx, complete)
	if err != nil {
		p.warn("%s; so whether its export is complete is unknown", err)
	}
	if earlier != nil {
		// An error of the state is reported when it is read for the run itself.
		if still, err := job.StillMissing(ctx, earlier, incomplete); err == nil {
			incomplete = still
		}
	}
	for _, one := range incomplete {
		p.warn("%s; download the missing files too", one)
	}
	s.incomplete = incomplete
}

// sourcesText names the sources of a run in a few words.
func (p *program) sourcesText(sources []source.Source) string {
	if len(sources) == 1 {
		return p.sourceName(sources[0].Name)
	}
	return report.Files(len(sources))
}
