package ledger

import (
	"context"
	"errors"
	"testing"
)

// TestWhatIsCancelledIsNoTrouble cancels operations that may take long, before they begin and while they run.
// That is not a StateError, nothing is stored, and the store can still be used.
func TestWhatIsCancelledIsNoTrouble(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps() {
		if err := run.Save(step, night); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	saved := &Restorable{Entries: func(yield func([]byte, error) bool) {
		for yield(make([]byte, entriesPartSize), nil) {
			cancel()
		}
	}}
	_, begin := s.Begin(ctx, start(), saved)
	_, opened := Open(ctx, t.TempDir(), ours, scheme)
	_, totals := s.Totals(ctx, night)
	var rejects error
	for _, rejects = range run.Rejects(ctx) {
	}
	for name, err := range map[string]error{
		"begin": begin, "open": opened, "totals": totals, "rejects": rejects, "finish": run.Finish(ctx, Ending{Outcome: Done, At: night, Retried: []Phase{People, Events}}),
	} {
		if _, ok := errors.AsType[*StateError](err); ok || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want no StateError, and one that wraps context.Canceled", name, err)
		}
	}
	runs, err := s.Runs(t.Context(), 5)
	if err != nil || len(runs) != 1 || !runs[0].Ended.IsZero() || !run.Ended.IsZero() {
		t.Fatalf("%d runs, %v, want one that goes on", len(runs), err)
	}
	if err := run.Finish(t.Context(), Ending{Outcome: Done, At: night}); err != nil {
		t.Error(err)
	}
}
