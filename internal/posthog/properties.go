package posthog

import "ph2cio/internal/rawjson"

// walkProperties reads the object at index i of the text, which is nested depth levels deep. It notes the
// position of each member and keeps those that this program reads. It returns the index after the object, or
// -1. A second call replaces the result of the first, since of two `properties` in one row the last counts.
func (d *decoder) walkProperties(s *rawjson.Scanner, i, end, depth int) int {
	d.special = special{}
	after, members := s.Members(i, end, depth, d.members)
	if after < 0 {
		return -1
	}
	d.members = members
	d.event.Properties = s.Data[i:after:after]
	d.keepSpecial(d.event.Properties, members)
	return after
}

// walkPersonProperties does the same for `person_properties`, of which this program reads none.
func (d *decoder) walkPersonProperties(s *rawjson.Scanner, i, end, depth int) int {
	after, members := s.Members(i, end, depth, d.personMembers)
	if after < 0 {
		return -1
	}
	d.personMembers = members
	d.event.PersonProperties = s.Data[i:after:after]
	return after
}

// keepSpecial keeps the members of `properties` that this program reads.
func (d *decoder) keepSpecial(object []byte, members []rawjson.Member) {
	for i := range members {
		m := &members[i]
		if m.Escaped || maySpecial(object, m.KeyStart, m.KeyEnd) {
			key := d.key(object[m.KeyStart:m.KeyEnd], m.Escaped)
			d.special.keep(key, object[m.ValueStart:m.ValueEnd:m.ValueEnd])
		}
	}
}

// propertiesText reads `properties` from text of its own. Nothing and null are an empty object.
func (d *decoder) propertiesText(data []byte, end int) *fault {
	return d.objectText("`properties`", data, end, d.walkProperties)
}

// personPropertiesText reads `person_properties` from text of its own. Nothing and null are none.
func (d *decoder) personPropertiesText(data []byte, end int) *fault {
	return d.objectText("`person_properties`", data, end, d.walkPersonProperties)
}

// objectText calls walk for text that must be an object, null or empty.
func (d *decoder) objectText(what string, data []byte, end int, walk func(s *rawjson.Scanner, i, end, depth int) int) *fault {
	i := rawjson.ScanSpace(data, 0, end)
	if i == end || isNull(data, i, end) {
		return nil
	}
	if data[i] != '{' {
		return notAnObject(what, data[:end])
	}
	d.value.Begin(data, end)
	if i = walk(&d.value, i, end, 0); i < 0 || rawjson.ScanSpace(data, i, end) != end {
		return notJSON(what, data[:end])
	}
	return nil
}

// valueText returns the JSON value in a text, nil if it is not valid.
func (d *decoder) valueText(data []byte, end int) []byte {
	i := rawjson.ScanSpace(data, 0, end)
	d.value.Begin(data, end)
	after := d.value.Value(i, end, 0)
	if after < 0 || rawjson.ScanSpace(data, after, end) != end {
		return nil
	}
	return data[i:after:after]
}

func isNull(data []byte, i, end int) bool {
	return data[i] == 'n' && rawjson.ScanScalar(data, i) == i+4 && rawjson.ScanSpace(data, i+4, end) == end
}

// walkPerson reads a `person` of PostHog's API, the object at index i of the text, for its properties: those
// of today, not of when the event happened. They count only in a row without `person_properties`. It returns
// the index after the object, or -1.
func (d *decoder) walkPerson(s *rawjson.Scanner, i, end int) int {
	d.forgetPerson()
	if d.fields.hasPersonProperties {
		return s.Value(i, end, 1)
	}
	data := s.Data
	after, members := s.Members(i, end, 1, d.personMembers)
	if after < 0 {
		return -1
	}
	d.personMembers = members[:0]
	properties := -1
	for _, m := range members {
		if string(d.key(data[i+int(m.KeyStart):i+int(m.KeyEnd)], m.Escaped)) == "properties" {
			properties = i + int(m.ValueStart)
		}
	}
	if properties >= 0 && data[properties] == '{' {
		d.walkPersonProperties(s, properties, end, 2) // scanned above, so it cannot fail
	}
	return after
}

// forgetPerson forgets an earlier `person`: of two in one row the last counts.
func (d *decoder) forgetPerson() {
	if !d.fields.hasPersonProperties {
		d.personMembers, d.event.PersonProperties = d.personMembers[:0], nil
	}
}
