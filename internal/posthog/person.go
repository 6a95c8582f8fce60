package posthog

// walkPerson reads a `person` of PostHog's API, the object at data[i], for its properties: those of today, not of when
// the event happened. They count only in a row without `person_properties`. It returns the index after the object, or -1.
func (d *decoder) walkPerson(data []byte, marks []uint64, i, end int) int {
	d.forgetPerson()
	if d.fields.hasPersonProperties {
		return scanValue(&d.kinds, data, marks, i, end, 1)
	}
	after, members := d.walkMembers(data, marks, i, end, 1, d.personMembers, false)
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
		d.walkPersonProperties(data, marks, properties, end, 2) // scanned above, so it cannot fail
	}
	return after
}

// forgetPerson forgets an earlier `person`: of two in one row the last counts.
func (d *decoder) forgetPerson() {
	if !d.fields.hasPersonProperties {
		d.personMembers, d.event.PersonProperties = d.personMembers[:0], nil
	}
}

// key returns the inside of a JSON string without its escapes.
func (d *decoder) key(raw []byte, escaped bool) []byte {
	if !escaped {
		return raw
	}
	start := len(d.scratch)
	d.scratch = appendUnescaped(d.scratch, raw)
	return d.scratch[start:]
}
