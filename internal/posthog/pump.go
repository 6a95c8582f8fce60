package posthog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"ph2cio/internal/codec"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// pump reads one source, window by window. It reads a compressed one or Parquet on a goroutine of its own,
// ahead of the cutting. It reads any other only on demand, because then the bytes are still in the cache of
// the core that decodes them.
type pump struct {
	ctx     context.Context
	cancel  context.CancelFunc
	source  source.Source
	options *Options
	window  int
	until   int64        // where to stop, -1 for the end
	known   *SourceError // the damage there, found by an earlier pass
	accept  bool         // damaged text is used too
	bomb    int64        // up to this size text may have any compression ratio

	given int64  // how much of the text has been passed on
	gaps  int    // in the text
	rows  int64  // that are missing in these, as far as that is known
	lost  error  // the error of the first gap
	hint  string // what to do about that gap

	file    source.File
	stream  stream
	layout  *layout      // of a Parquet file; that of any other follows from its text
	trouble *SourceError // why the source could not be opened
	codec   string       // the compression of the source
	blocks  chan block   // nil if the source is read on demand
}

// stream is the text of an open source: a *codec.Stream, or the *parquet.RowText of its rows.
type stream interface {
	io.Reader // after a *codec.Gap it can be read on
	Used() int64
	Verified() int64
	Close()
}

// newPump returns a pump for sources[i] that has read nothing yet.
func newPump(sources []source.Source, i int, o *Options) *pump {
	p := &pump{source: sources[i], options: o, window: o.window, until: -1, accept: o.AcceptDamaged, bomb: o.bombSize}
	if o.Until != nil {
		p.until = o.Until[i]
	} else if o.Known != nil && o.Known[i] != nil {
		p.known = o.Known[i]
		p.until = p.known.Sound
	}
	return p
}

// start opens the source, unless nothing of it is wanted, and begins to read it if that is done ahead. The
// goroutine that reads it counts in running.
func (p *pump) start(ctx context.Context, running *sync.WaitGroup) {
	if p.until == 0 {
		p.trouble = p.known.again()
		return
	}
	p.trouble = p.open(ctx)
	if p.trouble == nil && (p.codec != "" || p.layout != nil) {
		p.ctx, p.cancel = context.WithCancel(ctx)
		ahead := blocksAhead
		if p.options.guesses {
			ahead = 0 // what is read in vain of an object may cost money
		}
		p.blocks = make(chan block, ahead)
		running.Go(func() {
			defer p.closeFile()
			defer close(p.blocks)
			p.read(p.send)
		})
	}
}

// open opens the source. It returns why that failed.
func (p *pump) open(ctx context.Context) *SourceError {
	var err error
	if p.file, err = p.source.Open(ctx, 0); err != nil {
		return p.unread(err)
	}
	at, _ := p.file.(io.ReaderAt) // nil if there is none
	if at != nil {
		if is, _ := beginsAsParquet(at); is { // codec.Open reports the error
			return p.openParquet(at)
		}
	}
	text, err := codec.Open(p.file, codec.Options{At: at, AcceptDamaged: p.accept, Name: p.source.Name})
	if err == nil {
		p.stream, p.codec = text, text.Codec
		return nil
	}
	if e, ok := errors.AsType[*codec.Unsupported](err); ok {
		return refusedSource(&p.source, refuse(e.Error(), e.Hint), e.Codec)
	}
	return p.unread(err)
}

// unread returns the error for a source that could not be read.
func (p *pump) unread(err error) *SourceError {
	if errors.Is(err, source.ErrChanged) {
		return p.fault(Changed, err, hintChanged)
	}
	return p.fault(Gone, err, "")
}

// close ends the pump, also before its end.
func (p *pump) close() {
	if p.blocks == nil {
		p.closeFile()
		return
	}
	p.cancel() // its goroutine closes the file when it has stopped reading
}

func (p *pump) closeFile() {
	if p.stream != nil {
		p.stream.Close()
		p.stream = nil
	}
	if p.file != nil {
		_ = p.file.Close()
		p.file = nil
	}
}

// all yields the source's windows. The last block has none; its err says how the source ended.
func (p *pump) all() iter.Seq[block] {
	return func(yield func(block) bool) {
		if p.blocks == nil {
			p.read(yield)
			return
		}
		for b := range p.blocks {
			if !yield(b) {
				return
			}
		}
	}
}

// read calls take with the source's blocks until take returns false.
func (p *pump) read(take func(block) bool) {
	switch {
	case p.trouble != nil || p.stream == nil:
		take(block{err: p.trouble})
	default:
		if end, err := p.readWindows(take); err != errStopped {
			trouble := p.outcome(end, err)
			take(block{err: trouble, patched: trouble != nil && err == io.EOF && p.gaps > 0})
		}
	}
}

// errStopped means that the consumer has stopped.
var errStopped = errors.New("enough")

func (p *pump) send(b block) bool {
	select {
	case p.blocks <- b:
		return true
	case <-p.ctx.Done():
		b.buffer.release()
		return false
	}
}

// heldBack is how many windows are held back until a checksum has confirmed them. The beginning of a longer
// gzip member is passed on before its checksum is known. The second pass holds nothing back: the first has
// checked the checksums, and the bytes are compared with those of the first pass.
const heldBack = 4

func (p *pump) heldBack() int {
	if p.until >= 0 || p.options.guesses {
		return 0
	}
	return heldBack
}

// readWindows sends the stream's bytes and returns where it stopped and why: io.EOF at the end of the stream
// or at p.until.
func (p *pump) readWindows(take func(block) bool) (end int64, err error) {
	var held []block
	for {
		b, err := p.fill(end)
		if b.end < p.until && failed(err) {
			b.buffer.release() // a part of a window is not the chunk of the first pass
			return end, err
		}
		end = b.end
		if b.size > 0 || b.gap != nil {
			held = append(held, b)
		} else {
			b.buffer.release()
		}
		if d, ok := errors.AsType[*codec.Damage](err); ok && !d.Keep && !p.accept {
			held = dropAfter(held, p.stream.Verified())
		}
		for len(held) > 0 && (err != nil || len(held) > p.heldBack() || held[0].end <= p.stream.Verified()) {
			p.given = held[0].end
			if !take(held[0]) {
				return end, errStopped
			}
			held = held[1:]
		}
		if err != nil {
			return end, err
		}
	}
}

// fill reads the window that begins at start.
func (p *pump) fill(start int64) (b block, err error) {
	size := p.window
	if p.until >= 0 {
		size = int(min(int64(size), p.until-start))
	}
	b = block{buffer: takeBuffer(), end: start}
	var missing *codec.Gap
	for err == nil && missing == nil && b.size < size {
		var n int
		n, err = p.stream.Read(b.buffer.window(size)[b.size:])
		b.size += n
		if missing, _ = err.(*codec.Gap); missing != nil {
			err = nil
		}
	}
	b.end += int64(b.size)
	b.used, b.whole = p.stream.Used(), err == io.EOF
	if missing != nil {
		b.gap = p.missing(missing.Damage, b.end)
	}
	if err == nil && b.end == p.until {
		b.whole, err = p.known == nil, io.EOF
	}
	if ratio := p.tooMuch(b.end, b.used); err == nil && ratio > 0 {
		hint := "if the file is genuine, decompress it first"
		if p.layout != nil {
			hint = hintWriteAnew
		}
		err = &codec.Damage{
			Err: fmt.Errorf("the file becomes more than %d times larger when decompressed", ratio), Hint: hint, Keep: true,
		}
	}
	return b, err
}

// Text that expands more than bombRatio times is not an export once it exceeds bombSize. Text that expands
// more than clearRatio times is none once it exceeds a sixteenth of that. An export whose rows repeat one
// person's properties and little else expands about 100 times. Parquet may expand parquetTimes as much: a
// dictionary has those properties only once, so that 20 KB of them become 500 times larger.
const (
	bombSize     = 1 << 30
	bombRatio    = 200
	clearRatio   = 300
	parquetTimes = 10
)

// tooMuch returns the ratio above that a text exceeds, or 0.
func (p *pump) tooMuch(text, used int64) int64 {
	times := int64(1)
	if p.layout != nil {
		times = parquetTimes
	}
	switch {
	case text > p.bomb/16 && text/(clearRatio*times) > used:
		return clearRatio * times
	case text > p.bomb && text/(bombRatio*times) > used:
		return bombRatio * times
	}
	return 0
}

// dropAfter cuts the blocks off at end.
func dropAfter(held []block, end int64) []block {
	for i := range held {
		over := held[i].end - end
		if over <= 0 {
			continue
		}
		left := held[:i]
		if over < int64(held[i].size) {
			held[i].size -= int(over)
			held[i].end = end
			left = held[:i+1]
		}
		for _, b := range held[len(left):] {
			b.buffer.release()
		}
		return left
	}
	return held
}

// outcome turns the result of readWindows into the source's error.
func (p *pump) outcome(end int64, err error) *SourceError {
	d, damaged := errors.AsType[*codec.Damage](err)
	switch {
	case end < p.until && failed(err):
		return p.unread(err)
	case end < p.until:
		return p.fault(Changed, fmt.Errorf("the file has changed since it was first read: it had %d bytes, now %d", p.until, end), hintChanged)
	case p.known != nil:
		return p.known.again()
	case p.gaps > 0 && err == io.EOF && p.until < 0:
		return p.patched(end)
	case err == io.EOF, end == p.until:
		return nil
	case damaged:
		return p.damaged(d, end)
	}
	return p.unread(err)
}

// failed reports whether a stream ended because its source could not be read.
func failed(err error) bool {
	_, damaged := errors.AsType[*codec.Damage](err)
	return err != nil && err != io.EOF && !damaged
}

// damaged returns the error for a source whose stream is damaged after end bytes of text. It says what is
// used of it.
func (p *pump) damaged(d *codec.Damage, end int64) *SourceError {
	if d.Minor {
		return p.fault(Warning, d.Err, d.Hint)
	}
	sound := p.stream.Verified()
	switch {
	case d.Keep || sound >= end:
		hint := "get a new copy of the file"
		if end > 0 {
			hint += "; rows before the damage were read"
		}
		return p.damage(end, d.Err, cmp.Or(d.Hint, hint))
	case p.accept:
		return p.damage(end, fmt.Errorf("%w; what can be read of it is used (%d bytes)", d.Err, end), hintPatched)
	}
	return &SourceError{
		Path: p.source.Name, Kind: Damaged, Err: fmt.Errorf("%w; %s", d.Err, usedOf(sound)), Advice: hintDamaged,
		Sound: sound, Doubtful: p.given > sound,
	}
}

// missing counts a gap, and returns the error for a source that cannot be read after it.
func (p *pump) missing(d *codec.Damage, end int64) *SourceError {
	if p.gaps++; p.gaps == 1 {
		p.lost, p.hint = d.Err, cmp.Or(d.Hint, "get a new copy of the file")
	}
	p.rows += d.Rows
	return p.damage(end, fmt.Errorf("%w; %s", d.Err, usedOf(end)), p.hint)
}

// patched returns the error for a source that was read to its end with gaps.
func (p *pump) patched(end int64) *SourceError {
	parts := "1 part of the file is damaged"
	if p.gaps > 1 {
		parts = fmt.Sprintf("%d parts of the file are damaged", p.gaps)
	}
	what, hint := "damaged rows are left out, all others are used", hintDamaged
	switch {
	case p.layout != nil:
		hint = p.hint // none of the damaged rows can be read, whether accepted or not
	case p.accept:
		what, hint = "what can be read is used", hintPatched
	}
	if p.rows > 0 {
		parts += " (" + report.Plural(p.rows, "row is lost", "rows are lost") + ")"
		what = "all other rows are used"
	}
	return p.damage(end, fmt.Errorf("%s: %w; %s", parts, p.lost, what), hint)
}

const (
	hintWriteAnew = "if the file is genuine, export it as JSON lines"
	hintDamaged   = "get a new copy of the file, or use what can be read of its damaged parts: --accept-damaged"
	hintPatched   = "check what was read; get a new copy of the file if you can"
)

func usedOf(sound int64) string {
	if sound == 0 {
		return "nothing in the file is used"
	}
	return fmt.Sprintf("only the first %d bytes of its text are known to be good, and the rest is left out", sound)
}

// damage returns the error for a source of which the first sound bytes may be used.
func (p *pump) damage(sound int64, err error, hint string) *SourceError {
	return &SourceError{Path: p.source.Name, Kind: Damaged, Err: err, Advice: hint, Sound: sound}
}

func (p *pump) fault(kind SourceTrouble, err error, hint string) *SourceError {
	return &SourceError{Path: p.source.Name, Kind: kind, Err: err, Advice: hint}
}

const blocksAhead = 3 // windows that a pump of a compressed source reads ahead
