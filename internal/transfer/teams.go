package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/exit"
)

// ReasonOtherTeam is for rows of a team that Input.Team skips.
const ReasonOtherTeam = "other_team"

// teams are the team_ids of rows, in the order in which they first came.
type teams []int64

// mostTeams is how many teams an error names. One more is stored, to know that there are others.
const mostTeams = 10

func (t *teams) add(id int64) {
	if n := len(*t); id == 0 || n > 0 && (*t)[n-1] == id || n > mostTeams || slices.Contains(*t, id) {
		return
	}
	*t = append(*t, id)
}

func (t *teams) merge(o teams) {
	for _, id := range o {
		t.add(id)
	}
}

// check returns a *ManyTeams if the input picks no team, and the rows and those of earlier runs are of more
// than one.
func (t teams) check(ctx context.Context, input *Input) error {
	if input.Team != 0 || len(t) == 0 {
		return nil
	}
	many := &ManyTeams{Teams: slices.Sorted(slices.Values(t))}
	if input.State != nil {
		var err error
		if many.Before, err = input.State.Teams(ctx); err != nil {
			return err
		}
	}
	if all := append(slices.Clone(t), many.Before...); slices.Min(all) == slices.Max(all) {
		return nil
	}
	return many
}

// ManyTeams says that a run would mix the people of several PostHog projects. Different people of two
// projects may have the same distinct ID.
type ManyTeams struct {
	Teams  []int64 // sorted; the first few, when there are many
	Before []int64 // those that earlier runs were of
}

func (e *ManyTeams) Error() string {
	named := e.Teams[:min(len(e.Teams), mostTeams)]
	ids := make([]string, len(named))
	for i, id := range named {
		ids[i] = fmt.Sprint(id)
	}
	more := ""
	if len(e.Teams) > len(named) {
		more = " and more"
	}
	text := "team_id " + strings.Join(ids, ", ") + more
	if len(ids) > 1 {
		return "the rows belong to more than one PostHog project: " + text
	}
	return fmt.Sprintf("the rows belong to the PostHog project with %s, but earlier runs sent rows with team_id %s", text, strings.Trim(fmt.Sprint(e.Before), "[]"))
}

// ExitCode is what the program ends with.
func (e *ManyTeams) ExitCode() int { return exit.Usage }

// Hint is what to do about it.
func (e *ManyTeams) Hint() string {
	return "choose one with --team ID; send each of the others in its own run, to its own workspace"
}
