package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// tracked are the actions that stand for a row.
var tracked = []customerio.Action{customerio.Event, customerio.Page, customerio.Screen}

// leftOf returns what a plan has left to send. Call it before sending.
func leftOf(t *testing.T, plan *testPlan, first *FirstPass) Left {
	t.Helper()
	left, err := first.Left(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// checkLeft compares what was left to send with what a run built that came to its end.
func checkLeft(left Left, s *Summary) error {
	built := func(actions ...customerio.Action) (n int64) {
		for _, action := range actions {
			n += s.Operations[string(action)]
		}
		return n
	}
	events, identifies, merges := built(tracked...), built(customerio.Identify), built(customerio.Merge)
	switch {
	case events > left.Events || events < left.Events && !left.AtMost && s.Refused["identify"] == 0: // with a person their events are rejected
		return fmt.Errorf("%d events were sent, and left were %+v", events, left)
	case identifies != left.People:
		return fmt.Errorf("%d people were sent, and left were %+v", identifies, left)
	case merges > left.Merges:
		return fmt.Errorf("%d merges were sent, and left were %+v", merges, left)
	}
	return nil
}

// TestWhatIsLeftIsSent draws files, choices of people and stops: a run then sends what it said was left. It
// may send less only where duplicates may be of people who are not sent.
func TestWhatIsLeftIsSent(t *testing.T) {
	rounds, exact, atMost, nothing := 0, 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		if rounds++; rounds > 60 && os.Getenv("PH2CIO_KILLS") == "" {
			return // each is several runs
		}
		dir := t.TempDir()
		var rows []string
		var files []string
		store := openStore(t, t.TempDir())
		defer store.Close()
		for n := range rapid.IntRange(1, 4).Draw(r, "runs") {
			begin := rapid.IntRange(0, len(rows)).Draw(r, "overlap from")
			for range rapid.IntRange(0, 15).Draw(r, "rows") {
				rows = append(rows, nightRow(r, len(rows)))
			}
			path := filepath.Join(dir, fmt.Sprintf("%d.jsonl", n))
			if err := os.WriteFile(path, []byte(strings.Join(rows[begin:], "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
			choice := people.Choice{Who: rapid.SampledFrom([]people.Who{people.Identified, people.Identified, people.All}).Draw(r, "who")}
			excluded := rapid.SampledFrom([]string{"", "", "user_1"}).Draw(r, "excluded")
			refused := rapid.SampledFrom([]string{"none", "none", `"n":3`, `{"id":"user_2"},"attributes"`}).Draw(r, "refused")
			change := func(plan *testPlan) {
				plan.Choice, plan.Index.Everybody = choice, choice.Who == people.All
				plan.Index.Excluded = func(id []byte) bool { return string(id) == excluded }
				plan.RetryRows = n%2 == 0
			}
			left := sendStopped(t, r, store, change, refused, files[rapid.IntRange(0, len(files)-1).Draw(r, "from"):]...)
			switch {
			case left.Nothing():
				nothing++
			case left.AtMost:
				atMost++
			default:
				exact++
			}
		}
	})
	if exact == 0 || atMost == 0 || nothing == 0 {
		t.Errorf("%d exact, %d at most, %d nothing", exact, atMost, nothing)
	}
}

// sendStopped sends what some files have, however often the destination fails, checks each time what was
// left, and returns what was left at first.
func sendStopped(t *testing.T, r *rapid.T, store *ledger.Store, change func(*testPlan), refused string, files ...string) (atFirst Left) {
	t.Helper()
	for try := 0; ; try++ {
		plan := newPlan(t, mapping.Options{}, files...)
		change(plan)
		plan.BatchItems, plan.Remember = 3, try == 0
		shown := &shownPhases{}
		plan.Progress = shown
		first := firstPassOf(t, store, plan)
		left := leftOf(t, plan, first)
		if try == 0 {
			atFirst = left
			start := ledger.Start{Command: "backfill", Began: runTime, Now: runTime, Rows: first.Rows}
			start.Sources, start.People = first.Origin(t.Context())
			if _, err := store.Begin(t.Context(), start, first.Restorable()); err != nil {
				t.Fatal(err)
			}
		}
		plan.Ledger = begunIn(t, store, first)
		to := &destination{came: map[string]int{}, left: 1 << 30, refuse: func(op []byte) bool { return strings.Contains(string(op), refused) }}
		if try < 3 {
			to.left, to.taking = rapid.SampledFrom([]int{1 << 30, 0, 1, 2, 5}).Draw(r, "batches"), rapid.Bool().Draw(r, "taking")
		}
		plan.Sender = to
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err == nil {
			if err := errors.Join(checkLeft(left, summary), shown.check(true)); err != nil {
				r.Fatalf("try %d: %v", try, err)
			}
			err = plan.Ledger.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: runTime})
			if err2 := first.Close(); err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			return atFirst
		}
		if err := shown.check(false); err != nil {
			r.Fatalf("try %d: %v", try, err)
		}
		if err2 := first.Close(); err2 != nil || !strings.Contains(err.Error(), errGone.Error()) {
			r.Fatalf("try %d: %v %v %+v", try, err, err2, summary.Rows)
		}
	}
}
