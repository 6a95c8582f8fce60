package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oklog/ulid/v2"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
	"ph2cio/internal/transfer/deliver"
)

// writeSynthetic makes an export of so many rows and returns its path.
func writeSynthetic(t *testing.T, o synthetic.Options) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := synthetic.Write(&b, o); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wanted are the IDs of the events that a run should send, each with how often.
func wanted(t *testing.T, plan *testPlan) map[string]int {
	t.Helper()
	ids := map[string]int{}
	again := *plan
	again.Delivery = DryRun(nil)
	again.Observe = func(op customerio.Operation) error {
		if id := parsed(op.Body).ID; id != (ulid.ULID{}) {
			ids[id.String()]++
		}
		return nil
	}
	if _, err := again.readAndSend(t, t.Context()); err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestEverythingArrivesThroughFaults sends a synthetic export through every passing fault at once: each event
// is held exactly once in the end, and the rows add up.
func TestEverythingArrivesThroughFaults(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 3000, People: 60, Seed: 7, Invalid: 1})
	for _, batchItems := range []int{0, 7, 100} {
		t.Run(fmt.Sprint(batchItems), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box := newSandbox(sandbox.Faults{Answers: []sandbox.Answer{
					{Probability: 0.1, Seed: 1, Status: 503},
					{Probability: 0.1, Seed: 2, Status: 500, Applied: true, Body: sandbox.BodyHTML},
					{Probability: 0.1, Seed: 3, Status: 429, RetryAfter: "2"},
					{Probability: 0.1, Seed: 4, Status: 200, Body: sandbox.BodyHTML},
				}})
				plan := newPlan(t, mapping.Options{}, path)
				want := wanted(t, plan)
				plan.to(t, box)
				plan.BatchItems = batchItems
				summary, err := plan.readAndSend(t, t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(want) < 500 || int(summary.Rows.Sent) != len(want) {
					t.Errorf("%d rows sent, want %d and more than 500", summary.Rows.Sent, len(want))
				}
				held := map[string]int{}
				for _, e := range box.Events() {
					held[e.ID]++
				}
				for id := range want {
					if held[id] != 1 {
						t.Fatalf("event %s is held %d times, want once", id, held[id])
					}
				}
				if len(held) != len(want) || summary.Retries == 0 && batchItems > 0 {
					t.Errorf("%d events held, want %d; %d retries, want some", len(held), len(want), summary.Retries)
				}
			})
		})
	}
}

// TestPeopleSettleBeforeEvents shows that the wait after new people is Delivery.Settle.
func TestPeopleSettleBeforeEvents(t *testing.T) {
	for _, settle := range []time.Duration{0, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
			plan.to(t, newSandbox(sandbox.Faults{}))
			plan.Settle = settle
			start := time.Now()
			if _, err := plan.readAndSend(t, t.Context()); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(start); waited != settle {
				t.Errorf("waited %s, want %s", waited, settle)
			}
		})
	}
}

// TestInterruptionFinishesWhatIsUnderWay cancels a run in the middle: every row read is accounted for,
// nothing sent is lost, and the requests under way got their answers.
func TestInterruptionFinishesWhatIsUnderWay(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 4000, People: 40, Seed: 3})
	synctest.Test(t, func(t *testing.T) {
		box := newSandbox(sandbox.Faults{Delay: sandbox.Duration(time.Second)})
		plan := newPlan(t, mapping.Options{}, path)
		plan.to(t, box)
		plan.BatchItems, plan.Grace = 20, 20*time.Second
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("stopped by the test")
		time.AfterFunc(4500*time.Millisecond, func() { cancel(stopped) })
		start := time.Now()
		summary, err := plan.readAndSend(t, ctx)
		if !errors.Is(err, stopped) || !summary.Interrupted {
			t.Fatalf("got %v, interrupted %v; want the cause of the interruption", err, summary.Interrupted)
		}
		if took := time.Since(start); took > 7*time.Second {
			t.Errorf("took %s to stop", took)
		}
		sent := summary.Rows.Sent
		if sent == 0 || int(sent) != len(box.Events()) {
			t.Errorf("%d rows counted as sent, the sandbox holds %d", sent, len(box.Events()))
		}
		if summary.Rows.Unsent == 0 {
			t.Error("no row is unsent, so the run was not stopped in the middle")
		}
	})
}

// TestGraceEnds cancels a run whose destination does not answer: it ends when the grace does.
func TestGraceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
		plan.to(t, newSandbox(sandbox.Faults{Answers: []sandbox.Answer{{Status: 503}}}))
		plan.Grace = 5 * time.Second
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("stopped")) })
		start := time.Now()
		summary, err := plan.readAndSend(t, ctx)
		if took := time.Since(start); err == nil || took > 6*time.Second {
			t.Errorf("took %s and ended with %v, want an error after 6s at most", took, err)
		}
		if summary.Unsent["identify"] != 3 {
			t.Errorf("unsent: %v, want 3 identify", summary.Unsent)
		}
	})
}

func TestRefusedPersonTakesTheirEventsAlong(t *testing.T) {
	box := newSandbox(sandbox.Faults{Refuse: []sandbox.Refusal{{Match: "user_1001", Contains: `"identify"`, Reason: "invalid", Message: "no"}}})
	plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
	plan.to(t, box)
	kept := &keptRejects{}
	plan.Rejects = kept
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := summary.Rows.Rejected[mapping.ReasonPersonRejected]; got != 4 {
		t.Errorf("%d rows rejected with their person, want 4", got)
	}
	if len(box.Events()) != 1 || len(kept.all) != 5 {
		t.Errorf("%d events held, want 1; %d rejects, want the person and 4 rows", len(box.Events()), len(kept.all))
	}
}

type keptRejects struct{ all []deliver.Reject }

func (k *keptRejects) Reject(r *deliver.Reject) error {
	k.all = append(k.all, *r)
	return nil
}

func TestChangedSourceEndsTheRun(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 500, People: 10, Seed: 1})
	plan := newPlan(t, mapping.Options{}, path)
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[bytes.IndexByte(text, ':')+2] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Send(t.Context(), first, plan.Delivery)
	trouble, ok := errors.AsType[*posthog.SourceError](err)
	if !ok || trouble.Kind != posthog.Changed {
		t.Fatalf("got %v, want that the file has changed", err)
	}
}

func TestTooManyRejectsEndTheRun(t *testing.T) {
	text := strings.Repeat(`{"event":"a","distinct_id":"user_1","timestamp":"2026-01-01T00:00:00Z"}`+"\nnot json\n", 30)
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{}, path)
	plan.MaxRejects = MaxRejects{Count: 29}
	summary, err := plan.readAndSend(t, t.Context())
	if _, ok := errors.AsType[*TooManyRejects](err); !ok {
		t.Fatalf("got %v, want too many rejects", err)
	}
	if summary.Rows.Sent != 0 {
		t.Errorf("%d rows were sent", summary.Rows.Sent)
	}
	plan.MaxRejects.Count = 30
	if _, err := plan.readAndSend(t, t.Context()); err != nil {
		t.Errorf("as many rejects as allowed: %v", err)
	}
}

func TestMaxRejects(t *testing.T) {
	share := MaxRejects{Share: 0.01}
	for _, c := range []struct {
		limit          MaxRejects
		rejected, rows int64
		want           bool
	}{
		{share, 9999, 9999, false}, // too few rows for a share to mean anything
		{share, 100, 10_000, false},
		{share, 101, 10_000, true},
		{MaxRejects{}, 1 << 40, 1 << 40, false},
		{MaxRejects{Count: 5}, 5, 5, false},
		{MaxRejects{Count: 5}, 6, 6, true},
	} {
		if got := c.limit.Exceeded(c.rejected, c.rows); got != c.want {
			t.Errorf("%+v with %d of %d: %v", c.limit, c.rejected, c.rows, got)
		}
	}
}

func TestLinksAreSentLast(t *testing.T) {
	plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
	plan.Choice = people.Choice{Who: people.All, Merges: people.MergeIdentify}
	plan.Index.Everybody = true
	var order []customerio.Action
	plan.Observe = func(op customerio.Operation) error {
		if len(order) == 0 || order[len(order)-1] != op.Action {
			order = append(order, op.Action)
		}
		return nil
	}
	if _, err := plan.readAndSend(t, t.Context()); err != nil {
		t.Fatal(err)
	}
	if order[0] != customerio.Identify || order[len(order)-1] != customerio.Merge {
		t.Errorf("sent in the order %v", order)
	}
}

// TestRefusedCredentialsEndTheRunSoon refuses the credentials in the middle of a run while other requests are
// being tried again: those get their grace, not a quarter of an hour.
func TestRefusedCredentialsEndTheRunSoon(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 2000, People: 40, Seed: 9})
	synctest.Test(t, func(t *testing.T) {
		plan := newPlan(t, mapping.Options{}, path)
		plan.to(t, newSandbox(sandbox.Faults{Answers: []sandbox.Answer{
			{After: 12, Next: 1, Status: 401},
			{After: 8, Status: 503},
		}}))
		plan.BatchItems, plan.Grace = 10, 5*time.Second
		start := time.Now()
		summary, err := plan.readAndSend(t, t.Context())
		api, ok := errors.AsType[*customerio.APIError](err)
		if !ok || api.Class() != customerio.Unauthorized {
			t.Fatalf("ended with %v, want refused credentials", err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("took %s to end", took)
		}
		if summary.Interrupted || summary.Rows.Unsent == 0 {
			t.Errorf("interrupted %v, %d rows unsent; want false and some", summary.Interrupted, summary.Rows.Unsent)
		}
	})
}

// TestSourceGoneInTheSecondPassEndsTheRun removes a file between the passes: no row may be lost silently.
func TestSourceGoneInTheSecondPassEndsTheRun(t *testing.T) {
	for _, gone := range []int{0, 1} {
		paths := []string{
			writeSynthetic(t, synthetic.Options{Rows: 300, People: 10, Seed: 1}),
			writeSynthetic(t, synthetic.Options{Rows: 300, People: 10, Seed: 2}),
		}
		plan := newPlan(t, mapping.Options{}, paths...)
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(paths[gone]); err != nil {
			t.Fatal(err)
		}
		_, err = Send(t.Context(), first, plan.Delivery)
		trouble, ok := errors.AsType[*posthog.SourceError](err)
		if !ok || trouble.Path != paths[gone] {
			t.Errorf("file %d gone: got %v, want that it is gone", gone, err)
		}
	}
}

// TestStoppingForRejectsStillAddsUp lets the API refuse so much that the run stops in the middle of a page.
func TestStoppingForRejectsStillAddsUp(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 6000, People: 60, Seed: 4})
	plan := newPlan(t, mapping.Options{}, path)
	plan.to(t, newSandbox(sandbox.Faults{Refuse: []sandbox.Refusal{{Contains: `"action":"event"`, Reason: "invalid"}}}))
	plan.BatchItems, plan.MaxRejects = 50, MaxRejects{Count: 100}
	_, err := plan.readAndSend(t, t.Context())
	if _, ok := errors.AsType[*TooManyRejects](err); !ok || strings.Contains(err.Error(), "add up") {
		t.Errorf("ended with %v, want too many rejects and nothing else", err)
	}
}

func TestOneIdentifyForEachIdentifier(t *testing.T) {
	var rows strings.Builder
	for i := range 4 {
		fmt.Fprintf(&rows, `{"event":"a","distinct_id":"user_%d","timestamp":"2026-01-01T00:00:00Z","person_properties":{"crm":"c%d"}}`+"\n", i, i/3)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{IdentifierValue: "{person.properties.crm}", IdentifierKey: customerio.ID}, path)
	plan.IdentifiersMayMeet = true
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if summary.Operations["identify"] != 2 || summary.People.Rejected[ReasonSameIdentifier] != 2 || summary.Rows.Sent != 4 {
		t.Errorf("%d identifies, %v, %d rows sent; want 2, 2 left out and 4",
			summary.Operations["identify"], summary.People.Rejected, summary.Rows.Sent)
	}
}

// slow spends time in the first phase, which is the first pass.
type slow struct {
	silent
	phases int
}

func (s *slow) Phase(string, int64, Unit) {
	if s.phases++; s.phases == 1 {
		time.Sleep(300 * time.Millisecond)
	}
}

func TestSecondsAreOfBothReadings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(`{"event":"a","distinct_id":"user_1","timestamp":"2026-01-01T00:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{}, path)
	plan.Progress = &slow{}
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if summary.Seconds < 0.3 {
		t.Errorf("%.1f seconds, of which the first reading took 0.3", summary.Seconds)
	}
}
