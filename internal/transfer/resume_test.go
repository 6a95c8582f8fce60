package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// destination remembers how often each operation came, refuses some, and fails for good after so many
// batches, with or without having taken the last.
type destination struct {
	lock   sync.Mutex
	came   map[string]int
	left   int // batches
	taking bool
	refuse func(op []byte) bool
}

var errGone = errors.New("the destination is gone")

func (d *destination) Send(ctx context.Context, b *customerio.Batch) (customerio.Receipt, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	gone := d.left == 0
	if d.left--; d.left < 0 || gone && !d.taking {
		return customerio.AllUnsent(b), errGone
	}
	var r customerio.Receipt
	for i := range b.Len() {
		op := b.Operation(i)
		if is := parsed(op.Body); is.Action != op.Action || is.Who != op.Who || is.ID != op.ID {
			return customerio.AllUnsent(b), fmt.Errorf("beside a body stand other fields than are in it: %+v, %s", op, op.Body)
		}
		d.came[string(op.Body)]++
		if d.refuse(op.Body) {
			r.Rejections = append(r.Rejections, customerio.Rejection{Ref: op.Ref, Index: i, Reason: "invalid"})
		}
	}
	if gone {
		return customerio.AllUnsent(b), errGone // it has them, and the answer is lost
	}
	return r, nil
}

// versionRow is a version of one of 20 events; the newest of some stands before others, and is too large.
func versionRow(i int) string {
	event, note := i%20, "small"
	if i%7 == 0 {
		note = strings.Repeat("x", customerio.MaxItem)
	}
	return fmt.Sprintf(`{"uuid":"version-%d","event":"Order Completed","distinct_id":"user_%d","timestamp":"2026-03-06T10:00:%02dZ",`+
		`"created_at":"2026-03-07T10:00:%02dZ","properties":{"v":%d,"note":%q}}`, event, 4+event%9, i%60, i*37%60, i, note)
}

// manyRows is an export with people, noise, bad rows, versions of events, and visitors who become somebody.
func manyRows(t *testing.T, rows int) string {
	t.Helper()
	var text strings.Builder
	for i := range rows {
		row := mixedRows[i*7%len(mixedRows)]
		if row != "" {
			row = fmt.Sprintf(row, i%17, fmt.Sprintf(`"n":%d`, i))
		}
		text.WriteString(row + "\n")
		if i%6 == 0 {
			text.WriteString(versionRow(i/6) + "\n")
		}
		if i%20 == 0 {
			fmt.Fprintf(&text, `{"event":"$identify","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{"$anon_distinct_id":"visitor_%d"}}`+"\n", i%17, i)
		}
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openStore opens the ledger of a directory.
func openStore(t *testing.T, dir string) *ledger.Store {
	t.Helper()
	store, err := ledger.Open(t.Context(), dir, ledger.Workspace{BaseURL: "http://127.0.0.1", EnvironmentID: 1}, mapping.IDScheme)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// firstPassOf makes the first pass of a plan that knows what a store has, and resumes the run that was
// stopped in it.
func firstPassOf(t *testing.T, store *ledger.Store, plan *testPlan) *FirstPass {
	t.Helper()
	run, err := store.Last(t.Context(), "backfill")
	if err != nil {
		t.Fatal(err)
	}
	plan.State = store
	if run != nil && run.Ended.IsZero() {
		plan.Resumed, plan.Ledger = run, run
	}
	pass, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	return pass
}

// stored opens the ledger of a directory and returns its newest run, or begins one after a first pass.
func stored(t *testing.T, dir string, pass *FirstPass) (*ledger.Store, *ledger.Run) {
	t.Helper()
	store := openStore(t, dir)
	return store, begunIn(t, store, pass)
}

// begunIn returns the newest run of a store, or begins one after a first pass.
func begunIn(t *testing.T, store *ledger.Store, pass *FirstPass) *ledger.Run {
	t.Helper()
	run, err := store.Last(t.Context(), "backfill")
	if err == nil && (run == nil || !run.Ended.IsZero()) {
		start := ledger.Start{Command: "backfill", Began: runTime, Now: runTime, Rows: pass.Rows}
		start.Sources, start.People = pass.Origin(t.Context())
		run, err = store.Begin(t.Context(), start, nil)
	}
	if err == nil {
		sources, people := pass.Origin(t.Context())
		err = sameOrigin(run, sources, people)
	}
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// TestAStoppedRunResumes lets the destination go away again and again, at any batch of any phase. In the end
// it has taken each operation, and again only those that it took without an answer; counts and rejects are
// those of a run that was never stopped.
func TestAStoppedRunResumes(t *testing.T) {
	path := manyRows(t, 900)
	newStopped := func(t *testing.T) *testPlan {
		plan := newPlan(t, mapping.Options{}, path)
		plan.Choice = people.Choice{Who: people.All, Merges: people.MergeIdentify}
		plan.Index.Everybody, plan.Details = true, PersonalDetails
		return plan
	}
	refuse := func(op []byte) bool {
		return bytes.Contains(op, []byte(`"user_3"`)) && parsed(op).Action == customerio.Identify ||
			bytes.Contains(op, []byte(`"n":4`)) || bytes.Contains(op, []byte(`"visitor_40"`)) && parsed(op).Action == customerio.Merge
	}
	// run resumes until all is sent, and returns what came, the last summary and the rejects.
	var listed []MadeProfile // by the last run
	run := func(t *testing.T, stops func() (after int, taking bool), batchItems, inFlight int) (map[string]int, *Summary, string, int) {
		dir := t.TempDir()
		came, stopped, between := map[string]int{}, 0, 0
		for {
			plan := newStopped(t)
			store := openStore(t, dir)
			pass := firstPassOf(t, store, plan)
			begun := begunIn(t, store, pass)
			after, taking := stops()
			to := &destination{came: came, left: after, taking: taking, refuse: refuse}
			plan.Ledger, plan.Sender, plan.BatchItems = begun, to, batchItems
			plan.InFlight = func() int { return inFlight }
			plan.ListProfiles = true
			summary, err := Send(t.Context(), pass, plan.Delivery)
			listed = slices.Collect(summary.Made)
			rejects, _, err2 := WriteRejects(t.Context(), dir, begun)
			if err == nil {
				nothingNew(t, store, begun, newStopped(t), summary)
			}
			if err2 = errors.Join(err2, pass.Close(), store.Close()); err2 != nil {
				t.Fatal(err2)
			}
			if err == nil {
				text, err := os.ReadFile(rejects)
				if err != nil {
					t.Fatal(err)
				}
				if wrong := wrongDetails(summary, pass.Rows); wrong != "" {
					t.Fatal(wrong)
				}
				return came, summary, string(text), between
			}
			if !errors.Is(err, errGone) || strings.Contains(err.Error(), "add up") {
				t.Fatal(err)
			}
			if between < stopped {
				between = stopped
			}
			if stopped++; summary.Rows.Earlier > 0 {
				between++
			}
		}
	}
	never := func() (int, bool) { return 1 << 30, false }
	want, summary, rejects, _ := run(t, never, 7, 1)
	if len(want) < 300 || summary.Rows.Earlier != 0 || strings.Count(rejects, "\n") < 20 || summary.Refused["merge"] == 0 || summary.Refused["identify"] == 0 {
		t.Fatalf("%d operations, %d earlier, %v, refused %v, %d bytes of rejects", len(want), summary.Rows.Earlier, summary.Operations, summary.Refused, len(rejects))
	}
	made := listed
	if wrong := wrongProfiles(made, want, refuse); wrong != "" {
		t.Fatal(wrong)
	}
	went, checks := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		if checks++; checks > 25 && len(os.Getenv("PH2CIO_KILLS")) == 0 {
			return // each is several runs
		}
		batchItems, inFlight := rapid.IntRange(1, 40).Draw(r, "batch items"), rapid.SampledFrom([]int{1, 3, 16}).Draw(r, "in flight")
		allowed := map[string]int{}
		maps.Copy(allowed, want)
		extra, stops := 0, 0
		came, got, gotRejects, between := run(t, func() (int, bool) {
			stops++
			taking := rapid.Bool().Draw(r, "taking")
			if taking {
				extra += batchItems
			}
			if stops > 3 {
				return 1 << 30, false
			}
			return rapid.IntRange(0, max(1, len(want)/batchItems/2)).Draw(r, "stop after"), taking
		}, batchItems, inFlight)
		went += between
		total, least := 0, 0
		for op, n := range want {
			total, least = total+came[op], least+n
			if came[op] < n {
				r.Fatalf("came %d times, want %d: %s", came[op], n, op)
			}
		}
		if len(came) != len(want) || total > least+extra {
			r.Fatalf("%d operations came %d times, want %d of them %d times, and at most %d again", len(came), total, len(want), least, extra)
		}
		if diff := cmp.Diff(rejects, gotRejects); diff != "" {
			r.Fatalf("rejects, want -, got +:\n%s", diff)
		}
		rows := got.Rows
		rows.Sent, rows.Earlier = rows.Sent+rows.Earlier, 0
		if diff := cmp.Diff(summary.Rows, rows); diff != "" {
			r.Fatalf("rows, want -, got +:\n%s", diff)
		}
		if diff := cmp.Diff(sentAtAll(summary.Details), sentAtAll(got.Details)); diff != "" {
			r.Fatalf("details, want -, got +:\n%s", diff)
		}
		if diff := cmp.Diff(made, listed); diff != "" {
			r.Fatalf("profiles that were made, want -, got +:\n%s", diff)
		}
	})
	if went == 0 {
		t.Error("no run was ever resumed")
	}
}

// nothingNew ends a run and does all of it again: no event is sent, and those that were sent count as sent
// earlier.
func nothingNew(t *testing.T, store *ledger.Store, before *ledger.Run, plan *testPlan, was *Summary) {
	t.Helper()
	if err := before.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	plan.Observe = func(op customerio.Operation) error {
		if slices.Contains(tracked, op.Action) && !bytes.Contains(op.Body, []byte(`"n":4`)) && !bytes.Contains(op.Body, []byte(`"user_3"`)) {
			t.Fatalf("sent again: %s", op.Body)
		}
		return nil
	}
	pass := firstPassOf(t, store, plan)
	summary, err := Send(t.Context(), pass, plan.Delivery)
	if err = errors.Join(err, pass.Close()); err != nil {
		t.Fatal(err)
	}
	if wrong := wrongDetails(summary, pass.Rows); wrong != "" || summary.Rows.Skipped[mapping.ReasonRejectedBefore] == 0 {
		t.Fatalf("%v: %s", summary.Rows.Skipped, wrong)
	}
	if sent := was.Rows.Sent + was.Rows.Earlier; sent == 0 || summary.Rows.Earlier != sent || summary.Rows.Duplicate != was.Rows.Duplicate {
		t.Fatalf("%d rows sent earlier and %d duplicates, want %d and %d", summary.Rows.Earlier, summary.Rows.Duplicate, sent, was.Rows.Duplicate)
	}
}

// sameOrigin returns an error if a run began with other sources or people than were read now.
func sameOrigin(run *ledger.Run, sources []ledger.Source, people []byte) error {
	if !slices.Equal(sources, run.Sources) || !bytes.Equal(people, run.People) {
		return fmt.Errorf("read %+v and people %x, but the run began with %+v and %x", sources, people, run.Sources, run.People)
	}
	return nil
}

// TestARowThatChangesChangesTheOrigin changes a row, keeping the size, between two first passes: a run that
// began with the first can be told from one that begins with the second.
func TestARowThatChangesChangesTheOrigin(t *testing.T) {
	path := manyRows(t, 300)
	origin := func() *ledger.Run {
		plan := newPlan(t, mapping.Options{}, path)
		pass, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		defer pass.Close()
		begun := &ledger.Run{}
		begun.Sources, begun.People = pass.Origin(t.Context())
		return begun
	}
	first, again := origin(), origin()
	if err := sameOrigin(first, again.Sources, again.People); err != nil {
		t.Errorf("the same file: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"n":9`), []byte(`"n":8`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if changed := origin().Sources[0]; changed.Fingerprint == first.Sources[0].Fingerprint || changed.Rows != first.Sources[0].Rows {
		t.Errorf("a row that changed: %+v, before %+v", changed, first.Sources[0])
	}
}

// TestWaitingForPeopleIsNotForgotten stops a run after its people, before the wait for them to settle was
// over.
func TestWaitingForPeopleIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	for round, settle := range []time.Duration{time.Hour, 300 * time.Millisecond, 0} {
		plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
		pass, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		store, run := stored(t, dir, pass)
		plan.Ledger, plan.Settle = run, settle
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		if round > 0 {
			ctx = t.Context()
		}
		start := time.Now()
		summary, err := Send(ctx, pass, plan.Delivery)
		cancel()
		if took := time.Since(start); round == 1 && (err != nil || took < settle || summary.People.Earlier != 3) {
			t.Errorf("it went on after %s, with %d people sent before: %v", took, summary.People.Earlier, err)
		}
		if round == 0 && err == nil {
			t.Error("it did not wait at all")
		}
		if err := errors.Join(pass.Close(), store.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneIdentifyForEachIdentifierOverStops stops a run of people who share identifiers after each batch.
func TestOneIdentifyForEachIdentifierOverStops(t *testing.T) {
	var rows strings.Builder
	for i := range 9 {
		fmt.Fprintf(&rows, `{"event":"a","distinct_id":"user_%d","timestamp":"2026-01-01T00:00:00Z","person_properties":{"crm":"c%d"}}`+"\n", i, i/3)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	came := map[string]int{}
	for stops := 0; ; stops++ {
		plan := newPlan(t, mapping.Options{IdentifierValue: "{person.properties.crm}", IdentifierKey: customerio.ID}, path)
		plan.IdentifiersMayMeet, plan.BatchItems = true, 1
		plan.Sender = &destination{came: came, left: 1, refuse: func([]byte) bool { return false }}
		pass, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		store, run := stored(t, dir, pass)
		plan.Ledger = run
		summary, err := Send(t.Context(), pass, plan.Delivery)
		if err2 := errors.Join(pass.Close(), store.Close()); err2 != nil {
			t.Fatal(err2)
		}
		if err != nil && (!errors.Is(err, errGone) || stops > 20) {
			t.Fatal(err)
		}
		if err != nil {
			continue
		}
		if len(came) != 12 || summary.People.Rejected[ReasonSameIdentifier] != 6 || summary.Rows.Sent+summary.Rows.Earlier != 9 || stops < 10 {
			t.Errorf("%d operations, %v, %+v, %d stops; want 3 identifies and 9 events, 6 people left out", len(came), summary.People.Rejected, summary.Rows, stops)
		}
		for op, n := range came {
			if n != 1 {
				t.Errorf("came %d times: %s", n, op)
			}
		}
		return
	}
}
