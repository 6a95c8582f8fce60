package rulebook

import (
	"fmt"
	"maps"
	"slices"
)

// idMapping is a row of PostHog's table of distinct IDs.
type idMapping struct {
	person  *person
	version int64
}

// person is a row of PostHog's table of persons.
type person struct {
	id                  string
	version             int64
	identified, deleted bool
	properties          map[string]string
}

// take ingests a row roughly as PostHog does, and exports it with the person of that moment.
func (w *world) take(r Row) {
	switch {
	case r.Personless:
		r.Set, r.SetOnce, r.Unset = "", "", nil
		r.PersonID = w.personIDAt(r)
	case withoutPerson(r.Name):
		r.PersonID, r.PersonProperties = w.personIDAt(r), one(w, []string{"", "{}", `{"plan":"none"}`})
	default:
		w.takeOfPerson(&r)
	}
	if r.Sends && w.chance(w.rejected) {
		r.Sends, r.Rejected = false, true
	}
	w.stamp(&r)
	w.write(r)
	if w.chance(3) { // overlapping exports
		w.write(r)
	}
}

func (w *world) write(r Row) {
	r.Ref = uint64(len(w.rows))
	w.rows = append(w.rows, r)
}

// takeOfPerson ingests a row that changes its person. Its snapshot is the person after it; now and then it is
// empty, or the person before it.
func (w *world) takeOfPerson(r *Row) {
	before := ""
	if p := w.alive(r.DistinctID); p != nil {
		before = written(p.properties)
	}
	p := w.ingest(*r)
	r.PersonID = p.id
	if !w.chance(w.snapshot) {
		return
	}
	switch w.IntN(12) {
	case 0:
		r.PersonProperties = "{}"
	case 1:
		r.PersonProperties = before
	default:
		r.PersonProperties = written(p.properties)
	}
}

// personIDAt returns the person_id of a row that makes nobody.
func (w *world) personIDAt(r Row) string {
	if p := w.alive(r.DistinctID); p != nil {
		return p.id
	}
	return personIDOf(r.DistinctID)
}

// stamp gives a row its times and its uuid, as far as the export has them.
func (w *world) stamp(r *Row) {
	r.CreatedAt, r.Timestamp = w.now, w.now-w.Int64N(3*1e6)
	if w.chance(10) { // it was offline
		r.Timestamp = w.now - w.Int64N(48*3600*1e6)
	}
	if !w.chance(w.createdAt) {
		r.CreatedAt = 0
	}
	if w.chance(3) { // its clock was wrong
		r.Timestamp = w.now + 400*24*3600*1e6
	}
	if w.chance(2) {
		r.CreatedAt, r.Timestamp = 0, 0
	}
	if w.chance(w.uuid) {
		r.UUID = w.newUUID()
	}
	if !w.chance(w.personID) {
		r.PersonID = ""
	}
}

// ingest applies a row to the tables and returns the person of its distinct ID.
func (w *world) ingest(r Row) *person {
	l, links := linkOf(r)
	if links {
		w.link(l)
	}
	p := w.alive(r.DistinctID)
	if p == nil {
		p = w.create(r.DistinctID)
		w.move(r.DistinctID, p)
	}
	p.identified = p.identified || links
	if r.Name != "$groupidentify" {
		apply(p.properties, r)
	}
	w.touch(p)
	return p
}

// touch gives a person its next version. Versions count for the whole project, so that no two states have the
// same.
func (w *world) touch(p *person) {
	w.version++
	p.version = w.version
}

// link joins the persons of two IDs, if PostHog would.
func (w *world) link(l Link) {
	target, source := w.alive(l.Target), w.alive(l.Source)
	switch {
	case target == nil && source == nil:
		p := w.create(l.Target)
		w.move(l.Target, p)
		w.move(l.Source, p)
	case target == nil && l.Row.Name == "$identify" && source.identified && !machineShaped(l.Target):
		// refused: a machine on which somebody else was logged in
	case target == nil:
		w.move(l.Target, source)
	case source == nil:
		w.move(l.Source, target)
	case target != source && (!source.identified || l.Row.Name == "$merge_dangerously"):
		w.fold(source, target)
	}
}

// fold moves all IDs and properties of a person to another one, whose own properties win.
func (w *world) fold(source, target *person) {
	for _, id := range slices.Sorted(maps.Keys(w.mapping)) {
		if w.mapping[id].person == source {
			w.move(id, target)
		}
	}
	properties := maps.Clone(source.properties)
	maps.Copy(properties, target.properties)
	target.properties = properties
	w.touch(target)
}

// alive returns the person of an ID; nil if there is none, or none any more.
func (w *world) alive(id string) *person {
	if m := w.mapping[id]; m != nil && !m.person.deleted {
		return m.person
	}
	return nil
}

// create makes a person, with the person_id of an earlier one that the same ID created.
func (w *world) create(id string) *person {
	p := &person{id: personIDOf(id)}
	p.properties = map[string]string{"$creator_event_uuid": fmt.Sprintf("%q", p.id)}
	w.touch(p)
	return p
}

func (w *world) move(id string, p *person) {
	if m := w.mapping[id]; m != nil {
		m.person = p
		if w.chance(70) { // else the persons' versions must tell
			m.version++
		}
		return
	}
	w.mapping[id] = &idMapping{person: p}
}

// split gives an ID that came to a person later a person of its own again, as somebody can in PostHog's
// pages.
func (w *world) split() {
	for _, id := range slices.Sorted(maps.Keys(w.mapping)) {
		if p := w.alive(id); p != nil && p.id != personIDOf(id) && w.chance(60) {
			w.move(id, w.create(id))
			return
		}
	}
}

// remove deletes a person. Its IDs go on naming it until they are seen again.
func (w *world) remove() {
	for _, id := range slices.Sorted(maps.Keys(w.mapping)) {
		if p := w.alive(id); p != nil && w.chance(20) {
			p.deleted = true
			w.touch(p)
			return
		}
	}
}

// export writes the tables as a persons export does, after those of earlier exports.
func (w *world) export() {
	w.exportedAt = w.now
	for _, id := range slices.Sorted(maps.Keys(w.mapping)) {
		m := w.mapping[id]
		gone := w.chance(3)
		if gone {
			m.version++
		}
		if w.chance(92) { // or it is in a file that is missing
			w.persons = append(w.persons, PersonRow{
				DistinctID: id, PersonID: m.person.id, Version: m.version, PersonVersion: m.person.version, MappingDeleted: gone,
				IsIdentified: m.person.identified, IsDeleted: m.person.deleted, Properties: written(m.person.properties),
			})
		}
		if gone {
			m.version++
		}
	}
}
