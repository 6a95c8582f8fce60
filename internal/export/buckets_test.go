package export

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// TestSampleRowsEndWhereTheyShould holds every row of the shipped samples against a list worked out by hand.
func TestSampleRowsEndWhereTheyShould(t *testing.T) {
	for _, name := range []string{"acornly_events.jsonl", "clickhouse_events.csv", "ui_events.csv"} {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile("../../testdata/golden/" + name + ".buckets")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := buckets(t, samples+name), withoutReasons(string(want)); got != want {
				t.Errorf("the rows end at\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// withoutReasons keeps what a program can find out of a golden list: the rows, totals and people.
func withoutReasons(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if totals := strings.HasPrefix(line, "# totals") || strings.HasPrefix(line, "# people"); totals {
			b.WriteString(line)
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func buckets(t *testing.T, path string) string {
	plan := newPlan(t, mapping.Options{HoldRecent: true}, path)
	learned, err := Learn(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	mapper, row := plan.Rules.NewMapper(learned.People), 0
	for chunk, err := range posthog.Read(t.Context(), plan.Sources, posthog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for event, bad := range chunk.Events() {
			row++
			if bad != nil {
				t.Fatal(bad)
			}
			_, _, o := mapper.Event(nil, event)
			names := [...]string{"sent " + string(o.Action), "person", "skipped " + o.Reason, "rejected " + o.Reason}
			fmt.Fprintln(&b, row, names[o.Bucket])
		}
	}
	summary, err := Send(t.Context(), plan, learned)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "# totals: read %d sent %d person %d skipped %d\n# people:",
		summary.Rows.Read, summary.Rows.Sent, summary.Rows.Person, sum(summary.Rows.Skipped))
	for person := range learned.People.People() {
		fmt.Fprintf(&b, " %s", person.DistinctID)
	}
	return b.String() + "\n"
}
