package deliver

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// refuse returns an answer that refuses the operations with these Refs.
func refuse(refused ...uint64) func(context.Context, []uint64) (customerio.Receipt, error) {
	return func(_ context.Context, refs []uint64) (r customerio.Receipt, _ error) {
		for i, ref := range refs {
			if slices.Contains(refused, ref) {
				r.Rejections = append(r.Rejections, customerio.Rejection{Ref: ref, Index: i, Reason: "invalid", Field: "name", Message: "no"})
			}
		}
		return r, nil
	}
}

// one delivers a single result as a phase of its own.
func one(t *testing.T, o Options, l Ledger, s Spec, r *Result) (*Delivery, *Phase) {
	t.Helper()
	d := New(t.Context(), o, l, Counters{})
	t.Cleanup(d.Close)
	p := d.Begin(s)
	if err := p.End(p.Deliver(r)); err != nil {
		t.Fatal(err)
	}
	if err := d.Counts().Check(); err != nil {
		t.Error(err)
	}
	return d, p
}

// saved returns the only step of a book without its counters.
func saved(t *testing.T, b *book) *ledger.Step {
	t.Helper()
	if len(b.steps) != 1 {
		t.Fatalf("%d checkpoints, want 1", len(b.steps))
	}
	step := *b.steps[0]
	step.Counters = nil
	return &step
}

func TestACheckpointOfEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := &book{}
		r := part(3, 4, 6)
		r.Marks = []Mark{{Version: ledger.Version{Content: 1}, At: 100}, {Key: ledger.Key{9}}, {Version: ledger.Version{Content: 2}, At: 70}}
		r.End, r.Rows = 9, RowCounts{Read: 4}
		r.Rows.Skip("anonymous", 1)
		r.Waiting = []ledger.Waiting{{Source: 2, Wait: ledger.Wait{ID: ledger.Key{7}, Reason: ledger.Anonymous}}}
		r.Rejects = []Reject{{File: "a.csv", Row: 6, Number: 5, Reason: "not_json", Key: ledger.Key{5}, Raw: "x"}}
		place := func(ref uint64) (string, int64) { return "b.csv", int64(ref) + 1 }
		d, p := one(t, Options{Sender: &sender{answer: refuse(4)}}, state, Spec{Phase: ledger.Events, Place: place}, r)
		want := &ledger.Step{
			Phase: ledger.Events, Position: ledger.Position{Next: 9}, Newest: 100,
			Sent:    []ledger.Sent{{Key: ledger.Key(eventID(3)), Version: ledger.Version{Content: 1}}, {Key: ledger.Key(eventID(6)), Version: ledger.Version{Content: 2}}},
			Waiting: r.Waiting,
			Rejects: []ledger.Reject{
				{Phase: ledger.Events, Number: 5, Reason: "not_json", Key: ledger.Key{5}, Text: []byte(`{"file":"a.csv","row":6,"reason":"not_json","raw":"x"}`)},
				{
					Phase: ledger.Events, Number: 4, Reason: "api:invalid", Key: ledger.Key{9}, Event: ledger.Key(eventID(4)),
					Text: []byte(`{"file":"b.csv","row":5,"reason":"api:invalid","detail":"no","field":"name","operation":{"n":4}}`),
				},
			},
		}
		if diff := cmp.Diff(want, saved(t, state)); diff != "" {
			t.Errorf("checkpoint (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int64{"not_json": 1, "api:invalid": 1}, d.Counts().Rejected); diff != "" {
			t.Errorf("rejected (-want +got):\n%s", diff)
		}
		if refused := p.Refused(); len(refused) > 0 {
			t.Errorf("the refused events %v are remembered", refused)
		}
		if sent, rejected := p.Totals(); sent != 2 || rejected != 2 {
			t.Errorf("%d sent and %d rejected, want 2 and 2", sent, rejected)
		}
	})
}

// TestOnlyEventsStandForRows saves a checkpoint while people and merges have no answer. They are no rows, so
// that no row is taken for one that has not ended.
func TestOnlyEventsStandForRows(t *testing.T) {
	for phase, action := range map[ledger.Phase]customerio.Action{
		ledger.People: customerio.Identify, ledger.Merges: customerio.Merge, ledger.Emails: customerio.Identify, ledger.Events: customerio.Event,
	} {
		synctest.Test(t, func(t *testing.T) {
			state := &book{}
			api := &sender{answer: func(context.Context, []uint64) (r customerio.Receipt, _ error) {
				time.Sleep(saveEvery + saveEvery/2)
				return r, nil
			}}
			r := part(1, 2)
			for i := range r.Operations {
				r.Operations[i].Action, r.Marks[i].Person = action, &ledger.Person{}
			}
			r.Rows = RowCounts{Read: 5, Person: 5}
			want := int64(5)
			if phase == ledger.Events { // two rows have not ended
				r.Rows.Person, want = 3, 3
			}
			one(t, Options{Sender: api, BatchItems: 2}, state, Spec{Phase: phase}, r)
			if len(state.steps) < 2 {
				t.Fatalf("%s: %d checkpoints, want one before the answer and one after it", phase, len(state.steps))
			}
			if c, err := ReadCounters(state.steps[0].Counters); c.Read != want || err != nil {
				t.Errorf("%s: %d rows have ended, %v, want %d", phase, c.Read, err, want)
			}
		})
	}
}

func TestACheckpointOfPeopleAndMerges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ada, bob := ledger.Person{DistinctID: "ada", Kind: "id", Value: "1"}, ledger.Person{DistinctID: "bob"}
		identifies := func() *Result {
			r := part(1, 2)
			r.Operations[0].Action, r.Operations[1].Action = customerio.Identify, customerio.Identify
			r.Marks = []Mark{{Person: &ada}, {Person: &bob}}
			r.Rows = RowCounts{}
			return r
		}
		merges := part(1, 2)
		merges.Operations[0].Action, merges.Operations[1].Action = customerio.Merge, customerio.Merge
		merges.Marks, merges.Rows = []Mark{{Merge: 41}, {Merge: 42}}, RowCounts{}
		sameIdentifier := identifies()
		sameIdentifier.Rejects = []Reject{{Number: 0, Reason: "same_identifier"}}
		sameIdentifier.Unchanged = 3
		for _, test := range []struct {
			phase          ledger.Phase
			result         *Result
			people         []byte
			merged         []int64
			counts         []int64 // of people sent, identifies of emails, people rejected, merges rejected, people unchanged
			lastOfProgress int64
			refused        []uint64
		}{
			{ledger.People, sameIdentifier, ledger.AppendPerson(nil, &ada), nil, []int64{1, 0, 2, 0, 3}, 2, []uint64{2}},
			{ledger.Merges, merges, nil, []int64{41}, []int64{0, 0, 0, 1, 0}, 2, []uint64{2}},
			{ledger.Emails, identifies(), ledger.AppendPerson(nil, &ada), nil, []int64{0, 1, 1, 0, 0}, 2, nil}, // nothing follows them
		} {
			state, progress := &book{}, int64(0)
			spec := Spec{Phase: test.phase, Progress: func(n, _, _ int64) { progress = n }}
			d, p := one(t, Options{Sender: &sender{answer: refuse(2)}}, state, spec, test.result)
			step := saved(t, state)
			if !slices.Equal(step.People, test.people) || step.Count != min(1, len(test.people)) || !slices.Equal(step.Merged, test.merged) {
				t.Errorf("%s: saved %d people %q and the merges %v", test.phase, step.Count, step.People, step.Merged)
			}
			c := d.Counts()
			got := []int64{c.PeopleSent(), c.Emails, Sum(c.PeopleRejected), Sum(c.MergesRejected), c.Unchanged}
			if !slices.Equal(got, test.counts) {
				t.Errorf("%s: counted %v, want %v", test.phase, got, test.counts)
			}
			if !slices.Equal(p.Refused(), test.refused) {
				t.Errorf("%s: refused are %v, want %v", test.phase, p.Refused(), test.refused)
			}
			if progress != test.lastOfProgress {
				t.Errorf("%s: the progress came to %d, want %d", test.phase, progress, test.lastOfProgress)
			}
		}
	})
}

type list []Reject

func (l *list) Reject(r *Reject) error {
	*l = append(*l, *r)
	return nil
}

// TestWithoutALedger checks that a preview saves nothing, and hands over each reject at once.
func TestWithoutALedger(t *testing.T) {
	var rejects list
	r := part(1, 2)
	r.Marks = nil
	r.Rejects = []Reject{{Number: 0, Reason: "not_json"}, {Number: 0, Reason: "late", Closed: true}}
	r.Rows.Read++
	d, p := one(t, Options{Sender: &sender{answer: refuse(2)}, Rejects: &rejects}, nil, Spec{Phase: ledger.Events}, r)
	var reasons []string
	for _, r := range rejects {
		reasons = append(reasons, r.Reason)
	}
	if !slices.Equal(reasons, []string{"not_json", "late", "api:invalid"}) {
		t.Errorf("rejects are %v", reasons)
	}
	if len(d.Counts().Rejected) != 2 {
		t.Errorf("counted %v: one is only listed", d.Counts().Rejected)
	}
	if p.checkpoint != nil || p.saver != nil {
		t.Error("a preview has a checkpoint")
	}
}

func TestExamplesAreTheFirstOfEachReason(t *testing.T) {
	r := &Result{Rejects: []Reject{{Reason: "late", Closed: true}}}
	for _, reason := range []string{"a", "b", "a", "c", "d", "e", "f"} {
		r.Rejects = append(r.Rejects, Reject{Reason: reason, Row: int64(len(r.Rejects))})
		r.Rows.Read++
	}
	d, _ := one(t, Options{Sender: &sender{}}, nil, Spec{Phase: ledger.Events}, r)
	var rows []int64
	for _, e := range d.Examples() {
		rows = append(rows, e.Row)
	}
	if !slices.Equal(rows, []int64{1, 2, 4, 5, 6}) {
		t.Errorf("examples are the rejects %v", rows)
	}
}

func TestRecentEventsAreCountedOnceAccepted(t *testing.T) {
	r := part(1, 2, 3)
	r.Recent = []uint64{1, 2}
	d, _ := one(t, Options{Sender: &sender{answer: refuse(2)}}, nil, Spec{Phase: ledger.Events}, r)
	if d.Counts().Recent != 1 {
		t.Errorf("%d can start a campaign, want 1", d.Counts().Recent)
	}
}

// TestObserverErrorLeavesTheRestUnsent checks that the observer sees operations in order, and that its error
// ends the phase. What was packed before is sent.
func TestObserverErrorLeavesTheRestUnsent(t *testing.T) {
	errFull := errors.New("disk full")
	var seen []uint64
	observe := func(op customerio.Operation) error {
		if seen = append(seen, op.Ref); op.Ref == 2 {
			return errFull
		}
		return nil
	}
	d := New(t.Context(), Options{Sender: &sender{}, Observe: observe}, nil, Counters{})
	defer d.Close()
	p := d.Begin(Spec{Phase: ledger.Events})
	if err := p.End(p.Deliver(part(0, 1, 2, 3))); !errors.Is(err, errFull) {
		t.Errorf("ended with %v", err)
	}
	c := d.Counts()
	if !slices.Equal(seen, []uint64{0, 1, 2}) || c.Accepted[customerio.Event] != 2 || c.Unsent[customerio.Event] != 2 || c.Check() != nil {
		t.Errorf("seen %v, accepted %v, unsent %v, %v", seen, c.Accepted, c.Unsent, c.Check())
	}
}

func TestAnOperationThatNoBatchTakesIsUnsent(t *testing.T) {
	d := New(t.Context(), Options{Sender: &sender{}}, nil, Counters{})
	defer d.Close()
	p := d.Begin(Spec{Phase: ledger.Events})
	r := part(0, 1, 2)
	r.Operations[1].Body = make([]byte, customerio.MaxItem+1)
	if err := p.End(p.Deliver(r)); !errors.Is(err, customerio.ErrTooLarge) {
		t.Errorf("ended with %v", err)
	}
	if c := d.Counts(); c.Unsent[customerio.Event] != 2 || c.Check() != nil {
		t.Errorf("unsent %v, %v", c.Unsent, c.Check())
	}
}

// TestTheLimitEndsThePhase checks that a limit is asked about each result with all counts up to it, before
// its operations are sent.
func TestTheLimitEndsThePhase(t *testing.T) {
	errTooMany := errors.New("too many")
	d := New(t.Context(), Options{Sender: &sender{}}, nil, Counters{Read: 10, Rejected: map[string]int64{"not_json": 2}})
	defer d.Close()
	p := d.Begin(Spec{Phase: ledger.Events, Limit: func(rejected, read int64) error {
		if rejected == 4 && read == 14 {
			return errTooMany
		}
		return nil
	}})
	var err error
	for ref := uint64(0); ref < 6 && err == nil; ref += 2 {
		r := part(ref)
		r.Rejects, r.Rows.Read = []Reject{{Number: ref + 1, Reason: "not_json"}}, 2
		err = p.Deliver(r)
	}
	if err = p.End(err); !errors.Is(err, errTooMany) {
		t.Errorf("ended with %v", err)
	}
	if c := d.Counts(); c.Accepted[customerio.Event] != 1 || c.Unsent[customerio.Event] != 1 {
		t.Errorf("accepted %v, unsent %v, want 1 and 1", c.Accepted, c.Unsent)
	}
}

// TestReadingWaitsForRejectsToBeSaved checks that a run of nothing but rejects does not gather them in memory
// while the ledger is slow.
func TestReadingWaitsForRejectsToBeSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := &book{before: func(*ledger.Step) error { time.Sleep(time.Minute); return nil }}
		d, p := begin(t, Options{Sender: &sender{}}, state)
		start, raw := time.Now(), strings.Repeat("x", 300<<10)
		for n, blocked := range []time.Duration{0, 0, 0, time.Minute, time.Minute, time.Minute, time.Minute, 2 * time.Minute} {
			r := &Result{End: uint64(n) + 1, Rows: RowCounts{Read: 1}, Rejects: []Reject{{Number: uint64(n), Reason: "not_json", Raw: raw}}}
			if err := p.Deliver(r); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != blocked {
				t.Errorf("blocked for %s after %d rejects, want %s", took, n+1, blocked)
			}
		}
		if err := p.End(nil); err != nil {
			t.Fatal(err)
		}
		if n := len(state.steps); n != 2 || d.Counts().Check() != nil {
			t.Errorf("%d checkpoints, %v", n, d.Counts().Check())
		}
	})
}

// TestAnUnlistableRejectEndsThePhase checks that an operation the API refused without being JSON, which
// cannot be listed, is an error.
func TestAnUnlistableRejectEndsThePhase(t *testing.T) {
	_, p := begin(t, Options{Sender: &sender{answer: refuse(0)}}, &book{})
	r := part(0)
	r.Operations[0].Body = []byte("not json")
	if err := p.End(p.Deliver(r)); err == nil || !strings.Contains(err.Error(), "json") {
		t.Errorf("ended with %v, want trouble with JSON", err)
	}
}
