package rulebook

import (
	"maps"
	"slices"
)

// replayedPerson is a person in PostHog's table of persons while rows come in.
type replayedPerson struct {
	ids        []string
	properties map[string]string
}

// replayer takes the rows of a history in the order in which PostHog ingested them.
type replayer struct {
	linked
	pairs   []Pair
	persons map[string]*replayedPerson // by distinct ID
	joining []Link                     // that join two persons
	merges  []Merge
}

// newReplayer finds who is one person from the start, and the links that join those.
func newReplayer(l linked, pairs []Pair) *replayer {
	t := &replayer{linked: l, pairs: pairs, persons: map[string]*replayedPerson{}}
	now := t.fromTheStart()
	for id := range t.ofID {
		if t.persons[id] != nil {
			continue
		}
		p := &replayedPerson{ids: slices.Clone(now.id(id).ids), properties: map[string]string{}}
		for _, one := range p.ids {
			t.persons[one] = p
		}
	}
	for _, l := range t.trueLinks() {
		if target, source := now.id(l.Target), now.id(l.Source); target != source {
			now.join(target, source)
			t.joining = append(t.joining, l)
		}
	}
	return t
}

// fromTheStart joins the IDs that are one person from the start. A link shows when two IDs became one person.
// A person_id or the persons export shows only that they did. So the IDs of such a person are one from the
// start, unless links join all of them; for the persons export only links count that are not younger than it.
// Then the links show when.
func (t *replayer) fromTheStart() groups {
	start := newGroups()
	join := func(ids []string, links []Link) {
		linked := newGroups()
		for _, l := range links {
			linked.join(linked.id(l.Target), linked.id(l.Source))
		}
		if slices.ContainsFunc(ids, func(id string) bool { return linked.id(id) != linked.id(ids[0]) }) {
			for _, id := range ids {
				start.join(start.id(ids[0]), start.id(id))
			}
		}
	}
	byThen := filter(t.trueLinks(), func(l Link) bool { return l.Row.At() <= t.ExportedAt })
	for person := range t.ofPerson {
		var ids []string
		for id := range t.ofID {
			if t.isExportedAs(id, person) {
				ids = append(ids, id)
			}
		}
		join(ids, byThen)
		for _, p := range t.pairs {
			if p.PersonID == person && !p.Refused {
				ids = append(ids, p.ID)
			}
		}
		join(ids, t.trueLinks())
	}
	return start
}

// run takes the rows in the order in which PostHog ingested them, and what the persons export says after
// all rows that are not younger than it. A link may merge two persons, and then its row changes what is left.
func (t *replayer) run() {
	rows := filter(t.rows, isPersonRow)
	slices.SortFunc(rows, t.compareChanges)
	exported := len(t.Persons) == 0
	for i, r := range rows {
		if !exported && r.At() > t.ExportedAt {
			t.takeExport()
			exported = true
		}
		if l, joins := t.joinsAt(r); joins {
			target, source := t.persons[l.Target], t.persons[l.Source]
			t.merges = append(t.merges, Merge{l, target.properties, source.properties})
			t.merge(target, source)
		}
		if t.changesSomebody(r) && !isCopy(r, rows[:i]) {
			apply(t.persons[r.DistinctID].properties, r)
		}
	}
	if !exported {
		t.takeExport()
	}
}

// merge gives a person the IDs and the properties of another one. Its own properties win, nulls too.
func (t *replayer) merge(target, source *replayedPerson) {
	for _, id := range source.ids {
		t.persons[id] = target
	}
	target.ids = append(target.ids, source.ids...)
	properties := maps.Clone(source.properties)
	maps.Copy(properties, target.properties)
	target.properties = properties
}

// joinsAt returns the link that a row is, if it joins two persons.
func (t *replayer) joinsAt(r Row) (Link, bool) {
	i := slices.IndexFunc(t.joining, func(l Link) bool { return l.Row.Ref == r.Ref })
	if i < 0 {
		return Link{}, false
	}
	return t.joining[i], true
}

// takeExport replaces everybody's properties by those in the persons export. Of several of its persons who
// are one by then the last one counts.
func (t *replayer) takeExport() {
	for _, person := range slices.Sorted(maps.Keys(t.exported)) {
		for id := range t.ofID {
			if t.isExportedAs(id, person) {
				apply(t.persons[id].properties, Row{PersonProperties: t.exported[person].properties})
			}
		}
	}
}
