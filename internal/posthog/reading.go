package posthog

import (
	"context"
	"sync"
)

// A reading is one pass over the sources. For each source a pump brings windows of bytes, two sources at a time; one
// goroutine cuts the windows into chunks, source after source.
type reading struct {
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	sources []Source
	options Options
	found   chan found

	// What the cutting goroutine has come to.
	number int
	ref    uint64
	before int64 // bytes on disk of the sources it is done with
}

// found is what Read yields.
type found struct {
	chunk *Chunk
	err   error
}

const (
	pumpsAhead  = 2 // sources open at once
	blocksAhead = 2 // windows that a pump is ahead of the cutting
	chunksAhead = 2 // chunks that the cutting is ahead of the caller
)

func newReading(ctx context.Context, sources []Source, options Options) *reading {
	if options.MaxRow <= 0 {
		options.MaxRow = defaultMaxRow
	}
	if options.window == 0 {
		options.window = windowSize
	}
	r := &reading{sources: sources, options: options, found: make(chan found, chunksAhead)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

func (r *reading) start() <-chan found {
	r.running.Go(r.cutAll)
	return r.found
}

// stop ends all goroutines and waits for them.
func (r *reading) stop() {
	r.cancel()
	r.running.Wait()
}

func (r *reading) cutAll() {
	defer close(r.found)
	var ahead []*pump
	for i, source := range r.sources {
		for next := i + len(ahead); next < len(r.sources) && len(ahead) < pumpsAhead; next++ {
			ahead = append(ahead, r.startPump(next))
		}
		if !r.cut(i, ahead[0]) {
			return
		}
		ahead = ahead[1:]
		r.before += source.Size
	}
}

// cut turns what a pump brings into chunks. It returns false when the reading has been stopped.
func (r *reading) cut(source int, p *pump) bool {
	defer p.cancel()
	c := &cutter{reading: r, source: source, line: 1}
	for b := range p.blocks {
		if b.buffer == nil {
			if b.err == nil {
				c.finish()
			}
			return r.report(b.err)
		}
		if err := c.add(b); err != nil {
			return r.report(err)
		}
	}
	return false
}

// report hands a source's trouble on, if it has any.
func (r *reading) report(err *SourceError) bool {
	return err == nil || r.hand(found{err: err})
}

func (r *reading) hand(f found) bool {
	select {
	case r.found <- f:
		return true
	case <-r.ctx.Done():
		return false
	}
}
