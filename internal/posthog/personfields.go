package posthog

import (
	"encoding/json"
	"strconv"
	"strings"

	"ph2cio/internal/rawjson"
)

// personFields are the values of a row, raw; nil where absent.
type personFields struct {
	distinctID, distinctIDs              []byte
	personID, uuid, id                   []byte
	mappingVersion, personVersion        []byte
	version, deleted, identified, teamID []byte
	inserted, created, properties        []byte
}

// field returns where the value of a column or key is stored, nil for one that is not read.
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

// take makes a row of the values, in addition to the IDs that the row has.
func (p *personFields) take(d *decoder) *fault {
	number := func(raw []byte) int64 {
		n, _ := number(d.text(raw, true)) // an invalid version counts as the oldest
		return n
	}
	isTrue := func(raw []byte) bool {
		text := string(d.text(raw, true))
		return strings.EqualFold(text, "true") || text == "1"
	}
	id := d.firstText(p.personID, p.uuid, p.id)
	personID, hasID := rawjson.ParseUUID(id)
	version, personVersion := number(p.mappingVersion), number(p.personVersion)
	deleted, mappingDeleted := isTrue(p.deleted), false
	switch {
	case p.distinctID != nil && p.mappingVersion == nil && p.personVersion == nil: // ClickHouse's person_distinct_id2
		version, deleted, mappingDeleted = number(p.version), false, deleted
	case p.distinctID == nil:
		personVersion = max(personVersion, number(p.version))
	}
	d.person = PersonRow{
		DistinctIDs: d.person.DistinctIDs, Version: version, MappingDeleted: mappingDeleted,
		PersonID: personID, HasPersonID: hasID, PersonVersion: personVersion, Identified: isTrue(p.identified), Deleted: deleted,
		TeamID: number(p.teamID), At: d.created(d.text(p.inserted, true)), Created: d.created(d.text(p.created, true)),
	}
	if f := p.takeIDs(d); f != nil {
		return f
	}
	if !hasID && !p.usefulWithout(&d.person, id) {
		return faultf(NoPersonID, "the row has no person UUID")
	}
	return d.personProperties(p.properties)
}

// usefulWithout reports whether a row without a person's UUID is still useful: it says that an ID has no
// person or, in a list of people, which IDs are one person.
func (p *personFields) usefulWithout(row *PersonRow, id []byte) bool {
	if row.MappingDeleted {
		return len(id) == 0
	}
	_, err := strconv.ParseUint(string(id), 10, 64)
	return p.distinctID == nil && len(row.DistinctIDs) > 0 && (len(id) == 0 || err == nil)
}

// firstText returns the text of the first value that has any and is not the all-zero UUID.
func (d *decoder) firstText(values ...[]byte) []byte {
	for _, raw := range values {
		text := d.text(raw, true)
		if id, ok := rawjson.ParseUUID(text); len(text) > 0 && !(ok && id == rawjson.UUID{}) {
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
		d.person.addID(id)
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

// personProperties reads `properties`, an object or a string that holds one. With null, or without a value,
// the properties are unknown.
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
	if d.event.PersonProperties != nil {
		d.person.setProperties(d.event.PersonProperties, d.personMembers)
	}
	return nil
}
