package objectstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ph2cio/internal/source"
)

// store is the source.Lister of one service, with all of its buckets.
type store struct {
	shared  *shared
	scheme  string
	service service

	lock    sync.Mutex
	buckets map[string]bucket // by name
	plans   []*plan           // replaced when it changes, never changed

	heads heads
}

func newStore(s *shared, scheme string, of service) *store {
	return &store{shared: s, scheme: scheme, service: of, buckets: map[string]bucket{}}
}

// find returns the bucket and the key of a URL.
func (s *store) find(url string) (name string, in bucket, key string) {
	name, key = s.service.split(strings.TrimPrefix(url, s.scheme+"://"))
	s.lock.Lock()
	defer s.lock.Unlock()
	in = s.buckets[name]
	if in == nil {
		in = s.service.bucket(name)
		s.buckets[name] = in
	}
	return name, in, key
}

// object returns what a source of this store is.
func (s *store) object(of source.Source) *object {
	_, in, key := s.find(of.Name)
	return &object{shared: s.shared, bucket: in, key: key, source: of, cached: s.cacheName(&of), heads: &s.heads}
}

// cacheName returns the name of a source in the cache. It is empty for a source without a tag, which is never
// kept.
func (s *store) cacheName(of *source.Source) string {
	if s.shared.cache == nil || of.Version.Tag == "" {
		return ""
	}
	return cacheNameOf(s.service.place(), of.Name, of.Version.Tag)
}

// listWithin is how long the answer to a request for a page of a list may take.
const listWithin = time.Minute

var errSlowList = fmt.Errorf("the list did not arrive within %v", listWithin)

// List returns all objects whose URLs begin with a prefix, as source.Lister says.
func (s *store) List(ctx context.Context, prefix string) ([]source.Source, error) {
	name, in, key := s.find(prefix)
	var all []source.Source
	before, cursor := s.scheme+"://"+name+"/", ""
	for {
		type answer struct {
			found []listed
			next  string
		}
		a, err := retry(ctx, s.shared, func() (answer, error) {
			ctx, cancel := context.WithTimeoutCause(ctx, listWithin, errSlowList)
			defer cancel()
			found, next, err := in.list(ctx, key, cursor)
			if err != nil && context.Cause(ctx) == errSlowList {
				err = errSlowList
			}
			return answer{found, next}, err
		})
		if err != nil {
			return nil, plain(err)
		}
		all = slices.Grow(all, len(a.found))
		for _, one := range a.found {
			all = append(all, s.source(before+one.key, one))
		}
		if a.next == "" {
			break
		}
		if a.next == cursor { // it would never end
			return nil, &Error{text: "the store sends the same part of the list again and again", is: source.ErrUnavailable}
		}
		cursor = a.next
	}
	return all, nil
}

// Look returns the object with this URL. The error wraps fs.ErrNotExist if there is none.
func (s *store) Look(ctx context.Context, name string) (source.Source, error) {
	_, in, key := s.find(name)
	found, err := retry(ctx, s.shared, func() (listed, error) { return in.look(ctx, key) })
	if err != nil {
		return source.Source{}, plain(err)
	}
	return s.source(name, found), nil
}

func (s *store) source(name string, of listed) source.Source {
	return source.Source{Name: name, Size: of.size, Version: of.version, In: s}
}
