package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each golden file holds what becomes of the rows of one export under some options: an outcome for each row,
// then the people and merges, then what was cut. Several share an export.
var golden = []struct {
	name, rows string
	file       string // the mapping file, if there is one
	options    Options
	choice     people.Choice
}{
	{name: "kinds", rows: "kinds"},
	{name: "kinds_everybody", rows: "kinds", choice: people.Choice{Who: people.All}},
	{name: "kinds_chosen", rows: "kinds", options: Options{Events: []string{"order *", "$autocapture", "$page*"}, SkipEvents: []string{"$pageleave"}}},
	{name: "kinds_skipped", rows: "kinds", options: Options{SkipEvents: []string{"survey *", "$screen"}}},

	{name: "kinds_ruled", rows: "kinds", file: "kinds_ruled.yaml"},

	{name: "pages", rows: "pages"},
	{name: "pages_url_no_query", rows: "pages", options: Options{PageName: "url-no-query"}},
	{name: "pages_path", rows: "pages", options: Options{PageName: "path"}},
	{name: "pages_title", rows: "pages", options: Options{PageName: "title", Properties: "all", DropProperties: []string{"$current_url"}}},

	{name: "times", rows: "times"},
	{name: "times_held", rows: "times", options: Options{HoldRecent: true}},
	{name: "times_bounded", rows: "times", options: Options{
		Since: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Until: time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC),
		LiveSince: time.Date(2026, 3, 6, 8, 0, 0, 0, time.UTC),
	}},

	{name: "properties", rows: "properties"},
	{name: "properties_all", rows: "properties", options: Options{
		Properties: "all", DropProperties: []string{"$geoip_*", "$raw_user_agent", "password"}, RedactQuery: []string{"code"},
		AllowReserved: []string{"recipient"}, EventValueLimit: 20,
	}},

	{name: "templates", rows: "templates", options: Options{
		EventAttributes: []string{
			"source=posthog", "plan={person.properties.plan}", "who={event.distinct_id} was {event.raw_distinct_id}", "total={event.properties.total}",
			"row={event.uuid}", "at={event.timestamp}", "what=<{event.event}> on {event.properties.$browser}", "person={person.id}",
		},
		PersonAttributes: []string{"source=posthog", "device={person.properties.$os}", "id_in_posthog={person.id}", "seats={person.properties.seats}"},
	}},
	{name: "templates_identifier", rows: "templates", options: Options{IdentifierValue: "crm-{person.properties.crm_id}"}},
	{name: "templates_identifier_alone", rows: "templates", options: Options{IdentifierKey: customerio.Email, IdentifierValue: "{person.properties.email}"}},

	{name: "people", rows: "people"},
	{name: "people_all", rows: "people", options: Options{
		PersonProperties: "all", DateAttributes: []string{"trial_*", "*_date"}, IdentifyTimestamp: true,
		AllowReserved: []string{"unsubscribed", "cio_subscription_preferences"},
	}},
	{name: "people_by_email", rows: "people", choice: people.Choice{By: []people.By{people.ByEmail, people.ByID}}},

	// What PostHog's own pages about Customer.io promise: identify by email if there is one, only known
	// people, an allowlist of events, and a merge for each $identify.
	{name: "posthog_docs", rows: "posthog_docs"},
	{name: "posthog_docs_email", rows: "posthog_docs", choice: people.Choice{Who: people.All, By: []people.By{people.ByEmail, people.ByID}}},
	{name: "posthog_docs_allowlist", rows: "posthog_docs", options: Options{Events: []string{"some_event"}}},
	{name: "posthog_docs_merging", rows: "posthog_docs", options: Options{
		IdentifierKey: customerio.ID, IdentifierValue: "{event.distinct_id}",
	}, choice: people.Choice{Merges: people.MergeIdentify}},
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, g := range golden {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			if g.file != "" {
				text, err := os.ReadFile(filepath.Join("../../testdata/mapping", g.file))
				if err != nil {
					t.Fatal(err)
				}
				g.options = withFile(t, string(text), g.options)
			}
			got := told(t, filepath.Join("../../testdata/mapping", g.rows+".jsonl"), newRules(t, g.options), g.options, g.choice)
			path := filepath.Join("../../testdata/mapping", g.name+".golden")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")) // as Git may write it on Windows
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

// told reads an export twice, as a run does, and tells what becomes of it.
func told(t *testing.T, path string, rules *Rules, o Options, choice people.Choice) []byte {
	index := people.NewIndex(people.Options{
		Keep: rules.KeepPersonProperty, KeepNull: o.PersonProperties == "all", Everybody: choice.Who == people.All, PersonIDs: true,
	})
	classifier := rules.NewClassifier()
	eachRow(t, path, func(e *posthog.Event) {
		o := classifier.Classify(e)
		e.Added, e.AddedOnce = classifier.PersonChanges()
		index.Observe(e, o.Bucket == Send)
	})
	settled, err := index.Decide(t.Context(), choice)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	m := rules.NewMapper(settled)
	var b bytes.Buffer
	eachRow(t, path, func(e *posthog.Event) {
		out, _, o := m.Event(nil, e)
		fmt.Fprintf(&b, "line %d %s\n", e.Line, outcomeText(o))
		tellOperation(t, &b, out, o)
	})
	for p := range settled.People() {
		out, o := m.Person(nil, p)
		fmt.Fprintf(&b, "person %.40s %s\n", p.DistinctID, outcomeText(o))
		tellOperation(t, &b, out, o)
	}
	for l := range settled.Merges() {
		out, o := m.Merge(nil, l)
		if o.Bucket == Send {
			checkFields(t, out, o)
		}
		fmt.Fprintf(&b, "link %s\n%s\n", l.Value, out)
	}
	for _, kind := range slices.Sorted(maps.Keys(m.ValuesCut)) {
		fmt.Fprintf(&b, "cut %s %d\n", kind, m.ValuesCut[kind])
	}
	return b.Bytes()
}

func tellOperation(t *testing.T, b *bytes.Buffer, out []byte, o Outcome) {
	if (o.Bucket == Send) != (len(out) > 0) {
		t.Errorf("outcome %+v with operation %q", o, out)
	}
	if len(out) > 0 {
		checkFields(t, out, o)
		fmt.Fprintf(b, "%s\n", out)
	}
}

// checkFields holds what an outcome says of an operation against its body.
func checkFields(t testing.TB, body []byte, o Outcome) {
	t.Helper()
	decode(t, body)
	want, err := customerio.ParseOperation(body)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.Operation(body, 0); got.Action != want.Action || got.Who != want.Who || got.ID != want.ID {
		t.Errorf("%+v of %s", got, body)
	}
	var all struct{ Identifiers, Attributes map[string]any }
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	email, ok := all.Identifiers["email"].(string)
	if !ok {
		email, _ = all.Attributes["email"].(string)
	}
	if o.Action == customerio.Identify && o.Email != email {
		t.Errorf("the email %q of %s", o.Email, body)
	}
}

func outcomeText(o Outcome) string {
	switch o.Bucket {
	case Send:
		if o.Recent {
			return fmt.Sprintf("sent as %s, recent", o.Action)
		}
		return fmt.Sprintf("sent as %s", o.Action)
	case FeedsPerson:
		return "feeds a person"
	case Skipped:
		return "skipped: " + o.Reason
	}
	return fmt.Sprintf("rejected: %s: %s", o.Reason, o.Detail)
}

// eachRow reads an export whose rows are all good.
func eachRow(t *testing.T, path string, do func(*posthog.Event)) {
	t.Helper()
	sources, err := source.Find(t.Context(), []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for chunk, err := range posthog.Read(t.Context(), sources, posthog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for e, bad := range chunk.Events() {
			if bad != nil {
				t.Error(errors.New(bad.Error()))
				continue
			}
			do(e)
		}
		chunk.Release()
	}
}
