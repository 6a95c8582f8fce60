package workspace

import (
	"time"

	"ph2cio/internal/sandbox/ring"
)

// sightings counts how often each event ID came, and remembers when it was last stored. The oldest are
// forgotten first.
type sightings struct {
	seen  map[string]sighting
	order ring.Ring[string]
}

type sighting struct {
	arrived int32
	stored  time.Time
}

// arrive counts an arrival and reports whether the ID has come before.
func (s *sightings) arrive(id string) (known bool) {
	was, known := s.seen[id]
	if !known {
		if oldest, ok := s.order.Add(id); ok {
			delete(s.seen, oldest)
		}
	}
	was.arrived++
	s.seen[id] = was
	return known
}

// stored reports whether an ID was stored within a window before now; a window of 0 has no end. If it was
// not, it counts as stored now.
func (s *sightings) stored(id string, now time.Time, window time.Duration) bool {
	was := s.seen[id]
	if !was.stored.IsZero() && (window == 0 || now.Sub(was.stored) <= window) {
		return true
	}
	was.stored = now
	s.seen[id] = was
	return false
}
