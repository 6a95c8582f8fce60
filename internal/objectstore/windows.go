package objectstore

import (
	"context"
	"io"
	"slices"
	"sync"
)

const (
	windowSize  = 1 << 20   // bytes that one request fetches of an object that is read at any offset
	tailSize    = 256 << 10 // the window at the end of an object, for the footer of a Parquet file
	mostWindows = 24        // of one file: two for each column of a Parquet file that is read in order
)

// windows hold parts of an object that is read at any offset. A reader that comes to the second half of a
// window makes the next one be fetched. Those that were read to their end first are dropped first, then the
// least recently used ones.
type windows struct {
	object *object
	ctx    context.Context
	cancel context.CancelFunc

	lock    sync.Mutex
	all     []*window // the most recently used first, then those that were read to their end, the newest first
	fetched spans     // all that has been asked for
	running sync.WaitGroup
}

type window struct {
	from, to int64
	bytes    []byte
	done     chan struct{} // closed when the bytes are there, or err is
	err      error
	read     bool // to its end
}

func newWindows(ctx context.Context, o *object) *windows {
	w := &windows{object: o}
	w.ctx, w.cancel = o.shared.within(ctx)
	return w
}

// readAt reads as an io.ReaderAt does.
func (w *windows) readAt(ctx context.Context, p []byte, at int64) (n int, err error) {
	size := w.object.source.Size
	for n < len(p) && at < size {
		one := w.covering(at, len(p)-n)
		select {
		case <-one.done:
		case <-ctx.Done():
			return n, context.Cause(ctx)
		}
		if one.err != nil {
			w.forget(one)
			return n, one.err
		}
		m := copy(p[n:], one.bytes[at-one.from:])
		n, at = n+m, at+int64(m)
		if at >= (one.from+one.to)/2 && one.to < size {
			w.fetchAhead(one.to)
		}
		if at == one.to {
			w.read(one)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// fetchAhead begins to fetch the window at an offset, unless that has been read before: then another column
// of a Parquet file begins there.
func (w *windows) fetchAhead(at int64) {
	w.lock.Lock()
	seen, _ := w.fetched.at(at)
	w.lock.Unlock()
	if !seen {
		w.covering(at, 0)
	}
}

// covering returns the window with the byte at an offset, and begins to fetch it if there is none.
func (w *windows) covering(at int64, wanted int) *window {
	w.lock.Lock()
	defer w.lock.Unlock()
	for i, one := range w.all {
		if one.from <= at && at < one.to {
			if !one.read {
				copy(w.all[1:i+1], w.all[:i])
				w.all[0] = one
			}
			return one
		}
	}
	size := w.object.source.Size
	from := min(at, max(0, size-tailSize))
	to := min(size, at+max(windowSize, int64(wanted)))
	for _, other := range w.all { // what another window has is not fetched again
		if other.from > at {
			to = min(to, other.from)
		}
		if other.to <= at {
			from = max(from, other.to)
		}
	}
	if seen, next := w.fetched.at(at); !seen && next > at { // nor what others have had
		to = min(to, next)
	}
	w.fetched.add(from, to)
	one := &window{from: from, to: to, done: make(chan struct{})}
	w.all = slices.Insert(w.all, 0, one)
	blocks := blocksFor(to - from)
	w.object.shared.memory.take(blocks)
	for len(w.all) > mostWindows {
		last := w.all[len(w.all)-1]
		w.all = w.all[:len(w.all)-1]
		w.object.shared.memory.release(blocksFor(last.to - last.from))
	}
	w.running.Go(func() {
		defer close(one.done)
		one.bytes = make([]byte, to-from)
		one.err = w.object.read(w.ctx, from, to, &bytesSink{left: one.bytes})
	})
	return one
}

// read marks a window that has been read to its end, so that it is dropped before others.
func (w *windows) read(one *window) {
	w.lock.Lock()
	defer w.lock.Unlock()
	one.read = true
	if i := slices.Index(w.all, one); i >= 0 {
		w.all = slices.Delete(w.all, i, i+1)
		w.all = slices.Insert(w.all, w.unread(), one)
	}
}

// unread returns how many windows have not been read to their end. They come first.
func (w *windows) unread() int {
	n := len(w.all)
	for n > 0 && w.all[n-1].read {
		n--
	}
	return n
}

// forget drops a window that could not be fetched.
func (w *windows) forget(one *window) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if i := slices.Index(w.all, one); i >= 0 {
		w.all = slices.Delete(w.all, i, i+1)
		w.object.shared.memory.release(blocksFor(one.to - one.from))
	}
}

// close ends all requests, and waits for them.
func (w *windows) close() {
	w.cancel()
	w.running.Wait()
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, one := range w.all {
		w.object.shared.memory.release(blocksFor(one.to - one.from))
	}
	w.all = nil
}

// bytesSink fills a slice.
type bytesSink struct{ left []byte }

func (s *bytesSink) room() []byte { return s.left }

func (s *bytesSink) filled(n int) error {
	s.left = s.left[n:]
	return nil
}

// spans are parts of a file, sorted, that do not touch.
type spans []struct{ from, to int64 }

// at reports whether the byte at an offset is in a span, and where the next span after it begins, 0 for none.
func (s spans) at(offset int64) (in bool, next int64) {
	for _, one := range s {
		if offset < one.from {
			return false, one.from
		}
		if offset < one.to {
			return true, 0
		}
	}
	return false, 0
}

// add adds a part, and joins it with those that it touches.
func (s *spans) add(from, to int64) {
	first := 0
	for first < len(*s) && (*s)[first].to < from {
		first++
	}
	last := first
	for last < len(*s) && (*s)[last].from <= to {
		from, to = min(from, (*s)[last].from), max(to, (*s)[last].to)
		last++
	}
	*s = slices.Replace(*s, first, last, struct{ from, to int64 }{from, to})
}
