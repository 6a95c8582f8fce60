package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/mapping"
)

// teamsFile writes one event of each team, 0 for none; the person of row i is u<i>.
func teamsFile(t *testing.T, teams ...int) string {
	t.Helper()
	var b strings.Builder
	for i, team := range teams {
		fmt.Fprintf(&b, `{"event":"Ordered","distinct_id":"u%d","timestamp":"2026-03-04T00:00:00Z"`, i)
		if team != 0 {
			fmt.Fprintf(&b, `,"team_id":%d`, team)
		}
		b.WriteString("}\n")
	}
	path := filepath.Join(t.TempDir(), "teams.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSeveralTeamsAreNotMixed(t *testing.T) {
	for _, test := range []struct {
		teams  []int
		picked int64
		says   string // of the error, none if empty
		sent   int64
	}{
		{teams: []int{0, 0}, sent: 2},
		{teams: []int{7, 0, 7}, sent: 3},
		{teams: []int{7, 8, 0, 7}, says: "team_id 7, 8"},
		{teams: []int{9, 8, 8, 7}, says: "team_id 7, 8, 9"},
		{teams: []int{7, 8, 0, 7}, picked: 7, sent: 3},
		{teams: []int{7, 8, 0, 7}, picked: 8, sent: 2},
		{teams: []int{7, 8}, picked: 9, sent: 0},
		{teams: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, says: "10 and more"},
	} {
		plan := newPlan(t, mapping.Options{HoldRecent: true}, teamsFile(t, test.teams...))
		plan.Team = test.picked
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if many, ok := errors.AsType[*ManyTeams](err); test.says != "" {
			if !ok || !strings.HasSuffix(err.Error(), test.says) || !slices.IsSorted(many.Teams) {
				t.Errorf("%v: %v", test.teams, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err != nil {
			t.Fatal(err)
		}
		others := int64(len(test.teams)) - test.sent
		if summary.Rows.Sent != test.sent || summary.Rows.Skipped[ReasonOtherTeam] != others || summary.People.Sent != test.sent {
			t.Errorf("%v, %d picked: %+v", test.teams, test.picked, summary.Rows)
		}
	}
}

func TestWarningsAreInTheSummary(t *testing.T) {
	plan := newPlan(t, mapping.Options{HoldRecent: true}, samples+"api_events_list.json")
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil || len(summary.Sources) != 1 {
		t.Fatal(summary, err)
	}
	if s := summary.Sources[0]; !strings.Contains(s.Warning, "more rows") || s.Hint == "" || s.Trouble != "" {
		t.Errorf("%+v", s)
	}
}
