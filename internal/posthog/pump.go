package posthog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// A pump reads one source, window by window, on a goroutine of its own.
type pump struct {
	ctx    context.Context
	cancel context.CancelFunc
	source Source
	window int
	until  int64 // where to stop, -1 for the end
	blocks chan block
}

// block is one window of a source's bytes. The last one of a source has no buffer and says how the source ended. A
// pump that was cancelled closes its channel without it.
type block struct {
	buffer *buffer
	size   int
	end    int64 // decompressed bytes up to and including this block
	used   int64 // bytes of the file that were needed for that
	whole  bool  // the source ends here
	err    *SourceError
}

func (b *block) bytes() []byte { return b.buffer.window(b.size) }

func (r *reading) startPump(source int) *pump {
	p := &pump{source: r.sources[source], window: r.options.window, until: -1, blocks: make(chan block, blocksAhead)}
	if r.options.Until != nil {
		p.until = r.options.Until[source]
	}
	p.ctx, p.cancel = context.WithCancel(r.ctx)
	r.running.Go(p.run)
	return p
}

func (p *pump) run() {
	defer close(p.blocks)
	if p.until == 0 {
		p.send(block{})
		return
	}
	p.send(block{err: p.read()})
}

func (p *pump) send(b block) bool {
	select {
	case p.blocks <- b:
		return true
	case <-p.ctx.Done():
		b.buffer.release()
		return false
	}
}

// read sends the source's bytes and returns its trouble, nil if it has none.
func (p *pump) read() *SourceError {
	file, err := os.Open(p.source.Path)
	if err != nil {
		return p.trouble(Gone, err, "")
	}
	defer file.Close()
	s, err := openStream(file)
	if err != nil {
		if refused, ok := errors.AsType[*refusal](err); ok {
			return p.trouble(Refused, refused, refused.hint)
		}
		return p.trouble(Gone, err, "")
	}
	defer s.close()
	end, err := p.pour(s)
	return p.verdict(end, err)
}

// heldBack is how many windows are kept back until a checksum has confirmed them. What a longer gzip member begins with
// goes out before its checksum has been seen.
const heldBack = 4

// pour sends the stream's bytes and returns where it stopped and why: io.EOF at the end of the stream or at p.until.
func (p *pump) pour(s stream) (end int64, err error) {
	var held []block
	for {
		b, err := p.fill(s, end)
		end = b.end
		if b.size > 0 {
			held = append(held, b)
		}
		if d, ok := errors.AsType[*damage](err); ok && !d.keep {
			held = dropAfter(held, s.verified())
		}
		for len(held) > 0 && (err != nil || len(held) > heldBack || held[0].end <= s.verified()) {
			if !p.send(held[0]) {
				return end, p.ctx.Err()
			}
			held = held[1:]
		}
		if err != nil {
			return end, err
		}
	}
}

// fill reads the window that begins at start.
func (p *pump) fill(s stream, start int64) (b block, err error) {
	size := p.window
	if p.until >= 0 {
		size = int(min(int64(size), p.until-start))
	}
	b = block{buffer: buffers.Get().(*buffer), end: start}
	for err == nil && b.size < size {
		var n int
		n, err = s.Read(b.buffer.window(size)[b.size:])
		b.size += n
	}
	b.end += int64(b.size)
	b.used, b.whole = s.used(), err == io.EOF
	if err == nil && b.end == p.until {
		b.whole, err = true, io.EOF
	}
	if err == nil && b.end > bombSize && b.end/bombRatio > b.used {
		err = &damage{err: fmt.Errorf("it grows more than %d times when it is decompressed", bombRatio), keep: true}
	}
	return b, err
}

// Text that expands more than bombRatio times, once there is bombSize of it, is not an export.
const (
	bombSize  = 1 << 30
	bombRatio = 200
)

// dropAfter cuts the blocks off at end.
func dropAfter(held []block, end int64) []block {
	for i := range held {
		if over := held[i].end - end; over > 0 {
			if over >= int64(held[i].size) {
				return held[:i]
			}
			held[i].size -= int(over)
			held[i].end = end
			return held[:i+1]
		}
	}
	return held
}

// verdict turns the end of pour into the source's trouble.
func (p *pump) verdict(end int64, err error) *SourceError {
	d, damaged := errors.AsType[*damage](err)
	switch {
	case p.ctx.Err() != nil:
		return nil
	case end < p.until:
		return p.trouble(Changed, fmt.Errorf("the first reading found %d bytes in it, now there are %d", p.until, end), hintChanged)
	case err == io.EOF:
		return nil
	case damaged:
		return p.trouble(Damaged, d.err, "get the file again; rows before the damage have been read")
	}
	return p.trouble(Gone, err, "")
}

func (p *pump) trouble(kind SourceTrouble, err error, hint string) *SourceError {
	return &SourceError{Path: p.source.Path, Kind: kind, Err: err, Hint: hint}
}
