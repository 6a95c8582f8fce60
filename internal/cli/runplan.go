package cli

import (
	"slices"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// plan is what preview and backfill have in common: sources, rules and the choice of people. tmp is where to keep what
// does not fit into memory, empty for the system's directory.
func (p *program) plan(o *mappingOptions, tmp string, args []string) (*transfer.Plan, error) {
	now := time.Now()
	found, err := o.find(now, args)
	if err != nil {
		return nil, err
	}
	plan, err := p.planFound(now, o, tmp, found)
	if err == nil {
		p.reportFound(found, plan.Progress)
		plan.Incomplete = p.warnOfManifests(found.Snapshot)
	}
	return plan, err
}

// planAt is a plan with a now of its own for all that was found when the run began.
func (p *program) planAt(now time.Time, o *mappingOptions, tmp string, inputs *source.Snapshot) (*transfer.Plan, error) {
	plan, err := p.planOf(now, o, tmp, inputs.Sources)
	if err == nil {
		plan.Inputs = inputs
	}
	return plan, err
}

// planOf is a plan for sources that were found.
func (p *program) planOf(now time.Time, o *mappingOptions, tmp string, sources []source.Source) (*transfer.Plan, error) {
	rules, choice, err := o.rules(now)
	if err != nil {
		return nil, err
	}
	read, err := o.reading.options()
	if err != nil {
		return nil, usage(err)
	}
	index := people.Options{
		Keep: rules.KeepPersonProperty, DropDollar: !rules.KeepsDollar(), Dollars: mapping.KeptDollars(), KeepNull: o.personProperties == "all",
		Everybody: choice.Who == people.All, Events: choice.NeedEvents, PersonIDs: rules.UsesPersonID(), Dir: tmp,
		Repeats: choice.Merges == people.MergeIdentify, Now: now.UnixMicro(),
	}
	if err := o.identity.addIndexOptions(&index); err != nil {
		return nil, usage(err)
	}
	read.UserID = index.UserID
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
	index.Persons = len(persons) > 0
	if err := o.identity.readLists(p.ctx, &index, &choice); err != nil {
		return nil, err
	}
	return &transfer.Plan{
		Persons:            persons,
		IdentifiersMayMeet: o.identity.identifierValue != "" || o.identity.existing != "",
		Sources:            sources, Read: read, Team: o.reading.team, Rules: rules, Choice: choice, Now: now, Grace: grace,
		Index:    index,
		Progress: p.newProgress(),
	}, nil
}

// warnOfManifests says which downloads are not complete, and returns them. What is there is read all the same.
func (p *program) warnOfManifests(found *source.Snapshot) []*source.Incomplete {
	for _, arg := range found.Manifests {
		p.warn("%s is the manifest of a batch export, which only lists its files; it is left out", arg)
	}
	incomplete, err := found.Incomplete()
	for _, i := range incomplete {
		p.warn("%s; download the missing files too", i)
	}
	if err != nil {
		p.warn("%s; so whether its export is complete is unknown", err)
	}
	return incomplete
}

// sourcesText names the sources of a run in a few words.
func (p *program) sourcesText(sources []source.Source) string {
	if len(sources) == 1 {
		return p.sourceName(sources[0].Name)
	}
	return report.Files(len(sources))
}

// planFound is a plan for what was found. That there is no source is told after what is wrong with other files.
func (p *program) planFound(now time.Time, o *mappingOptions, tmp string, found *foundSources) (*transfer.Plan, error) {
	plan, err := p.planAt(now, o, tmp, found.Snapshot)
	if err == nil && len(found.Sources) == 0 {
		return nil, nothingFound(found)
	}
	return plan, err
}
