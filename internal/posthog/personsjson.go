package posthog

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"ph2cio/internal/rawjson"
)

// personLines recognises one JSON object a line.
func personLines(h *head) (*layout, *refusal) {
	keys, ok := h.firstKeys()
	if !ok {
		return nil, nil
	}
	if keys != nil { // else decoding reports each row
		if refused := refusePersons(keys); refused != nil {
			return nil, refused
		}
	}
	return &layout{shape: "persons, JSON lines", split: splitLines, line: decodePersonLine}, nil
}

// firstKeys returns the keys of the first line that is neither blank nor an empty object. keys is nil if that
// is not valid JSON; ok is false if lines are not objects.
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
	l := &layout{
		shape: "persons, JSON document", header: int(d.InputOffset()), csv: true,
		elements: new(elements), ending: doc.ending(), decode: decodePersonElement,
	}
	doc.readElements(d)
	var keys map[string]json.RawMessage
	if len(doc.elements) > 0 && json.Unmarshal(doc.elements[0], &keys) == nil {
		return l, refusePersons(keys)
	}
	return l, nil
}

// firstIsPerson reports whether the first line with content is a person, which may have keys with lists too.
func (h *head) firstIsPerson() bool {
	keys, _ := h.firstKeys()
	return keys != nil && refusePersons(keys) == nil
}

func decodePersonLine(d *decoder, start int) (end int, f *fault) {
	data := d.rows.Data
	d.person.begin()
	i := rawjson.ScanSpace(data, start, 0)
	after := -1
	if data[i] == '{' {
		after = d.walkPersonRow(i, 0)
	}
	if after >= 0 {
		after = rawjson.ScanSpace(data, after, 0)
	}
	if after < 0 || data[after] != '\n' {
		end = start + bytes.IndexByte(data[start:], '\n')
		return end, notAnObject("the row", trimLineEnd(data[start:end]))
	}
	return after, d.takePerson(data[i:])
}

func decodePersonElement(d *decoder, data []byte, start, end int) *fault {
	d.person.begin()
	if data[start] != '{' || d.walkPersonRow(start, end) != end {
		return notAnObject("the row", data[start:end])
	}
	return d.takePerson(data[start:])
}

// walkPersonRow notes the members of the row that begins at index i.
func (d *decoder) walkPersonRow(i, end int) int {
	after, members := d.rows.Members(i, end, 1, d.members)
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
