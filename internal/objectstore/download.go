package objectstore

import (
	"context"
	"io/fs"
	"sync"
)

const (
	partSize  = 4 << 20   // bytes that one request fetches, at most
	firstSize = 256 << 10 // of an object that nobody announced, since perhaps only its beginning is wanted
)

// download fetches an object in order, in parts that wait in memory until they are read. Several goroutines
// schedule parts: those that fetch ahead, and the reader that needs the next part at once.
type download struct {
	object *object
	ctx    context.Context
	cancel context.CancelFunc

	lock    sync.Mutex
	parts   []*part       // that have been scheduled and not been read, in order
	next    int64         // the offset of the part that is scheduled next
	step    int64         // its size, unless the object ends before
	ahead   int           // how many parts may wait; 0 for as many as there is memory for
	closed  bool          // nothing more is scheduled
	more    chan struct{} // closed when parts have changed
	toCache *cacheFile    // the copy in the cache; nil for none
	whole   int64         // bytes that must arrive until the copy is complete
}

// part is a part of an object. Its fields are guarded by the lock of the download.
type part struct {
	from, to int64
	blocks   [][]byte
	reserved int   // blocks that have not been released
	got      int64 // bytes that have arrived
	done     bool  // no more will arrive
	err      error // why it is not complete
}

// newDownload returns a download that begins at an offset. Without announced it begins with small parts, and
// fetches ahead only as much as its reader has read.
func newDownload(ctx context.Context, o *object, offset int64, announced bool) *download {
	d := &download{object: o, next: offset, step: firstSize, ahead: 1, more: make(chan struct{})}
	if announced {
		d.step, d.ahead = partSize, 0
	}
	d.ctx, d.cancel = o.shared.within(ctx)
	if offset == 0 {
		d.toCache, d.whole = o.shared.cache.create(o.cached, o.source.Size), o.source.Size
	}
	return d
}

// size returns the size of the part that is scheduled next, 0 if there is none. The lock is held.
func (d *download) size() int64 {
	if d.closed {
		return 0
	}
	return min(d.step, d.object.source.Size-d.next)
}

// notify wakes all that wait for a change of parts. The lock is held.
func (d *download) notify() {
	close(d.more)
	d.more = make(chan struct{})
}

// begin schedules the next part, for which blocks were reserved. slot is called when it has been fetched. The
// lock is held.
func (d *download) begin(reserved int, slot func()) {
	size := d.size()
	p := &part{from: d.next, to: d.next + size, reserved: reserved, blocks: make([][]byte, 0, reserved)}
	d.parts = append(d.parts, p)
	d.next += size
	d.step = min(2*d.step, partSize)
	shared := d.object.shared
	shared.running.Go(func() {
		err := d.object.read(d.ctx, p.from, p.to, &partSink{download: d, part: p})
		slot()
		d.lock.Lock()
		p.done, p.err = true, err
		d.whole -= p.got
		complete := d.whole == 0
		if d.closed {
			d.release(p)
		}
		d.notify()
		d.lock.Unlock()
		if complete {
			d.toCache.finish()
		}
	})
}

// fetchAhead schedules all parts, one after the other, as soon as there are memory and a slot for each. It
// returns when the last is scheduled or the download was closed.
func (d *download) fetchAhead(ctx context.Context) {
	shared := d.object.shared
	for ctx.Err() == nil {
		d.lock.Lock()
		size, enough, more := d.size(), d.ahead > 0 && len(d.parts) >= d.ahead, d.more
		d.lock.Unlock()
		if size == 0 {
			return
		}
		if enough {
			select {
			case <-more:
			case <-ctx.Done():
			}
			continue
		}
		blocks := blocksFor(size)
		if shared.memory.reserve(ctx, blocks) != nil {
			return
		}
		select {
		case shared.slots <- struct{}{}:
		case <-ctx.Done():
			shared.memory.release(blocks)
			return
		}
		free := func() { <-shared.slots }
		d.lock.Lock()
		if d.size() == size {
			d.begin(blocks, free)
			blocks = 0
		}
		d.lock.Unlock()
		if blocks > 0 { // its reader has scheduled the part meanwhile
			shared.memory.release(blocks)
			free()
		}
	}
}

// beginNow schedules the next part, whatever memory is left. The lock is held.
func (d *download) beginNow() {
	blocks := blocksFor(d.size())
	d.object.shared.memory.take(blocks)
	d.begin(blocks, func() {})
}

// partSink puts the bytes of a part into blocks.
type partSink struct {
	download *download
	part     *part
	block    []byte // the last one
	used     int    // bytes of it
}

func (s *partSink) room() []byte {
	if s.used == len(s.block) {
		s.block, s.used = s.download.object.shared.memory.block(), 0
		s.download.lock.Lock()
		s.part.blocks = append(s.part.blocks, s.block)
		s.download.lock.Unlock()
	}
	return s.block[s.used:]
}

func (s *partSink) filled(n int) error {
	d, p := s.download, s.part
	if n == 0 {
		return nil
	}
	s.used += n
	if last := p.from + p.got + int64(n); s.used == len(s.block) || last == p.to {
		d.toCache.write(s.block[:s.used], last-int64(s.used))
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	p.got += int64(n)
	if s.used == len(s.block) || p.got == p.to-p.from || p.got == int64(n) {
		d.notify()
	}
	return nil
}

// read reads bytes at an offset, which must not be before what was read already: what comes before it is
// released. It waits for at least one byte.
func (d *download) read(ctx context.Context, p []byte, at int64) (int, error) {
	for {
		d.lock.Lock()
		d.dropBefore(at)
		if d.closed {
			d.lock.Unlock()
			return 0, fs.ErrClosed
		}
		if len(d.parts) == 0 {
			d.beginNow()
		}
		n, more, err := d.copyAt(p, at)
		d.lock.Unlock()
		if n > 0 || err != nil {
			return n, err
		}
		select {
		case <-more:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

// dropBefore releases what comes before an offset. The lock is held.
func (d *download) dropBefore(at int64) {
	for len(d.parts) > 0 && d.parts[0].to <= at {
		d.release(d.parts[0])
		d.parts = d.parts[1:]
		if d.ahead > 0 {
			d.ahead++
		}
		d.notify()
	}
	if len(d.parts) == 0 {
		return
	}
	first := d.parts[0]
	for i := range (at - first.from) / blockSize {
		if block := first.blocks[i]; block != nil {
			first.blocks[i] = nil
			first.reserved--
			d.object.shared.memory.release(1, block)
		}
	}
}

// release releases the memory of a part. The lock is held, and its fetching has ended.
func (d *download) release(p *part) {
	used := p.blocks[:0]
	for _, block := range p.blocks {
		if block != nil {
			used = append(used, block)
		}
	}
	d.object.shared.memory.release(p.reserved, used...)
	p.blocks, p.reserved = nil, 0
}

// copyAt copies bytes that have arrived, and returns what is closed when more have. The lock is held.
func (d *download) copyAt(p []byte, at int64) (n int, more chan struct{}, err error) {
	for _, part := range d.parts {
		for at >= part.from && at < part.from+part.got && n < len(p) {
			offset := at - part.from
			block := part.blocks[offset/blockSize]
			if block == nil {
				return n, d.more, nil // it was read already
			}
			block = block[:min(blockSize, part.got-offset/blockSize*blockSize)]
			m := copy(p[n:], block[offset%blockSize:])
			n, at = n+m, at+int64(m)
		}
		if n == 0 && part.err != nil && at >= part.from && at < part.to {
			return 0, d.more, part.err
		}
		if n == len(p) || at < part.to {
			break
		}
	}
	return n, d.more, nil
}

// peek fills p with bytes at an offset without releasing any, and waits until they have arrived. held is
// false if they have not been scheduled, or were released. The first part is scheduled if it has them.
func (d *download) peek(ctx context.Context, p []byte, at int64) (held bool, err error) {
	for n := 0; n < len(p); {
		d.lock.Lock()
		if d.next == 0 && at+int64(len(p)) <= d.size() {
			d.beginNow()
		}
		if held = d.holds(at+int64(n), at+int64(len(p))); !held {
			d.lock.Unlock()
			return false, nil
		}
		m, more, err := d.copyAt(p[n:], at+int64(n))
		d.lock.Unlock()
		if n += m; err != nil {
			return true, err
		}
		if m > 0 {
			continue
		}
		select {
		case <-more:
		case <-ctx.Done():
			return true, context.Cause(ctx)
		}
	}
	return true, nil
}

// holds reports whether the bytes from one offset to another have been scheduled and not been released. The
// lock is held.
func (d *download) holds(from, to int64) bool {
	if d.closed || len(d.parts) == 0 || from < d.parts[0].from || to > d.parts[len(d.parts)-1].to {
		return false
	}
	first := d.parts[0]
	block := (from - first.from) / blockSize
	return from >= first.to || block >= int64(len(first.blocks)) || first.blocks[block] != nil
}

// close ends the download. The memory of parts that are being fetched is released when that has ended. Later
// calls do nothing.
func (d *download) close() {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.closed {
		return
	}
	d.closed = true
	d.cancel()
	for _, p := range d.parts {
		if p.done {
			d.release(p)
		}
	}
	d.parts = nil
	d.notify()
	d.toCache.finish()
}
