package people

// visitorCount counts the visitors that a sample stands for, after all other groups.
type visitorCount struct {
	*knownGroups
	people   *candidates
	tally    *tally
	visiting map[uint32]bool // roots of groups of visitors alone that have been counted
}

// countVisitors takes in the sample of visitors. One that turned out to be somebody brings events; the others
// would be people of their own. It reports whether, as far as is known, a visitor whom an earlier run has
// sent is not sent now.
func countVisitors(j *knownGroups, people *candidates, tally *tally) (leavesSent bool) {
	v := visitorCount{j, people, tally, map[uint32]bool{}}
	for i := range j.nodes.x.shards {
		sample := &j.nodes.x.shards[i].sample
		tally.setEstimated(sample.level > 0)
		for h, events := range sample.visitors {
			leavesSent = v.count(h, int64(events), sample.weight()) || leavesSent
		}
		sample.drop()
	}
	return leavesSent || tally.estimated && j.nodes.x.earlier.sent > 0
}

// count takes a visitor who stands for so many. It reports whether it leaves out somebody whom an earlier run
// has sent.
func (v *visitorCount) count(h sum, events, weight int64) (leavesSent bool) {
	node, known := v.nodes.of(h)
	if !known {
		v.tally.visitorIDs(weight, false)
		v.tally.visitorPeople(weight)
		return false
	}
	root := v.groups.Find(node)
	seen := v.flags[root]&groupSeen != 0
	if !v.seen.Has(uint64(node)) {
		v.tally.visitorIDs(weight, seen)
	}
	c := v.people.at(root)
	switch {
	case c != nil:
		c.addEvents(events * weight)
	case !seen && !v.visiting[root]:
		v.visiting[root] = true
		v.tally.visitorPeople(weight)
	}
	return c == nil && v.flags[root]&isSent != 0
}
