// Package sources is a store in memory with the manners of stores far away: it may be slow, lack random
// access, fail in the middle, or change what it has between two readings and within one.
package sources

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"testing"
	"time"

	"ph2cio/internal/source"
)

// Manners are how a store behaves. The zero value gives whole sources at once, read from their beginning to
// their end.
type Manners struct {
	AnyOffset bool          // a file is an io.ReaderAt
	Sips      int           // a call of Read gives at most so many bytes, sometimes fewer; 0 is no limit
	Delay     time.Duration // before each read gives something, unless the context of Open is done
	FailAt    int64         // a read at this offset or after it fails with ErrBroken; 0 never fails
}

// ErrBroken is what a read fails with.
var ErrBroken = errors.New("the connection was reset")

// Store is a source.Store. Its sources have tags as versions, and no times.
type Store struct {
	Manners

	lock    sync.Mutex
	objects map[string]object
	opened  int
	open    int
}

type object struct {
	data    []byte
	version int
}

// New returns an empty store.
func New(m Manners) *Store { return &Store{Manners: m, objects: map[string]object{}} }

// Put gives a name to data, in a version of its own, and returns it as a source.
func (s *Store) Put(name string, data []byte) source.Source {
	s.lock.Lock()
	defer s.lock.Unlock()
	one := object{data, s.objects[name].version + 1}
	s.objects[name] = one
	return s.sourceOf(name, one)
}

// Remove takes a source away.
func (s *Store) Remove(name string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.objects, name)
}

// Copy puts the files of other sources into the store, under their names, and returns them as sources.
func (s *Store) Copy(tb testing.TB, files []source.Source) []source.Source {
	tb.Helper()
	var all []source.Source
	for _, file := range files {
		data, err := os.ReadFile(file.Name)
		if err != nil {
			tb.Fatal(err)
		}
		copied := s.Put(file.Name, data)
		copied.Beside = file.Beside
		all = append(all, copied)
	}
	return all
}

// Opened counts how often a source was opened.
func (s *Store) Opened() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.opened
}

// Unclosed counts the files that were opened and are not closed yet.
func (s *Store) Unclosed() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.open
}

// Open refuses a source of another version than it has, as stores do that are asked for one.
func (s *Store) Open(ctx context.Context, of source.Source, offset int64) (source.File, error) {
	one, err := s.get(of.Name)
	if err != nil {
		return nil, err
	}
	version := s.sourceOf(of.Name, one).Version
	if of.Version != (source.Version{}) && of.Version != version {
		return nil, fmt.Errorf("open %s: %w", of.Name, source.ErrChanged)
	}
	s.lock.Lock()
	s.opened++
	s.open++
	s.lock.Unlock()
	f := &file{ctx: ctx, store: s, name: of.Name, object: one, version: version, at: offset}
	if s.AnyOffset {
		return anywhere{f}, nil
	}
	return f, nil
}

// Look returns what has this name now.
func (s *Store) Look(_ context.Context, name string) (source.Source, error) {
	one, err := s.get(name)
	if err != nil {
		return source.Source{}, err
	}
	return s.sourceOf(name, one), nil
}

func (s *Store) get(name string) (object, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	one, there := s.objects[name]
	if !there {
		return one, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return one, nil
}

func (s *Store) sourceOf(name string, one object) source.Source {
	return source.Source{
		Name: name, Size: int64(len(one.data)), In: s, Version: source.Version{Tag: fmt.Sprint("version ", one.version)},
	}
}

// file is read in order.
type file struct {
	ctx     context.Context
	store   *Store
	name    string
	object  object
	version source.Version
	at      int64
	calls   int
	closed  bool // under the store's lock
}

func (f *file) Read(p []byte) (int, error) {
	f.calls++
	if most := f.store.Sips; most > 0 {
		p = p[:min(len(p), 1+f.calls*7919%most)] // of all sizes, the same in every run
	}
	n, err := f.readAt(p, f.at)
	f.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

func (f *file) readAt(p []byte, at int64) (int, error) {
	if delay := f.store.Delay; delay > 0 {
		select {
		case <-time.After(delay):
		case <-f.ctx.Done():
			return 0, context.Cause(f.ctx)
		}
	}
	now, err := f.store.get(f.name)
	if err != nil {
		return 0, err
	}
	if now.version != f.object.version {
		return 0, fmt.Errorf("read %s: %w", f.name, source.ErrChanged)
	}
	data := f.object.data
	if fail := f.store.FailAt; fail > 0 && fail < int64(len(data)) {
		if at >= fail {
			return 0, fmt.Errorf("read %s: %w", f.name, ErrBroken)
		}
		p = p[:min(int64(len(p)), fail-at)]
	}
	return bytes.NewReader(data).ReadAt(p, at)
}

func (f *file) Version() (source.Version, error) { return f.version, nil }

func (f *file) Close() error {
	f.store.lock.Lock()
	defer f.store.lock.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	f.store.open--
	return nil
}

// anywhere is a file that can be read at any offset too.
type anywhere struct{ *file }

// ReadAt reads as io.ReaderAt says: less than there is room for comes with an error.
func (f anywhere) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.readAt(p, at)
	if err == nil && n < len(p) {
		_, err = f.readAt(p[n:], at+int64(n))
	}
	return n, err
}
