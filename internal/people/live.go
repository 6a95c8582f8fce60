package people

import (
	"slices"
	"sync"
)

// liveProfiles are the profiles of Options.Existing that PostHog's live destination has made of this export's
// visitors: they go by an ID that a machine made, have no email, and no earlier run has sent them.
type liveProfiles struct {
	mu   sync.Mutex
	rows map[uint32]bool // of visitors of whom nothing is kept
}

// noteLive takes a visitor's row of which nothing else is kept.
func (x *Index) noteLive(id []byte) {
	row, found := x.options.Existing.byID(id)
	if !found || !x.options.Existing.anonymous(row) || x.ofUser(id) {
		return
	}
	x.live.mu.Lock()
	defer x.live.mu.Unlock()
	if x.live.rows == nil {
		x.live.rows = map[uint32]bool{}
	}
	x.live.rows[row] = true
}

// MostLive is how many profiles Settled.Live names.
const MostLive = 10_000

// findLive lists the profiles.
func (s *settler) findLive() error {
	existing := s.x.options.Existing
	if existing == nil {
		return nil
	}
	add := func(id string) {
		s.linksLock.Lock()
		defer s.linksLock.Unlock()
		s.settled.liveCount++
		s.settled.live = append(s.settled.live, id)
	}
	for row := range s.x.live.rows {
		if _, known := s.node(s.x.sum([]byte(existing.id(row)))); !known {
			add(existing.id(row))
		}
	}
	err := s.eachNode(func(_ uint32, f *fact, text []byte) error {
		row, found := existing.byID(text)
		if found && f.marks&wasSent == 0 && f.marks.machine() && !s.x.identifiedRow(row, f.marks) {
			add(existing.id(row))
		}
		return nil
	})
	slices.Sort(s.settled.live)
	s.settled.live = s.settled.live[:min(len(s.settled.live), MostLive)]
	return err
}

// Live are the IDs of the first MostLive profiles that PostHog's live destination has made, and how many
// there are. The events of such a destination have no IDs, so that Customer.io cannot know one of them again.
func (s *Settled) Live() (ids []string, count int) { return s.live, s.liveCount }
