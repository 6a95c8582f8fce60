package people

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// LearnPerson learns from one row of a persons export. It needs Options.Persons. It must not be called by
// several goroutines at once, nor after Observe.
func (x *Index) LearnPerson(r *posthog.PersonRow) {
	p := x.persons
	if r.At.State == posthog.Known {
		p.setExported(r.At.Micros)
	}
	if !r.HasPersonID && !r.MappingDeleted && len(r.DistinctIDs) > 0 {
		named := *r
		named.PersonID, named.HasPersonID = madeUpFor(r.DistinctIDs), true
		r = &named
	}
	var person *exportPerson
	if r.HasPersonID {
		person = p.learn(r)
	}
	known := idFlags(inPersons)
	if r.HasProperties && hasEmailIn(r.Properties) {
		known |= sawEmail
	}
	for _, id := range r.DistinctIDs {
		x.addFlags(id, known)
		h := x.sum(id)
		m := newIDMapping(r, id, person)
		if last, known := p.byID[h]; !known || m.compare(&last) > 0 {
			p.byID[h] = m
		}
	}
}

// madeUpFor returns a UUID for a person of whom the export only has the distinct IDs. It is made from the
// smallest of these.
func madeUpFor(ids [][]byte) rawjson.UUID {
	sum := sha256.Sum256(append([]byte("person of "), slices.MinFunc(ids, bytes.Compare)...))
	return rawjson.UUID(sum[:16])
}

// SetExportWritten says when a file of the persons export was written, in unix microseconds. The newest file
// gives the time of the export if its rows have none.
func (x *Index) SetExportWritten(at int64) { x.persons.setWritten(at) }
