package posthog

import "context"

// output numbers the chunks of a pass and yields them, and the errors of its sources, until the consumer
// stops.
type output struct {
	ctx     context.Context
	yield   func(*Chunk, error) bool
	stopped bool // yield has returned false

	number int    // of the next chunk
	ref    uint64 // of its first row
}

// chunk yields the chunk that has the number and the first row which are next.
func (o *output) chunk(c *Chunk) {
	o.number++
	o.ref += uint64(c.Rows)
	o.pass(c, nil)
}

// report yields the error of a source, if there is one. It returns false if the consumer has stopped.
func (o *output) report(err *SourceError) bool {
	if err != nil {
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
