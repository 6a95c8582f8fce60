package inspect

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
)

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
