package job

import (
	"context"
	"slices"
	"strings"
	"sync"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// Recognised knows what earlier commands have found in objects whose names do not say what they are, and
// collects what this one finds, so that not every night opens them again. Files are always opened, which
// costs little. Its methods may be called by several goroutines at once. The nil value knows nothing.
type Recognised struct {
	rules string
	load  func(ctx context.Context) []ledger.Recognised

	lock  sync.Mutex
	known map[ledger.Recognised]source.Content // by path, ends and rules; nil before it is needed
	found []ledger.Recognised
}

// NewRecognised returns what is known by rules, which stand for the program and the flags that say how to
// read. load returns what states know, and is called at most once, when that is needed. It is true whatever
// workspace a state belongs to.
func NewRecognised(rules string, load func(ctx context.Context) []ledger.Recognised) *Recognised {
	return &Recognised{rules: rules, load: load}
}

// Use returns a function for source.Options that asks recognise about objects that are not known.
func (r *Recognised) Use(recognise func(context.Context, source.Source) source.Content) func(context.Context, source.Source) source.Content {
	if r == nil {
		return recognise
	}
	return func(ctx context.Context, s source.Source) source.Content {
		if s.Version.Tag == "" || posthog.HasExportName(s) {
			return recognise(ctx, s)
		}
		_, ends := asread.Ends(ctx, s) // of a tag, which opens nothing
		one := ledger.Recognised{Path: s.Name, Ends: ends, Rules: r.rules}
		c, known := r.look(ctx, one)
		if !known {
			if c = recognise(ctx, s); !c.Unread && ctx.Err() == nil {
				r.add(one, c)
			}
		}
		return c
	}
}

// look returns what is known of a version of an object.
func (r *Recognised) look(ctx context.Context, one ledger.Recognised) (c source.Content, known bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.known == nil {
		r.known = map[ledger.Recognised]source.Content{}
		for _, then := range r.load(ctx) {
			key := ledger.Recognised{Path: then.Path, Ends: then.Ends, Rules: then.Rules}
			r.known[key] = source.Content{Stray: then.Stray, Row: then.Row, Late: then.Late}
		}
	}
	c, known = r.known[one]
	return c, known
}

// add takes over what was found in an object.
func (r *Recognised) add(one ledger.Recognised, c source.Content) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.known[one] = c
	one.Stray, one.Row, one.Late = c.Stray, c.Row, c.Late
	r.found = append(r.found, one)
}

// New reports whether anything was found that is not saved.
func (r *Recognised) New() bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	return len(r.found) > 0
}

// Save saves in a state what was found.
func (r *Recognised) Save(ctx context.Context, to *ledger.Store) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	if len(r.found) == 0 {
		return nil
	}
	slices.SortFunc(r.found, func(a, b ledger.Recognised) int { return strings.Compare(a.Path, b.Path) })
	err := to.SaveRecognised(ctx, r.found)
	if err == nil {
		r.found = nil
	}
	return err
}
