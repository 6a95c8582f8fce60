package people

import (
	"context"
	"slices"
	"sync"
)

// MostLive is how many profiles Directory.Live returns at most.
const MostLive = 10_000

// liveList is the first MostLive profiles that PostHog's live destination has made, and the number of all.
type liveList struct {
	ids   []string
	count int
}

// findLive finds the profiles that PostHog's live destination has made: those of liveProfiles, and those
// under IDs that are remembered.
func findLive(ctx context.Context, nodes *nodes) (found liveList, err error) {
	o := &nodes.x.options
	if o.Existing == nil {
		return found, nil
	}
	for row := range nodes.x.live.rows {
		if _, known := nodes.of(nodes.x.sum([]byte(o.Existing.id(row)))); !known {
			found.add(o.Existing.id(row))
		}
	}
	var lock sync.Mutex
	err = nodes.each(ctx, func(_ uint32, f *idFacts, text []byte) error {
		row, known := o.Existing.byID(text)
		if known && f.flags&wasSent == 0 && f.flags.machine() && !o.identifiedRow(row, f.flags) {
			lock.Lock()
			defer lock.Unlock()
			found.add(o.Existing.id(row))
		}
		return nil
	})
	slices.Sort(found.ids)
	found.ids = found.ids[:min(len(found.ids), MostLive)]
	return found, err
}

// add adds a profile by its ID.
func (l *liveList) add(id string) {
	l.count++
	l.ids = append(l.ids, id)
}
