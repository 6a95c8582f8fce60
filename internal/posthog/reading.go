package posthog

import (
	"context"
	"sync"
)

// A reading is one pass over the sources. For each source a pump brings windows of bytes; they are cut into chunks,
// source after source, on the goroutine that asks for the chunks.
type reading struct {
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	sources []Source
	options Options
	yield   func(*Chunk, error) bool
	stopped bool // yield has returned false

	// What the cutting has come to.
	number int
	ref    uint64
	before int64 // bytes on disk of the sources it is done with
}

const (
	pumpsAhead  = 2 // compressed sources open at once
	blocksAhead = 6 // windows that the pump of a compressed source is ahead of the cutting
)

func newReading(ctx context.Context, sources []Source, options Options, yield func(*Chunk, error) bool) *reading {
	if options.MaxRow <= 0 {
		options.MaxRow = defaultMaxRow
	}
	if options.window == 0 {
		options.window = windowSize
	}
	if options.bombSize == 0 {
		options.bombSize = bombSize
	}
	r := &reading{sources: sources, options: options, yield: yield}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

// stop ends all goroutines and waits for them.
func (r *reading) stop() {
	r.cancel()
	r.running.Wait()
}

func (r *reading) cutAll() {
	var ahead []*pump
	defer func() {
		for _, p := range ahead {
			p.close()
		}
	}()
	for i, source := range r.sources {
		for next := i + len(ahead); next < len(r.sources) && len(ahead) < pumpsAhead; next++ {
			ahead = append(ahead, r.startPump(next))
		}
		if !r.cut(i, ahead[0]) {
			return
		}
		ahead[0].close()
		ahead = ahead[1:]
		r.before += source.Size
	}
}

// cut turns what a pump brings into chunks. It returns false when the reading has been stopped.
func (r *reading) cut(source int, p *pump) bool {
	c := &cutter{reading: r, source: source, codec: p.codec, line: 1}
	for b := range p.all() {
		if b.buffer == nil {
			if b.err == nil || b.err.Kind == Warning {
				c.finish()
			}
			return r.report(b.err)
		}
		if err := c.add(b); err != nil {
			return r.report(err)
		}
		if r.done() {
			return false
		}
	}
	return false
}

// report hands a source's trouble on, if it has any. It returns false when the reading has been stopped.
func (r *reading) report(err *SourceError) bool {
	if err != nil {
		r.hand(nil, err)
	}
	return !r.done()
}

func (r *reading) hand(c *Chunk, err error) {
	if !r.done() {
		r.stopped = !r.yield(c, err)
	}
}

// done reports whether nobody wants more.
func (r *reading) done() bool { return r.stopped || r.ctx.Err() != nil }
