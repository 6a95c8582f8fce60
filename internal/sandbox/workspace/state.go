package workspace

import (
	"ph2cio/internal/sandbox/trackapi"

	"ph2cio/internal/sandbox/ring"
)

// state is what the workspace holds, with the rules by which it changes.
type state struct {
	*trackapi.Rules
	directory

	events     ring.Ring[*event]
	ids        sightings
	anonymous  visitors
	suppressed suppressions
	activities ring.Ring[Activity]

	noDedup bool // a fault makes event IDs mean nothing
}

func newState(r *trackapi.Rules) state {
	return state{
		Rules:      r,
		directory:  newDirectory(),
		events:     ring.Ring[*event]{Max: r.KeptEvents},
		ids:        sightings{seen: map[string]sighting{}, order: ring.Ring[string]{Max: r.KeptIDs}},
		anonymous:  visitors{},
		suppressed: suppressions{},
		activities: ring.Ring[Activity]{Max: r.KeptActivities},
	}
}

// ignoreEventIDs makes event IDs mean nothing from now on, or something again.
func (s *state) ignoreEventIDs(ignore bool) { s.noDedup = ignore }

// holder returns who has the event now, following merges. It is nil for an anonymous event, for one whose
// person is gone, and for one that was too old for a merge to take along.
func (s *state) holder(e *event) *person {
	p := e.owner
	for p != nil && p.gone {
		if days := s.MergeKeepsDays; days > 0 && e.at.Before(p.mergedAt.AddDate(0, 0, -days)) {
			return nil
		}
		p = p.into
	}
	return p
}
