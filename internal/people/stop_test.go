package people

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"ph2cio/internal/posthog"
)

// TestSettleEndsWithItsContext cancels it among the attributes: of many people only a few are looked at
// afterwards.
func TestSettleEndsWithItsContext(t *testing.T) {
	t.Parallel()
	const people = 20_000
	var events []posthog.Event
	for i := range people {
		events = append(events, withAttributes(fmt.Sprintf("user_%d", i), fmt.Sprintf(`{"email":"user_%d@example.com"}`, i)))
	}
	x := observe(rowsOf(events...), Options{}, 1, 7)
	defer x.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	stopped, looked := errors.New("stopped"), atomic.Int64{}
	_, err := x.Decide(ctx, Choice{Excluded: func([]byte) bool {
		looked.Add(1)
		cancel(stopped)
		return false
	}})
	if !errors.Is(err, stopped) {
		t.Errorf("got %v, want the cause", err)
	}
	if n := looked.Load(); n == 0 || n > people/4 {
		t.Errorf("looked at %d of %d people", n, people)
	}
	if err := x.Remember(ctx); err != stopped {
		t.Errorf("remembering: got %v, want the cause", err)
	}
}
