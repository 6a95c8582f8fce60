package objectstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ph2cio/internal/source"
)

const (
	firstPause  = 100 * time.Millisecond // the longest pause after the first failure; it doubles with each
	longestWait = 10 * time.Second       // between two requests
	patienceFor = 2 * time.Minute        // after the first failure
	firstTry    = 15 * time.Second       // as long as no store has answered: perhaps the endpoint is wrong
)

// patience decides how long to wait after failures in a row.
type patience struct {
	longest  time.Duration // how long failures may last
	failures int
	since    time.Time // of the first failure
}

// wait waits before the next request. It returns an error if there should be none: the given one if it is not
// temporary, or one that wraps source.ErrUnavailable if temporary ones have lasted too long.
func (p *patience) wait(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !isTemporary(err) {
		return err
	}
	if p.failures++; p.failures == 1 {
		p.since = time.Now()
	}
	longest := min(firstPause<<min(p.failures-1, 10), longestWait)
	pause := longest/2 + rand.N(longest/2)
	if time.Since(p.since)+pause > p.longest {
		return p.givenUp(err)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// givenUp is the error after all retries.
func (p *patience) givenUp(err error) error {
	shown := plain(err)
	e := &Error{
		text: fmt.Sprintf("the store gave no usable answer for %v: %v", p.longest, shown),
		hint: "run the same command again to resume, when the network and the store work",
		is:   source.ErrUnavailable,
	}
	if reason, ok := errors.AsType[*Error](shown); ok && reason.hint != "" {
		e.hint = reason.hint + "; then run the same command again to resume"
	}
	return e
}
