// Package sources is a store in memory with the manners of stores far away: it may be slow, lack random
// access, fail in the middle, or change what it has between two readings and within one.
package sources

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
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

// Scheme begins the URLs of sources that a Store lists, as in mem://bucket/events.jsonl.
const Scheme = "mem://"

// Store is a source.Lister. Its sources have tags as versions, which are hashes of their content. The clock
// by which they are put is the number of calls of Put, in seconds, unless Now is set.
type Store struct {
	Manners
	Now  time.Time // when the next source is put
	Down error     // what every call fails with, nil for none

	lock    sync.Mutex
	objects map[string]object
	puts    int64
	calls   Calls
	open    int
}

// Calls counts the calls of a store by kind.
type Calls struct {
	List, Look, Open int
	Announced        int // sources
}

type object struct {
	data     []byte
	tag      string
	modified int64 // unix nanoseconds
}

// New returns an empty store.
func New(m Manners) *Store { return &Store{Manners: m, objects: map[string]object{}} }

// Remote finds the store of URLs that begin with Scheme.
func (s *Store) Remote(arg string) (source.Lister, error) { return remote(s, arg) }

func remote(store source.Lister, arg string) (source.Lister, error) {
	if !strings.HasPrefix(arg, Scheme) {
		return nil, fmt.Errorf("only %s can be read", Scheme)
	}
	return store, nil
}

// tagOf returns the tag of an object.
func tagOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// Put gives a name to data, and returns it as a source.
func (s *Store) Put(name string, data []byte) source.Source {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.puts++
	one := object{data, tagOf(data), s.puts * int64(time.Second)}
	if !s.Now.IsZero() {
		one.modified = s.Now.UnixNano()
	}
	s.objects[name] = one
	return s.sourceOf(name, one)
}

// Rename gives another name to a source, as stores do: by a copy with the same tag and a new time.
func (s *Store) Rename(from, to string) source.Source {
	s.lock.Lock()
	data := s.objects[from].data
	s.lock.Unlock()
	s.Remove(from)
	return s.Put(to, data)
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
func (s *Store) Opened() int { return s.Calls().Open }

// Calls counts the calls since New.
func (s *Store) Calls() Calls {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.calls
}

// count counts a call, and returns what it fails with.
func (s *Store) count(add func(*Calls)) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	add(&s.calls)
	return s.Down
}

// List returns the sources whose names begin with a prefix, in any order.
func (s *Store) List(_ context.Context, prefix string) (all []source.Source, err error) {
	if err := s.count(func(c *Calls) { c.List++ }); err != nil {
		return nil, err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	for name, one := range s.objects {
		if strings.HasPrefix(name, prefix) {
			all = append(all, s.sourceOf(name, one))
		}
	}
	return all, nil
}

// Announce counts the sources.
func (s *Store) Announce(_ context.Context, announced []source.Source) (done func()) {
	_ = s.count(func(c *Calls) { c.Announced += len(announced) })
	return func() {}
}

// Unclosed counts the files that were opened and are not closed yet.
func (s *Store) Unclosed() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.open
}

// Open refuses a source of another version than it has, as stores do that are asked for one.
func (s *Store) Open(ctx context.Context, of source.Source, offset int64) (source.File, error) {
	if err := s.count(func(*Calls) {}); err != nil {
		return nil, err
	}
	one, err := s.get(of.Name)
	if err != nil {
		return nil, err
	}
	version := s.sourceOf(of.Name, one).Version
	if of.Version.Tag != "" && of.Version.Tag != version.Tag {
		return nil, fmt.Errorf("open %s: %w", of.Name, source.ErrChanged)
	}
	s.lock.Lock()
	s.calls.Open++
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
	if err := s.count(func(c *Calls) { c.Look++ }); err != nil {
		return source.Source{}, err
	}
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
		Name: name, Size: int64(len(one.data)), In: s, Version: source.Version{Tag: one.tag, Modified: one.modified},
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
	if now.tag != f.object.tag {
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
