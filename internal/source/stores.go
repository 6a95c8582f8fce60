package source

import (
	"context"
	"errors"
	"fmt"
)

// Lister is a Store that can list what it holds. Its sources have URLs as names, and a Version with a Tag and
// a time, as objects have that are replaced as a whole and never grow.
type Lister interface {
	Store
	// List returns the sources whose names begin with a prefix, all of them, in any order: also empty ones,
	// hidden ones, manifests and names that end with a slash. The prefix is a URL with the beginning of a key
	// after the bucket, perhaps an empty one. No character of it is special. Nothing under the prefix is no
	// error, but a bucket that does not exist is one.
	List(ctx context.Context, prefix string) ([]Source, error)
}

// Remote finds the store that an argument or the name of a source belongs to. It sends no request. A nil
// Lister without an error says that the argument is no URL, but a path. An error says what is wrong with the
// URL, such as an unknown scheme.
type Remote func(arg string) (Lister, error)

// store returns the store of a URL, nil for a path.
func (r Remote) store(name string) (Lister, error) {
	if r == nil || !IsURL(name) {
		return nil, nil
	}
	if shown, has := withoutUser(name); has {
		return nil, fmt.Errorf("%q: a URL must have no user name and no password in it", shown)
	}
	store, err := r(name)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	return store, nil
}

// unreachable is the store of a source whose own store cannot be found.
type unreachable struct{ err error }

func (u *unreachable) Open(context.Context, Source, int64) (File, error) { return nil, notFound{u.err} }

func (u *unreachable) Look(context.Context, string) (Source, error) { return Source{}, notFound{u.err} }

// notFound is the error of a Remote, which is the same for all sources of the store.
type notFound struct{ error }

func (n notFound) Unwrap() []error { return []error{n.error, ErrUnavailable} }

// ErrUnavailable says that a store cannot be read at all, because of the network or the credentials, so that
// there is no point in reading its other sources. An error of a Store that wraps it ends the run, which can
// be resumed.
var ErrUnavailable = errors.New("the store cannot be read")

// Announcer is a Store that can fetch sources before they are opened.
type Announcer interface {
	// Announce says that sources of this store will be opened in this order. done ends that, and must be
	// called when none of them will be opened any more. A source may be opened that was not announced, or not
	// opened although it was.
	Announce(ctx context.Context, sources []Source) (done func())
}

// Announce tells the stores of sources in which order the sources will be opened. done must be called when
// none of them will be opened any more.
func Announce(ctx context.Context, sources []Source) (done func()) {
	byStore := map[Announcer][]Source{}
	for _, one := range sources {
		if store, ok := one.In.(Announcer); ok {
			byStore[store] = append(byStore[store], one)
		}
	}
	var ends []func()
	for store, of := range byStore {
		ends = append(ends, store.Announce(ctx, of))
	}
	return func() {
		for _, end := range ends {
			end()
		}
	}
}
