package inspect

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
)

// TestInspectSaysWhatPreviewSays compares the numbers of the two commands.
func TestInspectSaysWhatPreviewSays(t *testing.T) {
	for _, options := range []mapping.Options{{}, {Properties: "all", Events: []string{"*"}, HoldRecent: true}, {Since: plans.Now.AddDate(0, -3, 3)}} {
		paths := []string{
			plans.Samples + "acornly_events.jsonl", plans.Samples + "clickhouse_events.csv", plans.Samples + "ui_events.csv",
			writeRows(t, "bad.jsonl", `{"event":"x"}`, `{"event":"y","distinct_id":"u","properties":{"password":"p"}}`, `{`),
		}
		in := inspect(t, plans.New(t, options, paths...))
		summary := preview(t, plans.New(t, options, paths...))
		if diff := cmp.Diff(summary.Rows, in.Rows); diff != "" {
			t.Errorf("rows (-preview +inspect):\n%s", diff)
		}
		if diff := cmp.Diff(summary.ValuesCut, in.ValuesCut); diff != "" {
			t.Errorf("values cut (-preview +inspect):\n%s", diff)
		}
		rejected := map[string]int64{}
		for _, r := range in.Rejects {
			rejected[r.Reason] = r.Count
		}
		if diff := cmp.Diff(summary.Rows.Rejected, rejected); diff != "" {
			t.Errorf("rejects (-preview +inspect):\n%s", diff)
		}
		if in.People.Sent != summary.People.Sent || in.People.DistinctIDs != summary.People.DistinctIDs {
			t.Errorf("people %+v, preview says %+v", in.People, summary.People)
		}
	}
}
