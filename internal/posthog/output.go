package posthog

import "context"

// An output numbers the chunks of a reading and hands them on, and the troubles of its sources, until nobody wants more.
type output struct {
	ctx     context.Context
	yield   func(*Chunk, error) bool
	stopped bool // yield has returned false

	number int    // of the next chunk
	ref    uint64 // of its first row
}

// chunk hands a chunk on, which has no number yet.
func (o *output) chunk(c *Chunk) {
	c.Number, c.Ref = o.number, o.ref
	o.number++
	o.ref += uint64(c.Rows)
	o.hand(c, nil)
}

// report hands a source's trouble on, if it has any. It returns false when nobody wants more.
func (o *output) report(err *SourceError) bool {
	if err != nil {
		o.hand(nil, err)
	}
	return !o.done()
}

func (o *output) hand(c *Chunk, err error) {
	if !o.done() {
		o.stopped = !o.yield(c, err)
	}
}

// done reports whether nobody wants more.
func (o *output) done() bool { return o.stopped || o.ctx.Err() != nil }
