package people

import "maps"

// Counts are the totals for the summary.
type Counts struct {
	DistinctIDs    int         // legal and seen on a row
	Sent           int         // people who get an identify
	Events         int64       // rows that are sent as an event, unless the mapping rejects them
	ByChoice       map[Who]int // profiles that each choice of Who would make
	EmailConflicts int         // people sent without their email, because another one has it
	ShapeOnly      int         // left out only because their ID looks machine-made
	Stale          int         // sent, with newest data older than 72 hours before now
}

var everyWho = [3]Who{Identified, WithEmail, All}

// tally is what one shard adds to the counts.
type tally struct {
	distinctIDs, shapeOnly int
	profiles               [3]int // by everyWho, whatever the identifier
}

func (t *tally) add(m marks, c *Choice) {
	t.distinctIDs++
	if m&isShapeOnly != 0 && c.Who != WithEmail && c.Who != All {
		t.shapeOnly++
	}
	for i, who := range everyWho {
		if c.profile(who, m) {
			t.profiles[i]++
		}
	}
}

func (s *settler) count() Counts {
	c := Counts{Sent: s.settled.yielded, Events: s.events, EmailConflicts: s.conflicts, ByChoice: map[Who]int{}}
	for i := range s.tallies {
		c.DistinctIDs += s.tallies[i].distinctIDs
		c.ShapeOnly += s.tallies[i].shapeOnly
	}
	for i, who := range everyWho {
		c.ByChoice[who] = s.profiles[i]
	}
	return c
}

// Count returns the totals; now is unix seconds.
func (s *Settled) Count(now int64) Counts {
	const fresh = 72 * 60 * 60
	c := s.counts
	c.ByChoice = maps.Clone(c.ByChoice)
	for p := range s.People() {
		if p.Updated != 0 && p.Updated < now-fresh {
			c.Stale++
		}
	}
	return c
}
