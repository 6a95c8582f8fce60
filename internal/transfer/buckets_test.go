package transfer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer/deliver"
)

const golden = "../../testdata/golden/"

// TestSampleRowsEndWhereTheyShould compares what becomes of every row of the shipped samples with a list
// worked out by hand.
func TestSampleRowsEndWhereTheyShould(t *testing.T) {
	for _, list := range bucketLists(t) {
		t.Run(list.name, func(t *testing.T) {
			if got := buckets(t, list, samples+list.name); got != list.want {
				t.Errorf("the rows end at\n%s\nwant\n%s", got, list.want)
			}
		})
	}
}

// bucketList says where each row of one sample ends.
type bucketList struct {
	name  string
	flags []string
	want  string // without reasons
}

func bucketLists(t *testing.T) (lists []bucketList) {
	t.Helper()
	paths, err := filepath.Glob(golden + "*.buckets")
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d lists, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list := bucketList{name: strings.TrimSuffix(filepath.Base(path), ".buckets")}
		list.flags, list.want = withoutReasons(string(text))
		lists = append(lists, list)
	}
	return lists
}

// withoutReasons returns the part of a golden list that a program can produce: the rows, totals and people.
// It also returns the flags that the list is for.
func withoutReasons(text string) (flags []string, rest string) {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if said, ok := strings.CutPrefix(line, "# flags:"); ok {
			flags = strings.Fields(said)
			continue
		}
		if totals := strings.HasPrefix(line, "# totals") || strings.HasPrefix(line, "# people"); totals {
			b.WriteString(line)
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return flags, b.String()
}

// readWith sets what the flags of a list say in a plan.
func (p *testPlan) readWith(t *testing.T, flags []string) {
	t.Helper()
	for i := 0; i+1 < len(flags); i += 2 {
		if flags[i] != "--column" {
			t.Fatalf("no flag %q here", flags[i])
		}
		column, err := posthog.ParseColumn(flags[i+1])
		if err != nil {
			t.Fatal(err)
		}
		p.Read.Columns = append(p.Read.Columns, column)
	}
}

func buckets(t *testing.T, list bucketList, path string) string {
	t.Helper()
	plan := newPlan(t, mapping.Options{HoldRecent: true}, path)
	plan.readWith(t, list.flags)
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Trouble) > 0 {
		t.Fatal(first.Trouble[0], first.Trouble[0].Advice)
	}
	var b strings.Builder
	writeBuckets(t, &b, plan, first)
	summary, err := Send(t.Context(), first, plan.Delivery)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "# totals: read %d sent %d person %d skipped %d",
		summary.Rows.Read, summary.Rows.Sent, summary.Rows.Person, deliver.Sum(summary.Rows.Skipped))
	if rejected := deliver.Sum(summary.Rows.Rejected); rejected > 0 {
		fmt.Fprintf(&b, " rejected %d", rejected)
	}
	if summary.Rows.Duplicate > 0 {
		fmt.Fprintf(&b, " duplicate %d", summary.Rows.Duplicate)
	}
	b.WriteString("\n# people:")
	for person := range first.People.People() {
		fmt.Fprintf(&b, " %s", person.DistinctID)
	}
	return b.String() + "\n"
}

// writeBuckets writes a line for each row.
func writeBuckets(t *testing.T, b *strings.Builder, plan *testPlan, first *FirstPass) {
	t.Helper()
	mapper, row := plan.Mapping.NewMapper(first.People), 0
	for chunk, err := range posthog.Read(t.Context(), plan.Sources, plan.Read) {
		if _, warning := posthog.AsWarning(err); warning {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for event, bad := range chunk.Events() {
			row++
			if bad != nil {
				fmt.Fprintln(b, row, "rejected", bad.Reason)
				continue
			}
			if first.repeats.duplicate.Has(event.Ref) {
				fmt.Fprintln(b, row, "duplicate")
				continue
			}
			_, _, o := mapper.Event(nil, event)
			names := [...]string{"sent " + string(o.Action), "person", "skipped " + o.Reason, "rejected " + o.Reason}
			fmt.Fprintln(b, row, names[o.Bucket])
		}
	}
}
