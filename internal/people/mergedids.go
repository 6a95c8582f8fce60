package people

import "slices"

// mergedIDs are the IDs whose profiles were merged into others, and whose these are. newMergedIDs makes one.
type mergedIDs struct {
	options *Options
	nodes   *nodes
	sent    *sentTable
	people  *candidates
	under   map[ProfileName][]uint32 // by a profile that others went into: the kept IDs sent under it
}

func newMergedIDs(nodes *nodes, sent *sentTable, people *candidates) *mergedIDs {
	m := &mergedIDs{options: &nodes.x.options, nodes: nodes, sent: sent, people: people, under: map[ProfileName][]uint32{}}
	if len(m.options.Merged) == 0 {
		return m
	}
	lasts := m.options.Merged.lasts()
	for i := range sent.all {
		one := &sent.all[i]
		if one.name == nil {
			continue
		}
		if name := (ProfileName{one.name.by, one.name.value}); lasts[name] {
			m.under[name] = append(m.under[name], one.node)
		}
	}
	m.findMadeAgain()
	return m
}

// findMadeAgain finds the profiles that were made again after they had been merged. Such a merge was into the
// profile of somebody else, and so came before any send: had the ID been sent by then, the two would be one
// person.
func (m *mergedIDs) findMadeAgain() {
	for name := range m.options.Merged {
		if name.By != ByID {
			continue
		}
		node, known := m.nodes.of(m.nodes.x.sum([]byte(name.Value)))
		if !known || !m.elsewhere(node, m.options.Merged.last(name)) {
			continue
		}
		if place := m.sent.find(node); place >= 0 && m.sent.all[place].name == nil {
			m.sent.makeAgain(place)
		}
	}
}

// into returns the profile that holds what the profile of an ID had: the one that was sent under the ID, else
// the one with it as its id. It returns false if that profile was not merged into another one.
func (m *mergedIDs) into(node uint32, f *idFacts, text []byte) (into ProfileName, merged bool) {
	if len(m.options.Merged) == 0 {
		return ProfileName{}, false
	}
	name := ProfileName{ByID, string(text)}
	if f.flags&wasSent == 0 {
		return m.options.Merged.last(name), m.options.wasMerged(ByID, name.Value)
	}
	one := &m.sent.all[m.sent.find(node)]
	if one.name != nil {
		name = ProfileName{one.name.by, one.name.value}
	}
	return m.options.Merged.last(name), one.merged
}

// elsewhere reports whether a profile is known to be that of somebody else than the person who has an ID: its
// id is an ID, or an earlier run has sent somebody under it, but not this person.
func (m *mergedIDs) elsewhere(node uint32, profile ProfileName) bool {
	owners := m.under[profile]
	if profile.By == ByID {
		if owner, known := m.nodes.of(m.nodes.x.sum([]byte(profile.Value))); known {
			owners = append(slices.Clip(owners), owner)
		}
	}
	number, ok := m.people.numberOf(node)
	return ok && len(owners) > 0 && !slices.ContainsFunc(owners, func(owner uint32) bool {
		its, has := m.people.numberOf(owner)
		return has && its == number
	})
}
