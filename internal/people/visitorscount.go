package people

// visitorCount counts the visitors for whom the samples stand. It comes after all other groups have been
// counted.
type visitorCount struct {
	*knownGroups
	people   *candidates
	tally    *tally
	visiting map[uint32]bool // roots of groups that consist of visitors only and have been counted
}

// countVisitors counts the sampled visitors. The events of a visitor who turned out to be somebody are added
// to that person's; each other visitor counts as one person. It reports whether a visitor whom an earlier run
// has sent is not sent now. If the sample does not tell, it returns true.
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

// count counts a visitor of the sample, who stands for weight visitors. It reports whether an earlier run has
// sent the visitor, who is not sent now.
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
