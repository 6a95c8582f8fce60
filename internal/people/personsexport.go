package people

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"slices"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// persons is what a persons export says. It takes about 200 bytes for a person and 100 for an ID.
type persons struct {
	byID       map[sum]idMapping     // by distinct ID
	byPersonID map[sum]*exportPerson // by person_id
	exported   int64                 // the newest row's time, in unix microseconds; noTime if none has any
	written    int64                 // when the newest file was written, in unix microseconds
	snapshot   *spool.Log            // the properties that are kept
	keys       fold.KeyCache
	scratch    []byte
	seed       uint64
}

// idMapping says which person an ID has. Of several rows the one with the highest version counts.
type idMapping struct {
	version       int64
	personVersion int64
	person        *exportPerson // nil if the row says that the ID has no person any more
	id            rawjson.UUID
	neverJoins    bool // the ID never joins anybody: see posthog.CookielessDevice
}

// exportPerson is a person of the export. Of several rows the one with the highest version counts.
type exportPerson struct {
	id         rawjson.UUID
	version    int64
	identified bool
	deleted    bool
	properties bool // it has some, at place
	place      spool.Place
	number     uint32 // counts persons that have an ID
	node       uint32 // the node of one of its IDs, plus one; 0 if it has none
	turn       uint64 // its place in inOrder
	keptSum    uint64 // of the properties that an earlier run has kept, if nothing has changed since; 0 for none
}

// newPersons returns a persons export without rows. seed is that of the index's sums.
func newPersons(seed uint64, space *spool.Space, keys *fold.Keys) *persons {
	return &persons{
		seed: seed,
		byID: map[sum]idMapping{}, byPersonID: map[sum]*exportPerson{}, exported: noTime, written: noTime,
		snapshot: space.NewLog(), keys: keys.Cache(),
	}
}

// setExported notes the time of a row, in unix microseconds.
func (p *persons) setExported(at int64) { p.exported = max(p.exported, at) }

// setWritten notes when a file was written, in unix microseconds.
func (p *persons) setWritten(at int64) { p.written = max(p.written, at) }

// at returns when the export was made, in unix microseconds.
func (p *persons) at() int64 {
	if p.exported == noTime {
		return p.written
	}
	return p.exported
}

// newIDMapping returns what a row says of one of its IDs. person is that of the row.
func newIDMapping(r *posthog.PersonRow, id []byte, person *exportPerson) idMapping {
	if r.MappingDeleted {
		person = nil
	}
	return idMapping{
		version: r.Version, personVersion: r.PersonVersion, person: person, id: r.PersonID,
		neverJoins: posthog.CookielessDevice(id),
	}
}

// compare orders the mappings of one ID by version. The highest counts.
func (m *idMapping) compare(o *idMapping) int {
	return cmp.Or(cmp.Compare(m.version, o.version), cmp.Compare(m.personVersion, o.personVersion), bytes.Compare(m.id[:], o.id[:]))
}

// learn adds what a row says of its person.
func (p *persons) learn(r *posthog.PersonRow) *exportPerson {
	h := sumOf(r.PersonID.Append(nil), p.seed)
	person := p.byPersonID[h]
	if person == nil {
		person = &exportPerson{id: r.PersonID, version: -1}
		p.byPersonID[h] = person
	}
	if r.PersonVersion < person.version {
		return person
	}
	newer := r.PersonVersion > person.version
	person.version = r.PersonVersion
	if newer {
		person.identified, person.deleted, person.properties = r.Identified, r.Deleted, false
	} else {
		person.identified, person.deleted = person.identified || r.Identified, person.deleted || r.Deleted
	}
	if len(r.Members) > 0 && !person.properties { // rows of one version have the same
		p.scratch = p.keys.AppendKept(p.scratch[:0], r.Properties, r.Members)
		person.properties, person.place = true, p.snapshot.Append(p.scratch)
	}
	return person
}

// setNode notes the node of one of the person's IDs, and the person's number among those that have any.
func (e *exportPerson) setNode(node, number uint32) { e.node, e.number = node+1, number }

// setKept notes what fold.State.OnlyExported says of what earlier runs have kept.
func (e *exportPerson) setKept(sum uint64, only bool) {
	if only {
		e.keptSum = sum
	}
}

// hasNode reports whether any of the person's IDs has a node.
func (e *exportPerson) hasNode() bool { return e.node != 0 }

// inOrder returns all persons, sorted by their UUIDs.
func (p *persons) inOrder() []*exportPerson {
	all := slices.SortedFunc(maps.Values(p.byPersonID), func(a, b *exportPerson) int { return bytes.Compare(a.id[:], b.id[:]) })
	for i, e := range all {
		e.turn = uint64(i)
	}
	return all
}

// state returns the person's properties as a state for package fold. It reads them with r.
func (p *persons) state(e *exportPerson, r *spool.Reader) (fold.State, error) {
	text, err := r.At(p.snapshot, e.place)
	if err != nil {
		return fold.State{}, err
	}
	at := p.order()
	at.Ref = e.turn // of several persons the last counts
	return fold.SnapshotState(text, at), nil
}

// order returns the place of what the export says among the changes of rows.
func (p *persons) order() fold.ChangeOrder {
	return fold.ChangeOrder{Order: identity.Order{At: p.at(), UUID: exportedLast}, Stamp: math.MaxInt64}
}

// exportedLast is the uuid in the place of what the export says: that comes after all rows of its time.
var exportedLast = [16]byte(bytes.Repeat([]byte{0xff}, 16))
