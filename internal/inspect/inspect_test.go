package inspect

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/testkit/plans"
	"ph2cio/internal/testkit/synthetic"
)

func inspect(t *testing.T, plan *export.Plan) *Result {
	t.Helper()
	in, err := Run(t.Context(), plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func preview(t *testing.T, plan *export.Plan) *export.Summary {
	t.Helper()
	learned, err := export.Learn(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	defer learned.Close()
	summary, err := export.Send(t.Context(), plan, learned)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// syntheticText returns generated rows.
func syntheticText(t *testing.T, rows int64) []byte {
	t.Helper()
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Rows: rows, People: 50, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func gzipMember(t *testing.T, text []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func writeRows(t *testing.T, name string, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestInspectSaysWhatPreviewSays holds the two commands' numbers against each other.
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

// counted is one name's counts as a plain reading with encoding/json finds them.
type counted struct {
	Rows, Longest int64
	Coverage      float64
	Types         map[string]int64
}

// countPlainly counts the properties of rows with encoding/json.
func countPlainly(t *testing.T, rows []string) (events map[string]int64, properties map[string]counted) {
	t.Helper()
	events, properties = map[string]int64{}, map[string]counted{}
	carriers := map[string][]string{}
	for _, text := range rows {
		var row struct {
			Event      string
			Properties map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			t.Fatal(err)
		}
		events[row.Event]++
		for name, raw := range row.Properties {
			p := properties[name]
			if p.Types == nil {
				p.Types = map[string]int64{}
			}
			size := len(raw)
			var value any
			if err := json.Unmarshal(raw, &value); err != nil {
				t.Fatal(err)
			}
			switch value := value.(type) {
			case string:
				p.Types["string"]++
				size = len(value)
			case float64:
				p.Types["number"]++
			case bool:
				p.Types["boolean"]++
			case nil:
				p.Types["null"]++
				size = 0
			case map[string]any:
				p.Types["object"]++
			case []any:
				p.Types["array"]++
			}
			p.Rows++
			p.Longest = max(p.Longest, int64(size))
			if !slices.Contains(carriers[name], row.Event) {
				carriers[name] = append(carriers[name], row.Event)
			}
			properties[name] = p
		}
	}
	for name, p := range properties {
		var of int64
		for _, event := range carriers[name] {
			of += events[event]
		}
		p.Coverage = ratio(p.Rows, of)
		properties[name] = p
	}
	return events, properties
}

// TestCountsAreThoseOfAPlainReading compares with encoding/json on random rows, over many chunks and workers.
func TestCountsAreThoseOfAPlainReading(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	names := []string{`plan`, `$browser`, `caf\u00e9`, `café`, `a\"b`, `x.y`, ``, `\ud83d\ude00`, `😀`, `$set`, `deep`, `n`}
	values := []string{
		`"pro"`, `""`, `"a\nb\u00e9\ud83d\ude00\\"`, `12`, `-0.5e3`, `true`, `false`, `null`, `{}`, `{"a":[1]}`, `[]`, `[null,{"b":"c"}]`,
		`"` + strings.Repeat("long ", 50) + `"`, `"\ud800"`, `"` + strings.Repeat(`\u00e9`, 40) + `"`,
	}
	var rows []string
	for n := range 6000 {
		var members []string
		for _, i := range random.Perm(len(names))[:random.IntN(6)] {
			members = append(members, fmt.Sprintf(`"%s":%s`, names[i], pick(values)))
		}
		rows = append(rows, fmt.Sprintf(`{"uuid":"019cb821-7813-7a8c-b949-%012d","event":"%s","distinct_id":"u%d","timestamp":"2026-03-04T09:15:27Z","properties":{%s},"padding":"%s"}`,
			n, pick([]string{"Order Completed", "Signed Up", `Caf\u00e9`, "once " + fmt.Sprint(n/100)}), random.IntN(9), strings.Join(members, ", "), strings.Repeat("x", 300)))
	}
	events, properties := countPlainly(t, rows)

	plan := plans.New(t, mapping.Options{}, writeRows(t, "random.jsonl", rows...))
	plan.Workers = 3
	in := inspect(t, plan)
	gotEvents, gotProperties := map[string]int64{}, map[string]counted{}
	for _, e := range in.Events {
		gotEvents[e.Name] = e.Rows
	}
	for _, p := range in.EventProperties {
		gotProperties[p.Name] = counted{p.Rows, p.Longest, p.Coverage, p.Types}
	}
	if diff := cmp.Diff(events, gotEvents); diff != "" {
		t.Errorf("events (-plain +got):\n%s", diff)
	}
	if diff := cmp.Diff(properties, gotProperties); diff != "" {
		t.Errorf("properties (-plain +got):\n%s", diff)
	}
	if in.Files[0].Rows != int64(len(rows)) || in.Rows.Read != int64(len(rows)) {
		t.Errorf("%d and %d rows, want %d", in.Files[0].Rows, in.Rows.Read, len(rows))
	}

	plan = plans.New(t, mapping.Options{}, plan.Sources[0].Name)
	plan.Workers = 1
	if diff := cmp.Diff(in, inspect(t, plan), cmpopts.IgnoreFields(Result{}, "Seconds")); diff != "" {
		t.Errorf("another number of workers (-3 +1):\n%s", diff)
	}
}

func TestInspectCountsAKeyThatStandsTwiceOnce(t *testing.T) {
	in := inspect(t, plans.New(t, mapping.Options{}, writeRows(t, "twice.jsonl",
		`{"event":"x","distinct_id":"u","timestamp":1772615727,"properties":{"a":1,"b":2,"\u0061":"last"}}`)))
	want := []Property{
		{Name: "a", Rows: 1, Coverage: 1, Types: map[string]int64{"string": 1}, Longest: 4, Treated: "sent"},
		{Name: "b", Rows: 1, Coverage: 1, Types: map[string]int64{"number": 1}, Longest: 1, Treated: "sent"},
	}
	if diff := cmp.Diff(want, in.EventProperties); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInspectTellsTimesThatCannotBeUsed(t *testing.T) {
	in := inspect(t, plans.New(t, mapping.Options{}, writeRows(t, "times.jsonl",
		`{"event":"x","distinct_id":"u","timestamp":"2026-03-04T09:15:27.5Z"}`,
		`{"event":"x","distinct_id":"u","timestamp":"2031-03-04T09:15:27Z","created_at":"2026-03-05T00:00:00Z"}`,
		`{"event":"$autocapture","distinct_id":"u","timestamp":"2025-01-01"}`,
		`{"event":"$autocapture","distinct_id":"u","timestamp":"2025-01-01T00:00:00Z"}`,
		`{"event":"x","distinct_id":"u"}`,
		`{"event":"x","distinct_id":"u","timestamp":"2031-03-04T09:15:27Z"}`)))
	want := Times{
		First: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Last: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC),
		Unusable: map[string]int64{mapping.ReasonBadTimestamp: 2, mapping.ReasonFutureTimestamp: 1},
	}
	if diff := cmp.Diff(want, in.Times); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestInspectBoundsItsMemory gives it more names than it tells apart.
func TestInspectBoundsItsMemory(t *testing.T) {
	const more = 500
	var rows []string
	for n := range maxNames + more {
		rows = append(rows, fmt.Sprintf(`{"event":"e%d","distinct_id":"u","timestamp":1772615727,"properties":{"p%d":1,"all":2}}`, n, n))
	}
	rows = append(rows, fmt.Sprintf(`{"event":"%s","distinct_id":"u","timestamp":1772615727,"properties":{"%s":1}}`,
		strings.Repeat("e", maxNameLength+1), strings.Repeat("p", maxNameLength+1)))
	path := writeRows(t, "names.jsonl", rows...)
	var first *Result
	for _, workers := range []int{1, 4} {
		plan := plans.New(t, mapping.Options{}, path)
		plan.Workers = workers
		in := inspect(t, plan)
		if len(in.Events) != maxNames || len(in.EventProperties) != maxNames {
			t.Errorf("%d events, %d properties", len(in.Events), len(in.EventProperties))
		}
		// One of the kept properties is `all`, so one name more is not.
		if want := (Beyond{Events: more + 1, EventProperties: more + 2}); in.Beyond != want {
			t.Errorf("beyond: %+v, want %+v", in.Beyond, want)
		}
		if all := in.EventProperties[0]; all.Name != "all" || all.Rows != maxNames+more || all.Coverage < 0.999 {
			t.Errorf("%+v", all)
		}
		if first == nil {
			first = in
		} else if diff := cmp.Diff(first, in, cmpopts.IgnoreFields(Result{}, "Seconds")); diff != "" {
			t.Errorf("another number of workers (-1 +4):\n%s", diff)
		}
	}
}

func TestInspectGoesOnAfterTrouble(t *testing.T) {
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	_, _ = zipper.Write([]byte(`{"event":"x","distinct_id":"u","timestamp":1772615727}` + "\n"))
	_ = zipper.Close()
	damaged := writeRows(t, "damaged.jsonl.gz", packed.String()+packed.String()[:packed.Len()/2])
	gone := writeRows(t, "gone.jsonl", "")
	plan := plans.New(t, mapping.Options{}, damaged, gone, plans.Samples+"not_events/events.parquet", plans.Samples+"acornly_events.jsonl")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	in := inspect(t, plan)
	var got []string
	for _, f := range in.Files {
		got = append(got, fmt.Sprint(filepath.Base(f.Path), " ", f.Rows, " ", f.State))
	}
	want := []string{"damaged.jsonl.gz 1 damaged", "gone.jsonl 0 missing", "events.parquet 0 refused", "acornly_events.jsonl 15 good"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !in.Troubled() {
		t.Error("no trouble")
	}
}

// TestInspectForgetsRowsOfADamagedPart reads anew when a checksum shows late that what was counted is of no worth.
func TestInspectForgetsRowsOfADamagedPart(t *testing.T) {
	good, bad := gzipMember(t, syntheticText(t, 400)), gzipMember(t, syntheticText(t, 12_000))
	bad[len(bad)-8] ^= 1
	in := inspect(t, plans.New(t, mapping.Options{}, writeRows(t, "damaged.jsonl.gz", string(good)+string(bad))))
	var rows int64
	for _, e := range in.Events {
		rows += e.Rows
	}
	if rows != 400 || in.Files[0].Rows != 400 || in.Rows.Read != 400 || in.Files[0].State != "damaged" {
		t.Errorf("%d rows by events, %d read, %+v", rows, in.Rows.Read, in.Files[0])
	}
}

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

// TestCountingARowCostsNoMemory counts rows whose names have been met.
func TestCountingARowCostsNoMemory(t *testing.T) {
	plan := plans.New(t, mapping.Options{}, plans.Samples+"acornly_events.jsonl")
	c := newProfile(plan.Rules, 1)
	share := newShare(plan.Rules, &c.names)
	const times = 20 // that each row is counted
	for chunk, err := range posthog.Read(t.Context(), plan.Sources, posthog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		allocations := testing.AllocsPerRun(20, func() {
			for event := range chunk.Events() {
				for range times {
					share.Event(event)
				}
			}
			c.Add(export.ObservedChunk{}, share)
			share = <-c.free
		})
		if allocations > times { // the decoder may cost a few, the race detector sees to that
			t.Errorf("%.0f allocations for %d rows", allocations, 15*times)
		}
	}
}
