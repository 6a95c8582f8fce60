package objectstore

import (
	"context"
	"slices"
	"strings"
	"sync"

	"ph2cio/internal/source"
)

// plan fetches sources ahead in the order in which they will be opened.
type plan struct {
	store   *store
	sources []source.Source

	lock    sync.Mutex
	waiting map[string]*download // that were begun and whose source was not opened yet, by name
	early   map[string]bool      // sources that were opened before they were begun
	ended   bool
}

// Announce fetches sources ahead that will be opened in this order, from their beginnings. done ends that,
// and what was fetched for sources that were not opened is dropped. The files must have been closed before.
func (s *store) Announce(ctx context.Context, sources []source.Source) (done func()) {
	ctx, cancel := s.shared.within(ctx)
	p := &plan{store: s, sources: sources, waiting: map[string]*download{}, early: map[string]bool{}}
	s.lock.Lock()
	s.plans = append(s.plans, p)
	s.lock.Unlock()
	var running sync.WaitGroup
	running.Go(func() { p.run(ctx) })
	return func() {
		cancel()
		running.Wait()
		s.removePlan(p)
		p.end()
	}
}

// run begins one download after the other.
func (p *plan) run(ctx context.Context) {
	for i := range p.sources {
		o := p.store.object(p.sources[i])
		if !fetchedWhole(o) || o.shared.cache.use(o.cached, o.source.Size) {
			continue
		}
		if d := p.begin(ctx, o); d != nil {
			d.fetchAhead(ctx)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// fetchedWhole reports whether to fetch an object ahead. Of a large Parquet file it is unknown which parts
// are read.
func fetchedWhole(o *object) bool {
	size := o.source.Size
	return size > 0 && (size <= partSize || !strings.Contains(o.source.Name, ".parquet"))
}

// begin returns the download of an object that is fetched ahead, nil if it was opened already.
func (p *plan) begin(ctx context.Context, o *object) *download {
	p.lock.Lock()
	defer p.lock.Unlock()
	name := o.source.Name
	if p.early[name] {
		delete(p.early, name)
		return nil
	}
	if p.waiting[name] != nil || p.ended {
		return nil
	}
	d := newDownload(ctx, o, 0, true)
	p.waiting[name] = d
	return d
}

// open returns the download of a source that is opened, nil if there is none. Without one, fetches says that
// the source is fetched by its file, and so not by the plan.
func (p *plan) open(s source.Source, fetches bool) *download {
	p.lock.Lock()
	defer p.lock.Unlock()
	d := p.waiting[s.Name]
	switch {
	case d == nil && fetches:
		p.early[s.Name] = true
	case d == nil:
	case d.object.source.Version == s.Version && d.object.source.Size == s.Size:
		delete(p.waiting, s.Name)
		return d
	}
	return nil
}

func (p *plan) end() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.ended = true
	for _, d := range p.waiting {
		d.close()
	}
	clear(p.waiting)
}

func (s *store) removePlan(p *plan) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.plans = slices.DeleteFunc(slices.Clone(s.plans), func(other *plan) bool { return other == p })
}

// hasPlans reports whether anything is announced now.
func (s *store) hasPlans() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.plans) > 0
}

// planned returns the download of a source that was announced and is opened now, nil if there is none.
// Without one, fetches says that the source is fetched by its file.
func (s *store) planned(one source.Source, fetches bool) *download {
	s.lock.Lock()
	plans := s.plans
	s.lock.Unlock()
	for _, p := range plans {
		if d := p.open(one, fetches); d != nil {
			return d
		}
	}
	return nil
}
