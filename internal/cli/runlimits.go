package cli

import (
	"fmt"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// checkLimits refuses a run that would create or merge more profiles than --max-profiles and --max-merges
// allow.
func checkLimits(o *identityOptions, first *transfer.FirstPass, counts people.Counts) error {
	all := o.exceededLimits(first, counts)
	if len(all) == 0 {
		return nil
	}
	return &problem{code: exit.Usage, err: fmt.Errorf("nothing was sent: %s", terminal.LimitText(all[0])), hint: limitHints[all[0].Flag]}
}

// checkLive refuses to send events that PostHog's own destination may have sent already. Those have no IDs,
// so that each event would be there twice.
func checkLive(m *mappingOptions, first *transfer.FirstPass) error {
	live := first.LiveProfiles()
	if live == nil || m.liveSince != "" {
		return nil
	}
	return &problem{code: exit.Usage, err: fmt.Errorf("nothing was sent: %s", terminal.LiveText(live)), hint: terminal.LiveHint}
}

// exceededLimits returns the limits that a run would exceed.
func (o *identityOptions) exceededLimits(first *transfer.FirstPass, counts people.Counts) (all []transfer.Limit) {
	for _, limit := range []transfer.Limit{
		{Flag: maxProfilesFlag, Allowed: o.maxProfiles, WouldBe: int64(counts.ByChoice[people.Who(o.people)].New)},
		{Flag: terminal.MaxMergesFlag, Allowed: o.maxMerges, WouldBe: int64(first.People.MergeCount())},
	} {
		if limit.Allowed > 0 && limit.WouldBe > limit.Allowed {
			all = append(all, limit)
		}
	}
	return all
}

// limitHints say what to do about each limit.
var limitHints = map[string]string{
	maxProfilesFlag:        "`ph2cio preview` shows how many each --people makes; --existing says which profiles exist already",
	terminal.MaxMergesFlag: "merges cannot be undone; check them with `ph2cio preview --operations -`, then raise --max-merges",
}
