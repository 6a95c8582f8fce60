package rulebook

import (
	"cmp"
	"maps"
	"slices"
)

// replayed is somebody as PostHog's table of persons has them while rows come in.
type replayed struct {
	ids        []string
	properties map[string]string
}

// startReplay finds who is one person from the start, and the links that join those.
func (b *book) startReplay() {
	now := b.fromTheStart()
	b.persons = map[string]*replayed{}
	for id := range b.ofID {
		if b.persons[id] != nil {
			continue
		}
		p := &replayed{ids: slices.Clone(now.id(id).ids), properties: map[string]string{}}
		for _, one := range p.ids {
			b.persons[one] = p
		}
	}
	for _, l := range b.trueLinks() {
		if target, source := now.id(l.Target), now.id(l.Source); target != source {
			now.join(target, source)
			b.joining = append(b.joining, l)
		}
	}
}

// fromTheStart joins those who are one person from the start. A link tells when two became one; what a
// person_id or the persons export joins has no time, since both show only what came of it. So the IDs of one
// such person are one from the start, unless links join all of them, for the persons export links that are
// not younger: then those tell when.
func (b *book) fromTheStart() groups {
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
	byThen := filter(b.trueLinks(), func(l Link) bool { return l.Row.At() <= b.ExportedAt })
	for person := range b.ofPerson {
		var ids []string
		for id := range b.ofID {
			if b.isExportedAs(id, person) {
				ids = append(ids, id)
			}
		}
		join(ids, byThen)
		for _, p := range b.pairs {
			if p.PersonID == person && !p.Refused {
				ids = append(ids, p.ID)
			}
		}
		join(ids, b.trueLinks())
	}
	return start
}

// isExportedAs reports whether the persons export says that an ID is a person's.
func (b *book) isExportedAs(id, person string) bool {
	r, ok := b.countingRow(id)
	return ok && !r.MappingDeleted && r.PersonID == person
}

// trueLinks returns the links that were not refused, in order, each by its first row, or its first row after
// the persons export. One that was refused then tells nothing by later rows, which find the two joined by
// something else.
func (b *book) trueLinks() []Link {
	type said struct {
		name, target, source string
		before               bool
	}
	seen := map[said]bool{}
	return filter(b.links, func(l Link) bool {
		key := said{l.Row.Name, l.Target, l.Source, len(b.Persons) > 0 && l.Row.At() <= b.ExportedAt}
		first := !seen[key]
		seen[key] = true
		return first && (l.Verdict == Accepted || l.Verdict == AlreadyOne)
	})
}

// replay takes the rows in the order in which PostHog ingested them, and what the persons export says after
// all rows that are not younger than it. A link may merge two persons, and then its row changes what is left.
func (b *book) replay() {
	rows := filter(b.rows, isPersonRow)
	slices.SortFunc(rows, b.compareChanges)
	exported := len(b.Persons) == 0
	for i, r := range rows {
		if !exported && r.At() > b.ExportedAt {
			b.takeExport()
			exported = true
		}
		if l, joins := b.joinsAt(r); joins {
			target, source := b.persons[l.Target], b.persons[l.Source]
			b.merges = append(b.merges, Merge{l, target.properties, source.properties})
			b.merge(target, source)
		}
		if b.changesSomebody(r) && !isCopy(r, rows[:i]) {
			apply(b.persons[r.DistinctID].properties, r)
		}
	}
	if !exported {
		b.takeExport()
	}
}

// merge gives a person the IDs and the properties of another one. Its own properties win, nulls too.
func (b *book) merge(target, source *replayed) {
	for _, id := range source.ids {
		b.persons[id] = target
	}
	target.ids = append(target.ids, source.ids...)
	properties := maps.Clone(source.properties)
	maps.Copy(properties, target.properties)
	target.properties = properties
}

// joinsAt returns the link that a row is, if it joins two persons.
func (b *book) joinsAt(r Row) (Link, bool) {
	i := slices.IndexFunc(b.joining, func(l Link) bool { return l.Row.Ref == r.Ref })
	if i < 0 {
		return Link{}, false
	}
	return b.joining[i], true
}

// takeExport replaces everybody's properties by those in the persons export. Of several of its persons who
// are one by then the last one counts.
func (b *book) takeExport() {
	for _, person := range slices.Sorted(maps.Keys(b.exported)) {
		for id := range b.ofID {
			if b.isExportedAs(id, person) {
				apply(b.persons[id].properties, Row{PersonProperties: b.exported[person].properties})
			}
		}
	}
}

// isFuture reports whether a time is later than the run: a clock was wrong.
func (b *book) isFuture(at int64) bool { return b.Now != 0 && at > b.Now }

// changesSomebody reports whether a row can change its person: not if its timestamp is in the future and no
// created_at says better.
func (b *book) changesSomebody(r Row) bool {
	return !b.isFuture(r.Timestamp) || r.CreatedAt != 0 && !b.isFuture(r.CreatedAt)
}

// compareChanges orders rows as they change persons: by created_at, or timestamp where there is none, then by
// timestamp, then uuid, then place in the input.
func (b *book) compareChanges(x, y Row) int {
	return cmp.Or(
		cmp.Compare(x.At(), y.At()),
		cmp.Compare(b.timestampOf(x), b.timestampOf(y)),
		cmp.Compare(x.UUID, y.UUID),
		cmp.Compare(x.Ref, y.Ref),
	)
}

// timestampOf returns a row's timestamp, created_at where that is in the future, and NoTime where there is
// none.
func (b *book) timestampOf(r Row) int64 {
	switch {
	case r.Timestamp == 0:
		return NoTime
	case b.isFuture(r.Timestamp) && r.CreatedAt != 0:
		return r.CreatedAt
	}
	return r.Timestamp
}

// isCopy reports whether a row stands among earlier ones with all that it says. It changes nothing once more.
func isCopy(r Row, earlier []Row) bool {
	return r.UUID != "" && slices.ContainsFunc(earlier, func(e Row) bool {
		return e.UUID == r.UUID && e.DistinctID == r.DistinctID &&
			e.CreatedAt == r.CreatedAt && e.Timestamp == r.Timestamp &&
			e.PersonProperties == r.PersonProperties && e.Set == r.Set && e.SetOnce == r.SetOnce &&
			slices.Equal(e.Unset, r.Unset)
	})
}
