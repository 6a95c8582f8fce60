package transfer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mapping"
)

// Before anything is sent, the attributes of people are predicted as sending counts them afterwards.
func TestPeopleAreForeseenAsTheyAreSent(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]AttributeSummary{
		"dotted-names": {Dotted: []DottedAttribute{{"plan.name", 1, 0}}},
		"opted-out": {OptedOut: 1, Changed: []ChangedName{
			{"person", "phone", "", "reserved", 1}, {"person", "unsubscribed", "", "reserved", 1},
		}},
		"pages-without-names": {},
	} {
		plan := newPlan(t, mapping.Options{}, "../../testdata/cases/"+name+".jsonl")
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		foreseen, err := first.PredictAttributes(t.Context())
		if diff := cmp.Diff(want, foreseen); diff != "" || err != nil {
			t.Errorf("%s: foreseen (-want +got):\n%s%v", name, diff, err)
		}
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err != nil {
			t.Fatal(err)
		}
		var ofPeople []ChangedName
		for _, c := range summary.Changed {
			if c.Of == "person" {
				ofPeople = append(ofPeople, c)
			}
		}
		summary.Changed = ofPeople
		if diff := cmp.Diff(want, summary.AttributeSummary); diff != "" {
			t.Errorf("%s: sent (-want +got):\n%s", name, diff)
		}
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Of several people with one identifier only one gets an identify, and so only one opt-out is counted.
func TestOptOutsOfOneIdentifierCountOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	rows := `{"event":"$identify","distinct_id":"a","timestamp":"2026-05-01T08:00:00Z","properties":{"$set":{"crm":"x","unsubscribed":true}}}
{"event":"$identify","distinct_id":"b","timestamp":"2026-05-01T08:00:00Z","properties":{"$set":{"crm":"x","unsubscribed":true}}}
`
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{IdentifierValue: "{person.properties.crm}"}, path)
	plan.IdentifiersMayMeet = true
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil || summary.OptedOut != 1 || summary.People.Sent != 1 {
		t.Errorf("%d opted out of %d people, %v", summary.OptedOut, summary.People.Sent, err)
	}
}
