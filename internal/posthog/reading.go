package posthog

import (
	"context"
	"sync"

	"ph2cio/internal/source"
)

// reading is one pass over the sources. For each source a pump reads windows of bytes, or a bundle all of
// them. They are cut into chunks, source after source, on the goroutine that consumes the chunks.
type reading struct {
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	sources []source.Source
	options Options
	out     output

	before int64 // bytes on disk of the sources that have been cut
	cutter cutter

	pumps    []*pump // of the next sources that are not small
	unpumped int     // the first source that has no pump yet
	bundles  bundleReader

	endAnnounced func() // of source.Announce
}

const pumpsAhead = 2 // compressed sources open at once

func newReading(ctx context.Context, sources []source.Source, options Options, yield func(*Chunk, error) bool) *reading {
	if options.MaxRow <= 0 {
		options.MaxRow = defaultMaxRow
	}
	if options.window == 0 {
		options.window = windowSize
	}
	if options.bombSize == 0 {
		options.bombSize = bombSize
	}
	r := &reading{sources: sources, options: options}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.out = output{ctx: r.ctx, yield: yield}
	r.endAnnounced = source.Announce(r.ctx, r.opened())
	r.bundles = bundleReader{ctx: r.ctx, running: &r.running, sources: sources, options: &r.options}
	return r
}

// opened returns the sources in stores that the pass reads to their ends, in order.
func (r *reading) opened() (opened []source.Source) {
	for i, one := range r.sources {
		if one.In != nil && !r.options.Beginning && (r.options.Until == nil || r.options.Until[i] > 0) {
			opened = append(opened, one)
		}
	}
	return opened
}

// stop ends all goroutines and waits for them.
func (r *reading) stop() {
	r.cancel()
	r.running.Wait()
	r.endAnnounced()
	r.cutter.drop()
	r.bundles.drop()
}

func (r *reading) cutAll() {
	defer func() {
		for _, p := range r.pumps {
			p.close()
		}
	}()
	for i, source := range r.sources {
		cut := r.cutLarge
		if r.bundles.small(i) {
			cut = r.cutSmall
		}
		if !cut(i) {
			return
		}
		r.before += source.Size
	}
}

// cutLarge starts the pumps of the sources after this one too.
func (r *reading) cutLarge(source int) bool {
	for ; r.unpumped < len(r.sources) && len(r.pumps) < pumpsAhead; r.unpumped++ {
		if !r.bundles.small(r.unpumped) {
			r.pumps = append(r.pumps, r.startPump(r.unpumped))
		}
	}
	p := r.pumps[0]
	r.pumps = r.pumps[1:]
	defer p.close()
	return r.cut(source, p)
}

func (r *reading) cutSmall(source int) bool {
	b, ok := r.bundles.read(source)
	if !ok {
		p := r.startPump(source)
		defer p.close()
		return r.cut(source, p)
	}
	c := r.newCutter(source, "")
	if err := c.add(b); err != nil {
		return r.out.report(err)
	}
	c.finish()
	return !r.out.done()
}

// newCutter returns the one cutter there is, for a new source. codec is the compression of the source.
func (r *reading) newCutter(source int, codec string) *cutter {
	r.cutter.drop()
	r.cutter = cutter{
		out: &r.out, options: &r.options, input: &r.sources[source], source: source, before: r.before, codec: codec, line: 1,
	}
	return &r.cutter
}

// cut cuts the windows of a pump into chunks. It returns false if the consumer has stopped.
func (r *reading) cut(source int, p *pump) bool {
	c := r.newCutter(source, p.codec)
	if p.layout != nil {
		c.begin(p.layout)
	}
	for b := range p.all() {
		if b.buffer == nil {
			if b.err == nil || b.err.Kind == Warning || b.patched {
				c.finish()
			}
			return r.out.report(b.err)
		}
		if err := c.add(b); err != nil {
			return r.out.report(err)
		}
		if b.gap != nil && !c.bridge(b.gap) {
			return r.out.report(b.gap)
		}
		if r.out.done() {
			return false
		}
	}
	return false
}

func (r *reading) startPump(source int) *pump {
	p := newPump(r.sources, source, &r.options)
	p.start(r.ctx, &r.running)
	return p
}
