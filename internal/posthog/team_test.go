package posthog

import (
	"strings"
	"testing"

	"ph2cio/internal/source"
)

// A team_id that cannot be read may be that of another project, whose people may have the same IDs.
func TestTeamIDsThatAreNoneAreRejected(t *testing.T) {
	for value, want := range map[string]string{
		`2`: "", `"2"`: "", `2.0`: "", `null`: "", `""`: "", `0`: "", `-1`: "",
		`"acme"`: BadTeamID, `"2,000"`: BadTeamID, `true`: BadTeamID, `[2]`: BadTeamID, `{"id":2}`: BadTeamID, `1.5`: BadTeamID,
		`1e3`: BadTeamID, `" "`: BadTeamID, `99999999999999999999`: BadTeamID,
	} {
		if r := oneRow(t, `{"event":"a","distinct_id":"u","team_id":`+value+`}`); r.Reason != want {
			t.Errorf("team_id %s: %q, want %q", value, r.Reason, want)
		}
		cell := strings.Trim(value, `"`)
		if strings.ContainsAny(value, `[{`) || value == "null" {
			continue
		}
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x.csv", []byte("event,distinct_id,team_id\na,u,\""+cell+"\"\n"))}, Options{})
		if len(troubles) > 0 || rows[0].Reason != want {
			t.Errorf("cell %s: %+v, want %q (%v)", cell, rows, want, troubles)
		}
	}
}
