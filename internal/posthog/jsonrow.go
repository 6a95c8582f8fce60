package posthog

import (
	"bytes"

	"ph2cio/internal/rawjson"
)

// decodeJSON reads a row of the batch exports' JSONL, and of every other file of one JSON object a line that
// uses PostHog's own names: `properties` may be an object, a string that holds one, or null. Keys may have
// any order; of a key that comes twice the last counts, as in encoding/json; unknown keys are ignored. It
// returns the index of the newline that ends the row.
func decodeJSON(d *decoder, start int) (end int, f *fault) {
	data := d.rows.Data
	i := rawjson.ScanSpace(data, start, 0)
	if data[i] == '{' {
		if end = d.walkRow(&d.rows, i, 0); end >= 0 {
			end = rawjson.ScanSpace(data, end, 0)
		}
	}
	if data[i] != '{' || end < 0 || data[end] != '\n' {
		end = start + bytes.IndexByte(data[start:], '\n')
		return end, notAnObject("the row", trimLineEnd(data[start:end]))
	}
	if f = d.takeFields(); f == nil {
		f = d.finish()
	}
	return end, f
}

// walkRow reads the object at index i of the text into fields. It walks `properties` at the same time.
func (d *decoder) walkRow(s *rawjson.Scanner, i, end int) int {
	data := s.Data
	if i = rawjson.ScanSpace(data, i+1, end); data[i] == '}' {
		return i + 1
	}
	for {
		if data[i] != '"' {
			return -1
		}
		key := i + 1
		keyEnd, escaped := rawjson.ScanString(data, s.Marks, key)
		if keyEnd < 0 {
			return -1
		}
		if i = rawjson.ScanColon(data, keyEnd+1, end); i < 0 {
			return -1
		}
		name := data[key:keyEnd]
		if escaped {
			name = d.key(name, true)
		}
		if i = d.walkField(name, s, i, end); i < 0 {
			return -1
		}
		if data[i] <= ' ' {
			i = rawjson.ScanSpace(data, i, end)
		}
		if data[i] != ',' {
			break
		}
		if i++; data[i] <= ' ' {
			i = rawjson.ScanSpace(data, i, end)
		}
	}
	if data[i] != '}' {
		return -1
	}
	return i + 1
}

// walkField reads the value at index i of the text, which is that of the field with this name.
func (d *decoder) walkField(name []byte, s *rawjson.Scanner, i, end int) int {
	data := s.Data
	value := i
	escaped := false
	if d.renamed != nil {
		name = d.rename(name)
	}
	switch {
	case data[i] == '"':
		if i, escaped = rawjson.ScanString(data, s.Marks, i+1); i < 0 {
			return -1
		}
		i++
	case data[i] == '{' && string(name) == "properties":
		d.fields.beginProperties()
		return d.walkProperties(s, i, end, 1)
	case data[i] == '{' && string(name) == "person_properties":
		d.fields.beginPersonProperties()
		return d.walkPersonProperties(s, i, end, 1)
	case data[i] == '{' && string(name) == "person":
		return d.walkPerson(s, i, end)
	default:
		if i = s.Value(i, end, 1); i < 0 {
			return -1
		}
	}
	if kind := d.fields.keep(name, data[value:i:i], escaped); kind > plainField {
		d.forget(kind)
	}
	return i
}

// forget forgets an earlier object of the row, since of two the last counts.
func (d *decoder) forget(kind fieldKind) {
	switch kind {
	case propertiesField:
		d.special, d.members, d.event.Properties = special{}, d.members[:0], nil
	case personPropertiesField:
		d.personMembers, d.event.PersonProperties = d.personMembers[:0], nil
	case personField:
		d.forgetPerson()
	}
}

// takeFields turns what walkRow found into the event.
func (d *decoder) takeFields() *fault {
	e, f := &d.event, &d.fields
	if len(f.event) == 0 || f.event[0] != '"' {
		return faultf(NotAnEvent, "`event` is missing or not a string")
	}
	e.Name, e.NameBroken = d.name(f.event, f.escaped)
	e.trimName()
	if rawjson.Blank(e.Name) {
		return faultf(NotAnEvent, "`event` is blank")
	}
	e.DistinctID, d.badID = d.id(either(f.distinctID, f.dollarDistinctID), f.escaped)
	e.PersonID = d.utf8(d.text(f.personID, f.escaped))
	d.takeUUID()
	d.takeTeam(d.text(f.teamID, f.escaped))
	d.timestamp(d.text(f.timestamp, f.escaped))
	d.takenBefore(d.text(f.now, f.escaped), d.text(f.offset, f.escaped))
	d.takeCreatedAt(d.text(f.createdAt, f.escaped))
	if chain := f.elementsChain; len(chain) > len(`""`) && chain[0] == '"' {
		e.ElementsChain = chain
	}
	e.Personless = string(d.text(f.personMode, f.escaped)) == "propertyless"
	e.Set = d.attributes(f.set, f.columnSet, object)
	e.SetOnce = d.attributes(f.setOnce, f.columnSetOnce, object)
	e.Unset = d.attributes(f.unset, f.columnUnset, objectOrArray)
	return d.takeObjects()
}

// takeUUID reads the UUID from `uuid` or `id`. An `id` that is no UUID may be anything and counts as missing.
func (d *decoder) takeUUID() {
	e, f := &d.event, &d.fields
	text, _ := d.id(f.uuid, f.escaped)
	if e.UUID, e.HasUUID, e.UUIDText = readUUID(text); !e.HasUUID && e.UUIDText == nil {
		e.UUID, e.HasUUID, _ = readUUID(d.text(f.id, f.escaped))
	}
}

// takeObjects reads `properties` and `person_properties`, unless walkRow has done so already.
func (d *decoder) takeObjects() (f *fault) {
	if raw := d.fields.properties; len(raw) > 0 && raw[0] == '"' {
		data, end := d.unquoted(raw)
		if f = d.propertiesText(data, end); f != nil {
			return f
		}
	} else if len(raw) > 0 && raw[0] != 'n' {
		return faultf(NotAnObject, "`properties` is neither an object nor null")
	}
	switch raw := d.fields.personProperties; {
	case len(raw) == 0 || raw[0] == 'n':
	case raw[0] == '"':
		data, end := d.unquoted(raw)
		f = d.personPropertiesText(data, end)
	default:
		f = faultf(NotAnObject, "`person_properties` is neither an object nor null")
	}
	return f
}

// attributes returns the first of the values that is valid for a top-level `$set`, either directly or in a
// string. PostHog ignores any other value too.
func (d *decoder) attributes(first, second []byte, kind func([]byte) []byte) []byte {
	for _, raw := range [...][]byte{first, second} {
		if len(raw) > 0 && raw[0] == '"' {
			raw = d.valueText(d.unquoted(raw))
		}
		if found := kind(raw); found != nil {
			return found
		}
	}
	return nil
}

// rename returns PostHog's name for a key of the row, and notes which of Options.Columns the row has.
func (d *decoder) rename(name []byte) []byte {
	to, ok := d.renamed[string(name)]
	if !ok {
		return name
	}
	d.rowNamed |= to.named
	d.named |= to.named
	switch {
	case to.to != nil:
		return to.to
	case to.other&d.rowNamed != 0:
		return unread
	}
	return name
}

// decodeElement reads an element of a JSON document that is an object with PostHog's own names, as decodeJSON
// reads a line.
func decodeElement(d *decoder, data []byte, start, end int) *fault {
	if data[start] != '{' || d.walkRow(&d.rows, start, end) != end {
		return notAnObject("the row", data[start:end])
	}
	if f := d.takeFields(); f != nil {
		return f
	}
	return d.finish()
}
