package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oklog/ulid/v2"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer/deliver"
)

// mixedRows are rows that end in every way there is. %d is a number, %s more properties.
var mixedRows = []string{
	`{"event":"Order Completed","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"$pageview","distinct_id":"user_%d","timestamp":"2026-03-05T10:00:00Z","properties":{%s,"$current_url":"https://a.example/"}}`,
	`{"event":"Skip Me","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"$autocapture","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"$feature_flag_called","distinct_id":"user_%d","timestamp":"never","properties":{%s}}`,
	`{"event":"$groupidentify","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"$identify","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s,"$anon_distinct_id":"anon_1"}}`,
	`{"event":"$create_alias","distinct_id":"anon_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s,"alias":"user_1"}}`,
	`{"event":"Order Completed","distinct_id":"anon_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s,"$process_person_profile":false}}`,
	`{"event":"Order Completed","distinct_id":"user_%d","timestamp":"2026-01-04T10:00:00Z","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":"user_%d","timestamp":"2026-04-20T10:00:00Z","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":"user_%d","timestamp":"2026-05-31T10:00:00Z","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":"user_%d","timestamp":"2027-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":"user_%d","timestamp":"yesterday","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":["user_%d"],"timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":" ","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":"undefined","n":%d,"timestamp":"2026-03-04T10:00:00Z","properties":{%s}}`,
	`{"event":"Order Completed","distinct_id":"user_%d","properties":{%s}`,
	``,
}

// drawPlan makes a plan for an export of rows in any mix, long enough for several chunks.
func drawPlan(t *testing.T, r *rapid.T, path string) *testPlan {
	var text strings.Builder
	for range rapid.IntRange(1, 150).Draw(r, "rows") {
		row := rapid.SampledFrom(mixedRows).Draw(r, "row")
		if row != "" {
			padding := rapid.SampledFrom([]int{0, 100, 20_000, 40_000}).Draw(r, "padding")
			row = fmt.Sprintf(row, rapid.IntRange(1, 4).Draw(r, "id"), `"$p":"`+strings.Repeat("x", padding)+`"`)
		}
		text.WriteString(row + "\n")
	}
	// Whatever was drawn, it is an export, and there is something to be interrupted at.
	text.WriteString(fmt.Sprintf(mixedRows[0], 1, `"a":1`) + "\n")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(name string, month time.Month) (at time.Time) {
		if rapid.Bool().Draw(r, name) {
			at = time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC)
		}
		return at
	}
	var backfilled []mapping.Range
	if from := at("backfilled from", time.March); !from.IsZero() {
		backfilled = []mapping.Range{{From: from, To: from.AddDate(0, 0, 7)}}
	}
	plan := newPlan(t, mapping.Options{
		Events:     rapid.SampledFrom([][]string{nil, nil, {"Order*", "$auto*", "Skip*"}}).Draw(r, "events"),
		SkipEvents: rapid.SampledFrom([][]string{nil, {"Skip*"}}).Draw(r, "skipped events"),
		Properties: rapid.SampledFrom([]string{"custom", "all"}).Draw(r, "properties"),
		Since:      at("since", time.February), Until: at("until", time.May), LiveSince: at("live since", time.April),
		HoldRecent: rapid.Bool().Draw(r, "hold recent"), LiveBackfilled: backfilled,
	}, path)
	plan.Choice.Who = rapid.SampledFrom([]people.Who{people.Identified, people.WithEmail, people.All}).Draw(r, "people")
	plan.BatchItems = rapid.IntRange(1, 20).Draw(r, "batch items")
	return plan
}

// plainTotals counts the first so many rows by where they end. It decodes and maps each of them.
func plainTotals(t *testing.T, plan *testPlan, first *FirstPass, rows int64) Rows {
	t.Helper()
	totals := Rows{Skipped: map[string]int64{}, Rejected: map[string]int64{}}
	came := map[ulid.ULID]bool{}
	mapper := plan.Mapping.NewMapper(first.People)
	classifier := plan.Mapping.NewClassifier()
	for chunk, err := range posthog.Read(t.Context(), plan.Sources, posthog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for event, bad := range chunk.Events() {
			if totals.Read == rows {
				break
			}
			totals.Read++
			if bad != nil {
				totals.Rejected[bad.Reason]++
				continue
			}
			if id := mapping.EventID(event); classifier.Classify(event).Bucket == mapping.Send {
				if came[id] {
					totals.Duplicate++
					continue
				}
				came[id] = true
			}
			switch _, _, o := mapper.Event(nil, event); o.Bucket {
			case mapping.Send:
				totals.Sent++
			case mapping.FeedsPerson:
				totals.Person++
			case mapping.Skipped:
				totals.Skipped[o.Reason]++
			case mapping.Rejected:
				totals.Rejected[o.Reason]++
			}
		}
		chunk.Release()
	}
	return totals
}

// TestTotalsAreThoseOfEveryRowDecoded shows that rows which the second pass does not decode are counted as if
// it did.
func TestTotalsAreThoseOfEveryRowDecoded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	chunks := 0
	decoded := func(r *rapid.T) {
		plan := drawPlan(t, r, path)
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			r.Fatal(err)
		}
		chunks = max(chunks, len(first.decided.chunks))
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(plainTotals(t, plan, first, first.Rows), summary.Rows); diff != "" {
			r.Errorf("totals, want -, got +:\n%s", diff)
		}
	}
	for n := 0; n == 0 || n < 50 && chunks < 2; n++ {
		rapid.Check(t, decoded)
	}
	if chunks < 2 {
		t.Error("no export had more than one chunk")
	}
}

// TestTotalsOfAnInterruptedRun interrupts such runs: what was read is the beginning of the export, and every
// row of it is accounted for.
func TestTotalsOfAnInterruptedRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	inTheMiddle := 0
	interrupted := func(r *rapid.T) {
		plan := drawPlan(t, r, path)
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			r.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("stopped by the test")
		plan.Sender = &cancelling{plan.Sender, rapid.IntRange(0, 10).Draw(r, "batches"), func() { cancel(stopped) }}
		summary, err := Send(ctx, first, plan.Delivery)
		cancel(nil)
		if err != nil && !errors.Is(err, stopped) {
			r.Fatal(err)
		}
		if rows := summary.Rows.Read; rows > 0 && rows < first.Rows {
			inTheMiddle++
		}
		want := plainTotals(t, plan, first, summary.Rows.Read)
		got := summary.Rows
		if got.Sent+got.Unsent != want.Sent {
			r.Errorf("%d rows sent and %d unsent, want %d", got.Sent, got.Unsent, want.Sent)
		}
		got.Sent, got.Unsent = want.Sent, want.Unsent
		if diff := cmp.Diff(want, got); diff != "" {
			r.Errorf("totals of %d of %d rows, want -, got +:\n%s", summary.Rows.Read, first.Rows, diff)
		}
	}
	for n := 0; n == 0 || n < 50 && inTheMiddle == 0; n++ { // few of the stops come in the middle
		rapid.Check(t, interrupted)
	}
	if inTheMiddle == 0 {
		t.Error("no run was stopped between its first row and its last")
	}
}

// cancelling cancels a run at one of its batches.
type cancelling struct {
	customerio.Sender
	after  int
	cancel func()
}

func (c *cancelling) Send(ctx context.Context, b *customerio.Batch) (customerio.Receipt, error) {
	if c.after--; c.after < 0 {
		c.cancel()
	}
	return c.Sender.Send(ctx, b)
}

// TestMapsAll holds that nothing is concluded from what a part of the rows lacks.
func TestMapsAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		counts deliver.RowCounts
		only   bool
		ending ending
		want   bool
	}{
		{want: true},
		{counts: deliver.RowCounts{Skipped: map[string]int64{mapping.ReasonByRule: 1}}, want: true},
		{counts: deliver.RowCounts{Earlier: 1}},
		{counts: deliver.RowCounts{Skipped: map[string]int64{mapping.ReasonRejectedBefore: 1}}},
		{only: true},
		{ending: ending{interrupted: true}},
	} {
		r := run{first: &FirstPass{rules: &Rules{Choice: people.Choice{Only: c.only}}}, delivery: &deliver.Delivery{}}
		r.delivery.Counts().RowCounts = c.counts
		if got := r.mapsAll(c.ending); got != c.want {
			t.Errorf("%+v: %v, want %v", c, got, c.want)
		}
	}
}
