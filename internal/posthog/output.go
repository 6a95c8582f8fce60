package posthog

import (
	"context"
	"errors"
	"fmt"

	"ph2cio/internal/source"
)

// output numbers the chunks of a pass and yields them, and the errors of its sources, until the consumer
// stops.
type output struct {
	ctx     context.Context
	yield   func(*Chunk, error) bool
	stopped bool // yield has returned false, or the last thing was yielded

	number int    // of the next chunk
	ref    uint64 // of its first row
}

// chunk yields the chunk that has the number and the first row which are next.
func (o *output) chunk(c *Chunk) {
	o.number++
	o.ref += uint64(c.Rows)
	o.pass(c, nil)
}

// report yields the error of a source, if there is one. If its store cannot be read at all, that ends the
// pass. It returns false if the pass has ended, or the consumer has stopped.
func (o *output) report(err *SourceError) bool {
	switch {
	case err == nil:
	case errors.Is(err, source.ErrUnavailable):
		o.pass(nil, fmt.Errorf("reading %s: %w", err.Path, err.Err))
		o.stopped = true
	default:
		o.pass(nil, err)
	}
	return !o.done()
}

func (o *output) pass(c *Chunk, err error) {
	if !o.done() {
		o.stopped = !o.yield(c, err)
	}
}

// done reports whether the consumer has stopped or ctx is done.
func (o *output) done() bool { return o.stopped || o.ctx.Err() != nil }
