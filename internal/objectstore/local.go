package objectstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"

	"ph2cio/internal/diskspace"
	"ph2cio/internal/exit"
	"ph2cio/internal/leftovers"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// temporaryPrefix begins the names of temporary files, here and in the cache.
const temporaryPrefix = "ph2cio-object-"

// localCopy is a whole object in a file of this machine.
type localCopy struct {
	*os.File
	size   int64
	remove bool // when it is closed
}

// Close removes a temporary copy.
func (l *localCopy) Close() error {
	err := l.File.Close()
	if l.remove {
		_ = os.Remove(l.Name()) // on most systems it has been removed already
	}
	return err
}

// toLocal fetches a whole object into a file. An object that the service sends in another form has that form
// there.
func (o *object) toLocal(ctx context.Context) (*localCopy, error) {
	if file := o.shared.cache.open(o.cached, o.source.Size); file != nil {
		return &localCopy{File: file, size: o.source.Size}, nil
	}
	dir := cmp.Or(o.shared.options.Temporary, os.TempDir())
	leftovers.Remove(dir, leftovers.Pattern{Before: temporaryPrefix, Age: leftovers.Brief})
	if free, known := diskspace.Free(dir); known && free < o.source.Size {
		return nil, noRoom(fmt.Sprintf("the object has to be fetched as a whole, which needs %s, but the disk of %s has only %s free",
			report.Bytes(o.source.Size), dir, report.Bytes(free)))
	}
	file, err := os.CreateTemp(dir, temporaryPrefix+"*") // 0600, and never through a link
	if err != nil {
		return nil, localTrouble(dir, err)
	}
	leftovers.Lock(file)
	local := &localCopy{File: file, size: o.source.Size, remove: true}
	if runtime.GOOS != "windows" {
		local.remove = os.Remove(file.Name()) != nil // it stays readable until it is closed
	}
	toCache := o.shared.cache.create(o.cached, o.source.Size)
	err = o.partsTo(ctx, func(b []byte, at int64) error {
		toCache.write(b, at)
		_, err := file.WriteAt(b, at)
		return err
	})
	if errors.Is(err, errTranscoded) {
		local.size, err = o.wholeTo(ctx, file)
	}
	toCache.finish()
	if err != nil {
		_ = local.Close() // the first error says what is wrong
		return nil, localTrouble(dir, err)
	}
	return local, nil
}

// localTrouble is the error for a temporary file in a directory that cannot be made or written; any other error is
// returned unchanged. It is no fault of the object, and so it ends the run.
func localTrouble(dir string, err error) error {
	_, of := errors.AsType[*fs.PathError](err)
	switch {
	case diskspace.IsFull(err):
		return noRoom(fmt.Sprintf("the disk of %s is full", dir))
	case of:
		return &Error{text: err.Error(), hint: "name another directory with --tmp", code: exit.State, is: source.ErrUnavailable}
	}
	return err
}

func noRoom(text string) *Error {
	return &Error{
		text: text, code: exit.State, is: source.ErrUnavailable,
		hint: "free some space, or name a directory on a larger disk with --tmp; then run the same command again",
	}
}

// localAtOnce is how many requests fetch a whole object at the same time.
const localAtOnce = 8

// partsTo fetches all parts of an object. write is called by several goroutines at once.
func (o *object) partsTo(ctx context.Context, write func(b []byte, at int64) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	slots := make(chan struct{}, localAtOnce)
	for from := int64(0); from < o.source.Size && ctx.Err() == nil; from += partSize {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			s := &writerSink{at: from, write: write, buffer: make([]byte, blockSize)}
			err := o.read(ctx, from, min(from+partSize, o.source.Size), s)
			if err == nil {
				err = s.flush()
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// wholeTo fetches an object by one request, and returns its size.
func (o *object) wholeTo(ctx context.Context, file *os.File) (size int64, err error) {
	s := &writerSink{buffer: make([]byte, blockSize), write: func(b []byte, at int64) error {
		_, err := file.WriteAt(b, at)
		return err
	}}
	size, err = o.readAll(ctx, func() error {
		s.at, s.used = 0, 0
		return file.Truncate(0)
	}, s)
	return size, errors.Join(err, s.flush())
}

// writerSink is a sink that hands the bytes on in whole blocks, with their offset. flush hands on the last
// ones.
type writerSink struct {
	at     int64 // of the buffer
	buffer []byte
	used   int
	write  func(b []byte, at int64) error
}

func (s *writerSink) room() []byte { return s.buffer[s.used:] }

func (s *writerSink) filled(n int) error {
	if s.used += n; s.used < len(s.buffer) {
		return nil
	}
	return s.flush()
}

func (s *writerSink) flush() error {
	used, at := s.used, s.at
	s.used, s.at = 0, at+int64(used)
	if used == 0 {
		return nil
	}
	return s.write(s.buffer[:used], at)
}

// readAt reads as an io.ReaderAt does, up to the end of the object.
func (l *localCopy) readAt(p []byte, at int64) (int, error) {
	if at >= l.size {
		return 0, io.EOF
	}
	n, err := l.ReadAt(p[:min(int64(len(p)), l.size-at)], at)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}
