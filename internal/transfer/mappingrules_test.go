package transfer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/mappingfile"
)

// ruledPlan returns a plan for a file with rules of a mapping file.
func ruledPlan(t *testing.T, rules, path string) *testPlan {
	t.Helper()
	file, err := mappingfile.Read([]byte("rules:\n"+rules), "mapping.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return newPlan(t, mapping.Options{File: file}, path)
}

// TestRulesOfAMappingFile has rows with PostHog's snapshots of the person, which know nothing of what rules set.
// They come in two nights.
func TestRulesOfAMappingFile(t *testing.T) {
	t.Parallel()
	const rules = `
  - events: order
    when: properties.total > 10
    person: {last_total: '{properties.total}'}
    person-once: {first_total: '{properties.total}', plan: never}
  - {events: '*', when: properties.internal == true, drop: true}
  - {events: $rageclick, when: person.properties.plan == "pro", send-as: event, name: Rage}`
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "events.jsonl")
	store := openStore(t, dir)
	defer store.Close()
	number := 0
	night := func(rows ...string) (*Summary, []string) {
		var text strings.Builder
		for _, row := range rows {
			number++
			fmt.Fprintf(&text, `{"uuid":"0198a000-0000-7000-8000-%012d","distinct_id":"user_1","timestamp":"2026-01-01T00:00:%02dZ","person_properties":{"plan":"pro"},%s}`+"\n", number, number, row)
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		plan := ruledPlan(t, rules, path)
		plan.Remember = true
		first := firstPassOf(t, store, plan)
		defer first.Close()
		start := ledger.Start{Command: "backfill", Began: runTime, Now: runTime, Rows: first.Rows}
		start.Sources, start.People = first.Origin(t.Context())
		run, err := store.Begin(t.Context(), start, first.Restorable())
		if err != nil {
			t.Fatal(err)
		}
		plan.Ledger = run
		var came []string
		plan.Observe = func(op customerio.Operation) error {
			came = append(came, string(op.Body))
			return nil
		}
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: runTime}); err != nil {
			t.Fatal(err)
		}
		return summary, came
	}
	summary, came := night(
		`"event":"order","properties":{"total":20}`, `"event":"order","properties":{"total":5}`, `"event":"order","properties":{"total":30,"internal":true}`,
		`"event":"order","properties":{"total":"private"}`, `"event":"$rageclick","properties":{}`, `"event":"$autocapture","properties":{}`)
	if want := `{"first_total":20,"last_total":30,"plan":"pro"}`; !strings.Contains(strings.Join(came, "\n"), want) {
		t.Errorf("the person has not %s:\n%s", want, strings.Join(came, "\n"))
	}
	rows := summary.Rows
	if rows.Sent != 3 || rows.Skipped[mapping.ReasonByRule] != 1 || rows.Skipped[mapping.ReasonNoise] != 1 || rows.Rejected[mapping.ReasonExpression] != 1 {
		t.Errorf("the rows are counted as %+v", rows)
	}
	if !strings.Contains(strings.Join(came, "\n"), `"name":"Rage"`) {
		t.Errorf("$rageclick is not sent:\n%s", strings.Join(came, "\n"))
	}
	_, came = night(`"event":"order","properties":{"total":40}`, `"event":"order","properties":{"total":1}`)
	if want := `{"first_total":20,"last_total":40,"plan":"pro"}`; !strings.Contains(strings.Join(came, "\n"), want) {
		t.Errorf("the person has not %s in the second night:\n%s", want, strings.Join(came, "\n"))
	}
}

// TestRulesSeeTheTypesOfWholeColumns has a column of numbers that turns out to be text at its end. A rule must
// not take the first cells for numbers in the first pass.
func TestRulesSeeTheTypesOfWholeColumns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, zips("99423", "N/A"), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := ruledPlan(t, "  - {events: Order *, when: properties.total == 5, drop: true}", path)
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if summary.Rows.Skipped[mapping.ReasonByRule] != 0 {
		t.Errorf("the rows are counted as %+v", summary.Rows)
	}
}

// TestUnmetFiltersOfFewPeople says nothing of filters of people that were compared with the people of --only.
func TestUnmetFiltersOfFewPeople(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(`{"event":"order","distinct_id":"bo","timestamp":"2026-01-01T00:00:00Z","properties":{}}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := mappingfile.Read([]byte(`test-accounts:
- {key: email, type: person, operator: not_icontains, value: "@we.example"}
- {key: $host, operator: not_icontains, value: localhost}
`), "mapping.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for only, want := range map[bool][]string{false: {"person email", "event $host"}, true: {"event $host"}} {
		plan := newPlan(t, mapping.Options{File: file}, path)
		plan.Rules.Choice.Filters = plan.Rules.Mapping.PeopleFilters()
		if plan.Rules.Choice.Only = only; only {
			plan.Rules.Index.Only = func(id []byte) bool { return string(id) == "bo" }
		}
		summary, _ := plan.sent(t)
		var got []string
		for _, one := range summary.UnmetFilters {
			got = append(got, one.Type+" "+one.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("only: %v: %q, want %q", only, got, want)
		}
	}
}
