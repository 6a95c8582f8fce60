package people

import "slices"

// namedMerges say which profiles of a candidate a $merge_dangerously makes one. A profile that was merged into
// another one stands for that one, unless it was a visitor's: what names its ID names the other profile.
type namedMerges struct {
	targets *targets
	names   *profileNames

	merged map[uint32][]uint32 // of mergedIDs
}

// mergedIDs returns those IDs of a candidate that links name and whose profiles were merged into others.
func (s *namedMerges) mergedIDs(candidate uint32) []uint32 {
	if s.merged == nil {
		s.merged = map[uint32][]uint32{}
		for node := range s.targets.merged {
			if of, ok := s.names.people.numberOf(node); ok {
				s.merged[of] = append(s.merged[of], node)
			}
		}
	}
	return s.merged[candidate]
}

// standsFor reports whether an ID leads to a profile, or the ID's own profile was merged into it.
func (s *namedMerges) standsFor(node uint32, p *candidateProfile) bool {
	if p.node == node {
		return true
	}
	into := s.targets.merged[node]
	if into.Value == "" {
		return false
	}
	by, value := s.names.nameOf(p)
	if by == into.By && value == into.Value {
		return true
	}
	row, found := s.names.existing.byName(into.By, []byte(into.Value))
	return found && row+1 == p.row
}

// leads reports whether a $merge_dangerously leads from a profile to another one. If the profile of its target
// was merged into none of these, the next $merge_dangerously that has the target as its source leads on.
func (s *namedMerges) leads(p *candidateProfile, among []candidateProfile) bool {
	if p.node == noNode {
		return false
	}
	steps := []uint32{p.node}
	for _, node := range s.mergedIDs(p.candidate) {
		if node != p.node && s.standsFor(node, p) {
			steps = append(steps, node)
		}
	}
	for i := 0; i < len(steps); i++ {
		for _, target := range s.targets.dangers[steps[i]] {
			_, merged := s.targets.merged[target]
			switch {
			case slices.Contains(steps, target):
			case slices.ContainsFunc(among, func(q candidateProfile) bool { return s.standsFor(target, &q) }):
				return true
			case merged:
				steps = append(steps, target)
			}
		}
	}
	return false
}

// named reports whether $merge_dangerously links all these profiles of a candidate, so that they may be
// merged.
func (s *namedMerges) named(candidate uint32, identified []candidateProfile) bool {
	var nodes []uint32
	for _, p := range identified {
		if p.node == noNode || slices.Contains(nodes, p.node) { // nothing names it, or it and another one apart
			return false
		}
		nodes = append(nodes, p.node)
	}
	if len(nodes) < 2 {
		return false
	}
	for _, node := range s.mergedIDs(candidate) {
		if !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	one := nodes[:1:1]
	for grown := true; grown; {
		grown = false
		for _, node := range nodes {
			linked := func(other uint32) bool { return s.linked(node, other, identified) }
			if !slices.Contains(one, node) && slices.ContainsFunc(one, linked) {
				one, grown = append(one, node), true
			}
		}
	}
	return !slices.ContainsFunc(identified, func(p candidateProfile) bool { return !slices.Contains(one, p.node) })
}

// linked reports whether a $merge_dangerously links two IDs, or one stands for the profile of the other.
func (s *namedMerges) linked(a, b uint32, profiles []candidateProfile) bool {
	return s.targets.dangerous(a, b) || slices.ContainsFunc(profiles, func(p candidateProfile) bool {
		return p.node == a && s.standsFor(b, &p) || p.node == b && s.standsFor(a, &p)
	})
}
