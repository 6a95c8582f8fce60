package objectstore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"

	"ph2cio/internal/source"
)

// file is an open object. What is read in order comes from a download, and what is read at any offset comes
// from windows. When an object that was read in order is read at any offset, it is damaged, and its reader
// looks for where it goes on: then all of it is fetched into a local file, which has everything from then on.
// So is an object that the service sends in another form than it is stored.
type file struct {
	object *object
	ctx    context.Context
	at     int64 // of the next Read

	lock     sync.Mutex // of what follows
	download *download
	windows  *windows
	local    *localCopy
	closed   bool
}

// peeked is how far from the start a file may be looked at before it is read in order.
const peeked = 64 << 10

// Open opens an object. It makes no request: a Read reports what is wrong with the object.
func (s *store) Open(ctx context.Context, of source.Source, offset int64) (source.File, error) {
	if of.Version == (source.Version{}) {
		now, err := s.Look(ctx, of.Name)
		if err != nil {
			return nil, err
		}
		of = now
	}
	f := &file{object: s.object(of), ctx: ctx, at: offset}
	f.object.keepsHead = !s.hasPlans()
	if offset == 0 {
		f.download = s.planned(of, false)
	}
	if f.download == nil {
		if cached := s.shared.cache.open(f.object.cached, of.Size); cached != nil {
			f.local = &localCopy{File: cached, size: of.Size}
		}
	}
	if f.download == nil && offset == 0 && fetchedWhole(f.object) {
		f.download = s.planned(of, f.local == nil)
	}
	if f.download != nil && f.local != nil { // it was put into the cache meanwhile
		f.download.close()
		f.download = nil
	}
	return f, nil
}

// Version returns the version that was asked for: no other is read.
func (f *file) Version() (source.Version, error) { return f.object.source.Version, nil }

// Read reads the next bytes.
func (f *file) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	local, d, err := f.inOrder()
	if err != nil {
		return 0, err
	}
	if local == nil {
		n, err = d.read(f.ctx, p, f.at)
		if errors.Is(err, errTranscoded) {
			local, err = f.toLocal()
		}
	}
	if err == nil && local != nil {
		n, err = local.readAt(p, f.at)
		if n > 0 {
			err = nil
		}
	}
	f.at += int64(n)
	return n, f.failed(err)
}

// inOrder returns what to read in order from: one of the two.
func (f *file) inOrder() (*localCopy, *download, error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	switch {
	case f.closed:
		return nil, nil, fs.ErrClosed
	case f.local == nil && f.at >= f.object.source.Size:
		return nil, nil, io.EOF
	case f.local == nil && f.download == nil:
		f.beginDownload()
	}
	return f.local, f.download, nil
}

// beginDownload begins a download of what nobody announced, or what was opened before its turn.
func (f *file) beginDownload() {
	d := newDownload(f.ctx, f.object, f.at, false)
	f.download = d
	f.object.shared.running.Go(func() { d.fetchAhead(d.ctx) })
}

// ReadAt reads at any offset. Several goroutines may call it at once.
func (f *file) ReadAt(p []byte, at int64) (n int, err error) {
	f.lock.Lock()
	if f.closed {
		f.lock.Unlock()
		return 0, fs.ErrClosed
	}
	size := f.object.source.Size
	beginning := at+int64(len(p)) <= peeked && f.at == 0
	if f.local == nil && f.windows == nil && f.download == nil && beginning && !strings.Contains(f.object.source.Name, ".parquet") {
		f.beginDownload()
	}
	local, d, inOrder := f.local, f.download, f.at > 0
	f.lock.Unlock()
	if local == nil && d != nil {
		part := p[:max(0, min(int64(len(p)), size-at))]
		held, err := d.peek(f.ctx, part, at)
		switch {
		case errors.Is(err, errTranscoded):
			inOrder = true
		case err != nil:
			return 0, f.failed(err)
		case held && len(part) < len(p):
			return len(part), io.EOF
		case held:
			return len(p), nil
		}
	}
	if local == nil && at >= size && !inOrder {
		return 0, io.EOF
	}
	if local == nil && (inOrder || f.object.shared.cache != nil) {
		if local, err = f.toLocal(); err != nil {
			return 0, f.failed(err)
		}
	}
	if local != nil {
		return local.readAt(p, at)
	}
	n, err = f.anyOffset().readAt(f.ctx, p, at)
	if errors.Is(err, errTranscoded) {
		if local, err = f.toLocal(); err == nil {
			return local.readAt(p, at)
		}
	}
	return n, f.failed(err)
}

// anyOffset returns the windows of the object. Its download ends.
func (f *file) anyOffset() *windows {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.windows == nil {
		f.windows = newWindows(f.ctx, f.object)
		if f.download != nil {
			f.download.close()
			f.download = nil
		}
	}
	return f.windows
}

// toLocal fetches the object into a local file, unless that has been done.
func (f *file) toLocal() (*localCopy, error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.local != nil {
		return f.local, nil
	}
	if f.closed {
		return nil, fs.ErrClosed
	}
	ctx, cancel := f.object.shared.within(f.ctx)
	defer cancel()
	local, err := f.object.toLocal(ctx)
	if err == nil {
		f.local = local
		if f.download != nil {
			f.download.close()
		}
	}
	return local, err
}

// failed returns an error of reading as its caller is to see it.
func (f *file) failed(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if cause := context.Cause(f.ctx); cause != nil {
		return cause
	}
	if f.object.shared.ctx.Err() != nil {
		return fs.ErrClosed
	}
	return plain(err)
}

// Close ends what is being fetched of the object.
func (f *file) Close() error {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	if f.download != nil {
		f.download.close()
	}
	if f.windows != nil {
		f.windows.close()
	}
	if f.local != nil {
		return f.local.Close()
	}
	return nil
}
