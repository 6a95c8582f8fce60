package posthog

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	hintPersons = "use a batch export of the persons model (JSONLines), a CSV from PostHog's persons page, or a dump of ClickHouse's person_distinct_id2"

	eventsInstead = "the file is an export of events, not of persons"
	hintInstead   = "pass it as a SOURCE; for --persons, " + hintPersons
)

// personShapes are the kinds of persons exports, tried in this order.
var personShapes = []shape{
	foreignBytes,
	personsCSV,
	personsDocument,
	personLines,
	notPersons,
}

// foreignBytes refuses what is no text of anything.
func foreignBytes(h *head) (*layout, *refusal) {
	for _, f := range foreignFiles {
		if f.is(h.text) {
			return nil, refuse(f.what, hintPersons)
		}
	}
	return nil, nil
}

// notPersons refuses what no shape has recognised.
func notPersons(h *head) (*layout, *refusal) {
	if len(h.names) > 1 {
		return nil, refuse("the file is not an export of persons; its columns are "+listed(h.names), hintPersons)
	}
	return nil, refuse("the file is not an export of persons; it begins with "+quoted(h.firstLine(0)), hintPersons)
}

// personLines recognises one JSON object a line.
func personLines(h *head) (*layout, *refusal) {
	keys, ok := h.firstKeys()
	if !ok {
		return nil, nil
	}
	if keys != nil { // else each row will say what is wrong with it
		if refused := refusePersons(keys); refused != nil {
			return nil, refused
		}
	}
	return &layout{shape: "persons, JSON lines", split: splitLines, line: decodePersonLine}, nil
}

// firstKeys are those of the first line that has any, nil where it is no valid JSON; false when lines are no objects. Blank
// lines and empty objects before it tell nothing.
func (h *head) firstKeys() (keys map[string]json.RawMessage, ok bool) {
	for line := range bytes.Lines(h.text) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
		case line[0] != '{':
			return nil, false
		case json.Unmarshal(line, &keys) != nil:
			return nil, true
		case len(keys) > 0:
			return keys, true
		}
	}
	return nil, false
}

// refusePersons refuses rows with keys that are not those of persons.
func refusePersons(keys map[string]json.RawMessage) *refusal {
	has := func(name string) bool { _, ok := keys[name]; return ok }
	switch {
	case has("event"), has("timestamp"): // PostHog's persons have no timestamp
		return refuse(eventsInstead, hintInstead)
	case has("distinct_ids"), has("distinct_id") && (has("person_id") || has("is_deleted")), has("id") && has("properties"):
		return nil
	}
	return refuse("the file is not an export of persons; its keys are "+listed(slices.Sorted(maps.Keys(keys))), hintPersons)
}

// personsDocument recognises the persons list of PostHog's API.
func personsDocument(h *head) (*layout, *refusal) {
	doc := &documentHead{keys: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(h.text))
	if h.firstIsPerson() || !doc.findArray(d, h.text) {
		return nil, nil
	}
	end := &documentEnd{open: doc.open, next: doc.keys["next"], more: doc.keys["hasMore"]}
	l := &layout{shape: "persons, JSON document", header: int(d.InputOffset()), csv: true, elements: new(elements), ending: end.check, decode: decodePersonElement}
	doc.readElements(d)
	var keys map[string]json.RawMessage
	if len(doc.elements) > 0 && json.Unmarshal(doc.elements[0], &keys) == nil {
		return l, refusePersons(keys)
	}
	return l, nil
}

// firstIsPerson reports whether the first line that says anything is a person: lists are among its keys too.
func (h *head) firstIsPerson() bool {
	keys, _ := h.firstKeys()
	return keys != nil && refusePersons(keys) == nil
}

func decodePersonLine(d *decoder, data []byte, marks []uint64, start int) (end int, f *fault) {
	i := scanSpace(data, start, 0)
	after := -1
	if data[i] == '{' {
		after = d.walkPersonRow(data, marks, i, 0)
	}
	if after >= 0 {
		after = scanSpace(data, after, 0)
	}
	if after < 0 || data[after] != '\n' {
		end = start + bytes.IndexByte(data[start:], '\n')
		return end, notAnObject("the row", trimLineEnd(data[start:end]))
	}
	return after, d.takePerson(data[i:])
}

func decodePersonElement(d *decoder, data []byte, start, end int) *fault {
	if data[start] != '{' || d.walkPersonRow(data, d.rows, start, end) != end {
		return notAnObject("the row", data[start:end])
	}
	return d.takePerson(data[start:])
}

// walkPersonRow notes the members of the row at data[i].
func (d *decoder) walkPersonRow(data []byte, marks []uint64, i, end int) int {
	after, members := d.walkMembers(data, marks, i, end, 1, d.members, false)
	if after >= 0 {
		d.members = members
	}
	return after
}

// takePerson reads the members of a row, which begins with row.
func (d *decoder) takePerson(row []byte) *fault {
	p := personFields{}
	for _, m := range d.members {
		p.keep(d.key(row[m.KeyStart:m.KeyEnd], m.Escaped), row[m.ValueStart:m.ValueEnd:m.ValueEnd])
	}
	return p.take(d)
}

// personFields are the values of a row, raw; nil where absent.
type personFields struct {
	distinctID, distinctIDs              []byte
	personID, uuid, id                   []byte
	mappingVersion, personVersion        []byte
	version, deleted, identified, teamID []byte
	inserted, created, properties        []byte
}

// field is where the value of a column or key is kept; nil for one that is not read.
func (p *personFields) field(name string) *[]byte {
	switch name {
	case "distinct_id":
		return &p.distinctID
	case "distinct_ids":
		return &p.distinctIDs
	case "person_id":
		return &p.personID
	case "uuid":
		return &p.uuid
	case "id":
		return &p.id
	case "person_distinct_id_version":
		return &p.mappingVersion
	case "person_version":
		return &p.personVersion
	case "version":
		return &p.version
	case "is_deleted":
		return &p.deleted
	case "is_identified":
		return &p.identified
	case "team_id":
		return &p.teamID
	case "_inserted_at":
		return &p.inserted
	case "created_at":
		return &p.created
	case "properties":
		return &p.properties
	}
	return nil
}

func (p *personFields) keep(name, raw []byte) {
	if to := p.field(string(name)); to != nil {
		*to = raw
	}
}

// take makes a row of the values.
func (p *personFields) take(d *decoder) *fault {
	row := &d.row
	number := func(raw []byte) int64 {
		n, _ := number(d.text(raw, true)) // what is none counts as the oldest version
		return n
	}
	isTrue := func(raw []byte) bool {
		text := string(d.text(raw, true))
		return strings.EqualFold(text, "true") || text == "1"
	}
	id := d.firstText(p.personID, p.uuid, p.id)
	row.PersonID, row.HasPersonID = parseUUID(id)
	row.TeamID, row.Identified = number(p.teamID), isTrue(p.identified)
	row.At, row.Created = d.created(d.text(p.inserted, true)), d.created(d.text(p.created, true))
	row.Version, row.PersonVersion = number(p.mappingVersion), number(p.personVersion)
	switch {
	case p.distinctID != nil && p.mappingVersion == nil && p.personVersion == nil: // ClickHouse's person_distinct_id2
		row.Version, row.MappingDeleted = number(p.version), isTrue(p.deleted)
	case p.distinctID != nil:
		row.Deleted = isTrue(p.deleted)
	default:
		row.PersonVersion, row.Deleted = max(row.PersonVersion, number(p.version)), isTrue(p.deleted)
	}
	if f := p.takeIDs(d); f != nil {
		return f
	}
	if !row.HasPersonID && !p.tellsWithout(row, id) {
		return faultf(NoPersonID, "the row has no person UUID")
	}
	return d.personProperties(p.properties)
}

// tellsWithout reports whether a row without a person's UUID, but perhaps with another id of one, says something all the
// same: that an ID has no person, or, in a list of people, which IDs are one.
func (p *personFields) tellsWithout(row *PersonRow, id []byte) bool {
	if row.MappingDeleted {
		return len(id) == 0
	}
	_, err := strconv.ParseUint(string(id), 10, 64)
	return p.distinctID == nil && len(row.DistinctIDs) > 0 && (len(id) == 0 || err == nil)
}

// firstText returns the text of the first value that has any, and is not the UUID of nobody.
func (d *decoder) firstText(values ...[]byte) []byte {
	for _, raw := range values {
		text := d.text(raw, true)
		if id, ok := parseUUID(text); len(text) > 0 && !(ok && id == UUID{}) {
			return text
		}
	}
	return nil
}

func (p *personFields) takeIDs(d *decoder) *fault {
	add := func(raw []byte) *fault {
		id, wrong := d.id(raw, true)
		if wrong != "" {
			return faultf(BadDistinctID, "a distinct ID %s", wrong)
		}
		if id == nil {
			return faultf(NoDistinctID, "a distinct ID is empty")
		}
		d.row.DistinctIDs = append(d.row.DistinctIDs, id)
		return nil
	}
	if p.distinctID != nil {
		return add(p.distinctID)
	}
	if len(p.distinctIDs) == 0 || p.distinctIDs[0] != '[' {
		return nil
	}
	var ids []json.RawMessage
	if err := json.Unmarshal(p.distinctIDs, &ids); err != nil {
		return notJSON("`distinct_ids`", p.distinctIDs)
	}
	for _, raw := range ids {
		if f := add(raw); f != nil {
			return f
		}
	}
	return nil
}

// personProperties reads `properties`, an object or a string that holds one. Of a null, or nothing, nothing is known.
func (d *decoder) personProperties(raw []byte) *fault {
	if len(raw) > 0 && raw[0] == '"' {
		data, end := d.unquoted(raw)
		return d.personText(data, end)
	}
	if len(raw) == 0 {
		return nil
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, raw...)
	data, end := d.closeScratch(start)
	return d.personText(data, end)
}

// personText reads the text of an object of properties.
func (d *decoder) personText(data []byte, end int) *fault {
	if f := d.objectText("`properties`", data, end, d.walkPersonProperties); f != nil {
		return f
	}
	d.row.Properties, d.row.Members, d.row.HasProperties = d.event.PersonProperties, d.personMembers, d.event.PersonProperties != nil
	return nil
}
