package people

import (
	"maps"

	"ph2cio/internal/identity"
)

// Counts are the totals for the summary.
type Counts struct {
	DistinctIDs    int64            // legal and seen on a row
	Sent           int              // people who get an identify
	Events         int64            // rows that are sent as an event, unless the mapping rejects them
	ByChoice       map[Who]Profiles // that each choice of Who would make
	EmailConflicts int              // people sent without their email, because another one has it
	ShapeOnly      int              // left out only because their ID looks machine-made
	VisitorOnly    int              // left out only because posthog-js says in every row that it does not know them
	Unidentified   int              // left out because nothing identifies them, mere visitors among them
	Stale          int              // sent, with newest data older than 72 hours before now
	Joined         int64            // of DistinctIDs, those that are another name for the person of another one
	Links          Links

	// Estimated says that there were so many visitors that DistinctIDs, Joined, ByChoice[All] and Events rest on a sample of
	// them: the standard error is below 1 %.
	Estimated bool
}

// Profiles are numbers of profiles. Of those that are not new Customer.io has one already, by Options.Existing.
type Profiles struct{ New, Known int }

// Total is all of them.
func (p Profiles) Total() int { return p.New + p.Known }

func (p *Profiles) add(known bool) {
	if known {
		p.Known++
		return
	}
	p.New++
}

var everyWho = [3]Who{Identified, WithEmail, All}

// tallyUp counts the candidates and, with what has been counted of the others, all groups.
func (s *settler) tallyUp() {
	s.joined += s.seen.Count()
	for i := range s.candidates {
		c := &s.candidates[i]
		known := c.traits&isThere != 0
		if c.sent {
			known = s.settled.persons[c.person].known
		}
		s.tally(c.traits, known)
	}
}

// tally counts one group.
func (s *settler) tally(t traits, known bool) {
	if t&groupSeen == 0 {
		return
	}
	s.joined-- // of a group's IDs one is nobody's other name
	if t&groupFit == 0 {
		return
	}
	if t&(isShapeOnly|isIdentified) == isShapeOnly && s.choice.Who == Identified {
		s.shapeOnly++
	}
	if t&(isVisitorOnly|isIdentified) == isVisitorOnly && s.choice.Who == Identified {
		s.visitorOnly++
	}
	if t&(isIdentified|isSent) == 0 && s.choice.Who == Identified && s.choice.barred(t) == Sent {
		s.unidentified++
	}
	for i, who := range everyWho {
		if s.choice.only() == ByID && s.choice.profile(who, t) {
			s.byWho[i].add(known)
		}
	}
}

// countVisitors takes in the sample of visitors. One that turned out to be somebody brings events; the others would be
// people of their own.
func (s *settler) countVisitors() {
	for i := range s.x.shards {
		sample := &s.x.shards[i].sample
		s.estimated = s.estimated || sample.level > 0
		for h, events := range sample.visitors {
			s.countVisitor(h, int64(events), sample.weight())
		}
		sample.visitors = nil
	}
	s.settled.leavesSent = s.settled.leavesSent || s.estimated && s.x.sentCount > 0 // as far as is known
}

func (s *settler) countVisitor(h sum, events, weight int64) {
	node, known := s.node(h)
	if !known {
		s.ids += weight
		s.visitors += weight
		return
	}
	root := s.groups.Find(node)
	seen := s.traits[root]&groupSeen != 0
	if !s.seen.Has(uint64(node)) {
		s.ids += weight
		if seen {
			s.joined += weight
		}
	}
	c := s.candidateAt(root)
	switch {
	case c != nil:
		c.events += events * weight
	case !seen && s.fresh(root):
		s.visitors += weight
	}
	s.settled.leavesSent = s.settled.leavesSent || c == nil && s.traits[root]&isSent != 0
}

// fresh reports whether a group of visitors alone is counted for the first time.
func (s *settler) fresh(root uint32) bool {
	if s.visiting == nil {
		s.visiting = map[uint32]bool{}
	}
	was := s.visiting[root]
	s.visiting[root] = true
	return !was
}

func (s *settler) counts() Counts {
	c := Counts{
		Sent: s.settled.yielded, Events: s.events, EmailConflicts: s.conflicts, ByChoice: map[Who]Profiles{},
		ShapeOnly: s.shapeOnly, VisitorOnly: s.visitorOnly, Estimated: s.estimated, DistinctIDs: s.ids + s.seen.Count(), Links: s.groups.Counts(), Joined: s.joined,
	}
	if s.choice.only() == ByID && !s.choice.NeedEvents && !s.choice.Only {
		s.byWho[2].New += int(s.visitors)
	}
	if s.choice.Who == Identified && !s.choice.Only {
		c.Unidentified = s.unidentified + int(s.visitors)
	}
	for i, who := range everyWho {
		c.ByChoice[who] = s.byWho[i]
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

// Links are what became of the rows that say that two IDs are one person.
type Links = identity.Counts
