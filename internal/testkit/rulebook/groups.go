package rulebook

// group is what is known to be one person: distinct IDs, and persons of PostHog.
type group struct {
	ids     []string
	persons []string // their person_ids
}

// groups has the group of each distinct ID and of each person. An ID or person that is looked up for the
// first time is alone.
type groups struct {
	ofID, ofPerson map[string]*group
}

func newGroups() groups { return groups{map[string]*group{}, map[string]*group{}} }

func (g groups) id(id string) *group {
	if g.ofID[id] == nil {
		g.ofID[id] = &group{ids: []string{id}}
	}
	return g.ofID[id]
}

func (g groups) person(person string) *group {
	if g.ofPerson[person] == nil {
		g.ofPerson[person] = &group{persons: []string{person}}
	}
	return g.ofPerson[person]
}

// join makes one group of two.
func (g groups) join(a, b *group) {
	if a == b {
		return
	}
	for _, id := range b.ids {
		g.ofID[id] = a
	}
	for _, person := range b.persons {
		g.ofPerson[person] = a
	}
	a.ids = append(a.ids, b.ids...)
	a.persons = append(a.persons, b.persons...)
}
