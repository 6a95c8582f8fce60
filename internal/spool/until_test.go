package spool

import (
	"context"
	"errors"
	"testing"
)

func TestUntilEndsWithTheCause(t *testing.T) {
	space := NewSpace(t.TempDir(), 1<<20)
	log := space.NewLog()
	for range 10 * looksEvery {
		log.Append([]byte("x"))
	}
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	seen := 0
	var last error
	for _, err := range Until(ctx, log.All()) {
		if last = err; err != nil {
			continue
		}
		if seen++; seen == looksEvery+1 {
			cancel(stopped)
		}
	}
	if last != stopped || seen != 2*looksEvery-1 {
		t.Errorf("%d elements and then %v, want %d and the cause", seen, last, 2*looksEvery-1)
	}
	seen = 0
	for range Until(t.Context(), log.All()) {
		seen++
	}
	if seen != 10*looksEvery {
		t.Errorf("%d elements where nothing stops, want all", seen)
	}
}
