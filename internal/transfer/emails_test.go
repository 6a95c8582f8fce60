package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

const mergedPeople = 8

// mergedRows is an export of people with two profiles each, the emails of which only the profile that is
// merged has.
func mergedRows(t *testing.T) (path string, existing *people.Existing) {
	t.Helper()
	var rows strings.Builder
	existing = people.NewExisting()
	for i := range mergedPeople {
		fmt.Fprintf(&rows, `{"event":"Opened","distinct_id":"old_%d","timestamp":"2026-01-01T00:00:00Z","properties":{"$set":{"email":"%d@x.example"}}}`+"\n", i, i)
		fmt.Fprintf(&rows, `{"event":"Opened","distinct_id":"new_%d","timestamp":"2026-01-02T00:00:00Z","properties":{}}`+"\n", i)
		fmt.Fprintf(&rows, `{"event":"$merge_dangerously","distinct_id":"new_%d","timestamp":"2026-01-03T00:00:00Z","properties":{"alias":"old_%d"}}`+"\n", i, i)
		existing.Add(fmt.Sprintf("old_%d", i), fmt.Sprintf("%d@x.example", i), "")
		existing.Add(fmt.Sprintf("new_%d", i), "", "")
	}
	path = filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, existing
}

// inOrder is a destination that remembers the order in which operations came.
type inOrder struct {
	destination
	order *[]string
}

func (d *inOrder) Send(ctx context.Context, b *customerio.Batch) (customerio.Receipt, error) {
	r, err := d.destination.Send(ctx, b)
	if err == nil {
		for i := range b.Len() {
			*d.order = append(*d.order, string(b.Operation(i).Body))
		}
	}
	return r, err
}

// TestEmailsComeAfterTheirMerges stops a run after every batch. Each person is identified without the email
// first, which another profile has, then come the events, the merge, and the identify with the email. One
// whose identify was refused gets nothing, and one whose merge was refused does not get the email.
func TestEmailsComeAfterTheirMerges(t *testing.T) {
	path, existing := mergedRows(t)
	refuse := func(op []byte) bool {
		text := string(op)
		return strings.Contains(text, `"identify"`) && strings.Contains(text, `"new_3"`) || strings.Contains(text, `"merge"`) && strings.Contains(text, `"new_5"`)
	}
	for _, left := range []int{1 << 30, 1, 2} {
		dir, came, stops := t.TempDir(), map[string]int{}, 0
		var order []string
		for ; ; stops++ {
			plan := newPlan(t, mapping.Options{}, path)
			plan.Choice.Merges, plan.Index.Existing, plan.BatchItems = people.MergeNeeded, existing, 1
			plan.Sender = &inOrder{destination{came: came, left: left, refuse: refuse}, &order}
			first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
			if err != nil {
				t.Fatal(err)
			}
			store, run := stored(t, dir, first)
			plan.Ledger = run
			summary, err := Send(t.Context(), first, plan.Delivery)
			rejects, rejectsErr := reasonsOf(t, run)
			checkKnownEmails(t, store, order)
			if err2 := errors.Join(first.Close(), store.Close(), rejectsErr); err2 != nil {
				t.Fatal(err2)
			}
			if err != nil && (!errors.Is(err, errGone) || stops > 60) {
				t.Fatal(err)
			}
			if err != nil {
				continue
			}
			if want := "api:invalid 2, merge_rejected 1, person_rejected 3"; rejects != want {
				t.Errorf("left %d: rejects %s, want %s", left, rejects, want)
			}
			if n := summary.People.Sent + summary.People.Earlier; n != mergedPeople-1 {
				t.Errorf("left %d: %d people sent", left, n)
			}
			break
		}
		if left < 1<<30 && stops < 10 {
			t.Errorf("left %d: only %d stops", left, stops)
		}
		checkEmailOrder(t, order)
		for op, n := range came {
			if n != 1 {
				t.Errorf("left %d: came %d times: %s", left, n, op)
			}
		}
	}
}

// checkKnownEmails checks that the ledger has for everybody the email of their identify, whether that is
// their identifier or an attribute.
func checkKnownEmails(t *testing.T, store *ledger.Store, operations []string) {
	t.Helper()
	emails := map[[16]byte]uint64{} // by the state that the ledger has
	for _, text := range operations {
		var op struct {
			Identifiers, Attributes struct{ Email string }
		}
		if err := json.Unmarshal([]byte(text), &op); err != nil {
			t.Fatal(err)
		}
		emails[xxh3.HashString128(text).Bytes()] = people.EmailSum(cmp.Or(op.Identifiers.Email, op.Attributes.Email))
	}
	for p, err := range store.People(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if want, sent := emails[p.State]; !sent || p.Email != want {
			t.Errorf("of %s, %s %s, the ledger has the email %x, want %x", p.DistinctID, p.Kind, p.Value, p.Email, want)
		}
	}
}

// TestTheLedgerKnowsEmails sends people who are identified by their emails, somebody without one, and two
// people with the same identifier, of whom only one gets an identify.
func TestTheLedgerKnowsEmails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	const row = `{"event":"Opened","distinct_id":"%s","timestamp":"2026-01-01T00:00:00Z","properties":{"$set":{%s}}}` + "\n"
	rows := fmt.Sprintf(row, "ada", `"crm":"1","email":"Ada@x.example"`) + fmt.Sprintf(row, "bo", `"crm":"1","email":"bo@x.example"`) +
		fmt.Sprintf(row, "cy", `"crm":"2","email":"cy@x.example"`) + fmt.Sprintf(row, "di", `"crm":"3"`)
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		by         []people.By
		identifier string
		sent       int64
	}{
		{by: []people.By{people.ByID}, sent: 4},
		{by: []people.By{people.ByEmail, people.ByID}, sent: 4},
		{by: []people.By{people.ByID}, identifier: "{person.properties.crm}", sent: 3},
	} {
		var order []string
		plan := newPlan(t, mapping.Options{IdentifierValue: test.identifier, IdentifierKey: customerio.ID}, path)
		plan.Choice.By, plan.Choice.Who, plan.IdentifiersMayMeet = test.by, people.All, test.identifier != ""
		plan.Sender = &inOrder{destination{came: map[string]int{}, left: 1 << 30, refuse: func([]byte) bool { return false }}, &order}
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		store, run := stored(t, t.TempDir(), first)
		plan.Ledger = run
		if summary, err := Send(t.Context(), first, plan.Delivery); err != nil || summary.People.Sent != test.sent {
			t.Fatalf("%d people were sent, want %d; %v", summary.People.Sent, test.sent, err)
		}
		checkKnownEmails(t, store, order)
		if err := errors.Join(first.Close(), store.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// reasonsOf counts the rejects of a run.
func reasonsOf(t *testing.T, run *ledger.Run) (string, error) {
	t.Helper()
	all, err := run.Reasons(t.Context())
	return fmt.Sprintf("api:invalid %d, merge_rejected %d, person_rejected %d", all["api:invalid"], all[ReasonMergeRejected], all[mapping.ReasonPersonRejected]), err
}

func checkEmailOrder(t *testing.T, order []string) {
	t.Helper()
	for i := range mergedPeople {
		var kinds []string
		for _, op := range order {
			if !strings.Contains(op, fmt.Sprintf(`"new_%d"`, i)) {
				continue
			}
			kind := string(parsed([]byte(op)).Action)
			if strings.Contains(op, `"email":"`) {
				kind = "email"
			}
			if len(kinds) == 0 || kinds[len(kinds)-1] != kind {
				kinds = append(kinds, kind)
			}
		}
		want := "identify event merge email"
		switch i {
		case 3:
			want = "identify"
		case 5:
			want = "identify event merge"
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("person %d got %s, want %s", i, got, want)
		}
	}
}

// TestRejectedMergesAreNotRejectedAgain runs a night after one whose merge was refused. It does not try the
// merge again, and the email waits; a retry of merges sends both.
func TestRejectedMergesAreNotRejectedAgain(t *testing.T) {
	path, existing := mergedRows(t)
	store := openStore(t, t.TempDir())
	defer store.Close()
	for night, test := range []struct {
		refuse, retry bool
		came          int
		rejected      int64
	}{{true, false, mergedPeople*5 - 1, 1}, {false, false, 0, 0}, {false, true, 2, 0}, {false, false, 0, 0}} {
		plan := newPlan(t, mapping.Options{}, path)
		plan.Choice.Merges, plan.Index.Existing, plan.State = people.MergeNeeded, existing, store
		plan.RetryRows, plan.RetryMerges = test.retry, test.retry
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		came := map[string]int{}
		plan.Sender = &destination{came: came, left: 1 << 30, refuse: func(op []byte) bool {
			return test.refuse && strings.Contains(string(op), `"merge"`) && strings.Contains(string(op), `"new_5"`)
		}}
		start := ledger.Start{Command: "sync", Began: runTime, Now: runTime, Rows: first.Rows}
		start.Sources, start.People = first.Origin(t.Context())
		run, err := store.Begin(t.Context(), start, first.Restorable())
		if err != nil {
			t.Fatal(err)
		}
		plan.Ledger = run
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err == nil {
			var retried []ledger.Phase
			if test.retry {
				retried = []ledger.Phase{ledger.People, ledger.Merges, ledger.Emails}
			}
			err = run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: time.Now(), Retried: retried})
		}
		if err = errors.Join(err, first.Close()); err != nil {
			t.Fatal(err)
		}
		if len(came) != test.came || summary.People.Rejected[ReasonMergeRejected] != test.rejected {
			t.Errorf("night %d: %d operations came, rejected %v; want %d and %d", night, len(came), summary.People.Rejected, test.came, test.rejected)
			for op := range came {
				t.Log(op)
			}
		}
	}
}

// TestAttributesLeftOutAreCountedOnce counts them in what is built: an identify before the merge, and one after it.
func TestAttributesLeftOutAreCountedOnce(t *testing.T) {
	path, existing := mergedRows(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), `{"email":`, `{"unsubscribed":true,"email":`)), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{}, path)
	plan.Choice.Merges, plan.Index.Existing = people.MergeNeeded, existing
	plan.Sender = &destination{came: map[string]int{}, left: 1 << 30, refuse: func([]byte) bool { return false }}
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	summary, err := Send(t.Context(), first, plan.Delivery)
	if err != nil {
		t.Fatal(err)
	}
	if n, identifies := deliver.Sum(summary.ValuesCut), summary.Operations["identify"]; n != identifies || n != 2*mergedPeople {
		t.Errorf("%d attributes were left out of %d profile updates: %v", n, identifies, summary.ValuesCut)
	}
}
