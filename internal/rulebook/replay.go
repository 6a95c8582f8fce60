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

// startReplay finds who is one person from the start: what a persons export and person_ids join has no time. It comes before
// any link.
func (b *book) startReplay() {
	b.persons = map[string]*replayed{}
	for _, id := range slices.Sorted(maps.Keys(b.ofID)) {
		if b.persons[id] != nil {
			continue
		}
		p := &replayed{ids: slices.Clone(b.ofID[id].ids), properties: map[string]string{}}
		for _, one := range p.ids {
			b.persons[one] = p
		}
	}
}

// replay takes the rows in the order in which PostHog ingested them, and what the persons export says after all rows that are
// not younger than it.
func (b *book) replay() {
	rows := filter(b.rows, isPersonRow)
	slices.SortFunc(rows, b.compareChanges)
	exported := len(b.Persons) == 0
	for i, r := range rows {
		if !exported && r.At() > b.ExportedAt {
			b.takeExport()
			exported = true
		}
		if l, accepted := b.acceptedAt(r); accepted {
			b.merge(b.persons[l.Target], b.persons[l.Source])
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

// acceptedAt returns the accepted link that a row is; false if it is none.
func (b *book) acceptedAt(r Row) (Link, bool) {
	i := slices.IndexFunc(b.links, func(l Link) bool { return l.Row.Ref == r.Ref && l.Verdict == Accepted })
	if i < 0 {
		return Link{}, false
	}
	return b.links[i], true
}

// takeExport replaces everybody's properties by those in the persons export. Of several of its persons who are one by then the
// last one counts.
func (b *book) takeExport() {
	for _, person := range slices.Sorted(maps.Keys(b.exported)) {
		for id := range b.ofID {
			if r, ok := b.countingRow(id); ok && !r.MappingDeleted && r.PersonID == person {
				apply(b.persons[id].properties, Row{PersonProperties: b.exported[person].properties})
			}
		}
	}
}

// isFuture reports whether a time is later than the run: a clock was wrong.
func (b *book) isFuture(at int64) bool { return b.Now != 0 && at > b.Now }

// changesSomebody reports whether a row can change its person: not if its timestamp is in the future and no created_at says
// better.
func (b *book) changesSomebody(r Row) bool {
	return !b.isFuture(r.Timestamp) || r.CreatedAt != 0 && !b.isFuture(r.CreatedAt)
}

// compareChanges orders rows as they change persons: by created_at, or timestamp where there is none, then by timestamp, then
// uuid, then place in the input.
func (b *book) compareChanges(x, y Row) int {
	return cmp.Or(
		cmp.Compare(x.At(), y.At()),
		cmp.Compare(b.timestampOf(x), b.timestampOf(y)),
		cmp.Compare(x.UUID, y.UUID),
		cmp.Compare(x.Ref, y.Ref),
	)
}

// timestampOf returns a row's timestamp, created_at where that is in the future, and NoTime where there is none.
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
		return e.UUID == r.UUID && e.DistinctID == r.DistinctID && e.CreatedAt == r.CreatedAt && e.Timestamp == r.Timestamp &&
			e.PersonProperties == r.PersonProperties && e.Set == r.Set && e.SetOnce == r.SetOnce && slices.Equal(e.Unset, r.Unset)
	})
}
