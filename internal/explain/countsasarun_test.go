package explain

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
	"ph2cio/internal/transfer"
)

// onePersonsRows are rows of one person, by what becomes of them alone. Several are versions of one event. A
// version that cannot be sent is rejected only without one that can, so each reason also has an event of its
// own.
var onePersonsRows = []string{
	`{"uuid":"a","event":"Order","timestamp":"2026-03-04T10:00:00Z","created_at":"2026-03-04T10:00:0%dZ","properties":{"n":1}}`,
	`{"uuid":"a","event":"Order","timestamp":"2026-03-04T10:00:00Z","created_at":"2026-03-04T10:00:0%dZ","properties":{"n":"LARGE"}}`,
	`{"uuid":"a","event":"Order","timestamp":"2026-03-04T11:00:00Z","created_at":"2026-03-04T10:00:0%dZ","properties":{"n":2}}`,
	`{"uuid":"a","event":"Order","timestamp":"2026-03-04T11:00:00Z","created_at":"2026-04-04T10:00:0%dZ","properties":{"n":3}}`,
	`{"uuid":"a","event":"Other","timestamp":"2026-03-04T11:00:00Z","properties":{"n":%d}}`,
	`{"uuid":"a","event":"Order","timestamp":"2026-03-05T11:00:00Z","properties":{"n":%d}}`,
	`{"uuid":"a","event":"Order","timestamp":"yesterday","properties":{"n":%d}}`,
	`{"uuid":"a","event":"Order","timestamp":"2031-03-05T11:00:00Z","properties":{"n":%d}}`,
	`{"uuid":"b","event":"Order","timestamp":"2026-03-04T10:00:00Z","created_at":"2026-03-04T10:00:0%dZ","properties":{"n":"LARGE"}}`,
	`{"uuid":"c","event":"Order","timestamp":"yesterday","properties":{"n":%d}}`,
	`{"uuid":"d","event":"Order","timestamp":"2031-03-05T11:00:00Z","properties":{"n":%d}}`,
	`{"uuid":"e","event":"Order","timestamp":"2026-03-04T11:00:00Z","created_at":"2026-04-04T10:00:0%dZ","properties":{"n":3}}`,
	`{"event":"Order","timestamp":"2026-03-04T10:00:00Z","properties":{"n":%d}}`,
	`{"event":"$groupidentify","timestamp":"2026-03-04T10:00:00Z","properties":{"n":%d}}`,
	`{"event":"$autocapture","timestamp":"2026-03-04T10:00:00Z","properties":{"n":%d}}`,
	`{"event":"$set","timestamp":"2026-03-04T10:00:00Z","properties":{"$set":{"n":%d}}}`,
}

// TestExplainCountsAsARunDoes shows that an explanation counts the rows of an export of one person as a
// preview does.
func TestExplainCountsAsARunDoes(t *testing.T) {
	path, seen := filepath.Join(t.TempDir(), "events.jsonl"), map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		var text strings.Builder
		for range rapid.IntRange(1, 30).Draw(r, "rows") {
			row := fmt.Sprintf(rapid.SampledFrom(onePersonsRows).Draw(r, "row"), rapid.IntRange(0, 3).Draw(r, "n"))
			row = strings.Replace(row, "LARGE", strings.Repeat("x", customerio.MaxItem), 1)
			text.WriteString(strings.Replace(row, `"event"`, `"distinct_id":"user_1","event"`, 1) + "\n")
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		plan := plans.New(t, mapping.Options{LiveSince: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}, path)
		why, err := Run(t.Context(), plan.Input, plan.Rules, "user_1")
		if err != nil {
			r.Fatal(err)
		}
		first, err := transfer.RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			r.Fatal(err)
		}
		defer first.Close()
		summary, err := transfer.Send(t.Context(), first, transfer.DryRun(nil))
		if err != nil {
			r.Fatal(err)
		}
		want := inBuckets(&summary.Rows)
		if diff := cmp.Diff(want, why.Rows); diff != "" {
			r.Fatalf("rows, want as in the preview -, got +:\n%s\n%s", diff, text.String())
		}
		for bucket := range want {
			seen[bucket] = true
		}
	})
	for _, bucket := range []string{"sent", "duplicate", "person", "skipped.live", "skipped.noise", "skipped.group",
		"rejected.too_large", "rejected.bad_timestamp", "rejected.future_timestamp"} {
		if !seen[bucket] {
			t.Errorf("no row ended as %s", bucket)
		}
	}
}

// inBuckets names the buckets that hold something as an explanation does.
func inBuckets(r *transfer.Rows) map[string]int64 {
	all := map[string]int64{}
	add := func(bucket string, n int64) {
		if n > 0 {
			all[bucket] = n
		}
	}
	add("sent", r.Sent)
	add("person", r.Person)
	add("duplicate", r.Duplicate)
	add("earlier", r.Earlier)
	for reason, n := range r.Skipped {
		add("skipped."+reason, n)
	}
	for reason, n := range r.Rejected {
		add("rejected."+reason, n)
	}
	return all
}
