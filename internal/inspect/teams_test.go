package inspect

import (
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
)

func TestInspectShowsSeveralTeams(t *testing.T) {
	path := writeRows(t, "teams.jsonl",
		`{"event":"x","distinct_id":"u","team_id":1,"timestamp":1772615727}`, `{"event":"x","distinct_id":"u","team_id":2,"timestamp":1772615727}`)
	plan := plans.New(t, mapping.Options{}, path)
	if in := inspect(t, plan); len(in.Teams) != 2 || in.Events[0].Rows != 2 {
		t.Errorf("teams %v, events %+v", in.Teams, in.Events)
	}
	plan.Team = 2
	if in := inspect(t, plan); in.Events[0].Rows != 1 || in.Events[0].Share != 1 {
		t.Errorf("of team 2: %+v", in.Events)
	}
}
