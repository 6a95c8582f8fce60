package mapping

import "ph2cio/internal/rawjson"

// Dotted count the attributes of people with a dot in their names, by name. Customer.io documents that it
// reads dots as a path for subscription preferences alone (Track API reference), so that it may or may not do
// so here.
type Dotted struct {
	Count  map[string]DottedCount
	Beyond int64 // of names that come after the first maxChanges
}

// DottedCount counts people.
type DottedCount struct {
	People       int64
	BesideObject int64 // of them, those whose attribute by the first part of the name is an object
}

// dottedName is an attribute of the person under construction.
type dottedName struct {
	name         string
	besideObject bool
}

// take counts those of a person who is sent.
func (d *Dotted) take(all []dottedName) {
	for _, one := range all {
		count := DottedCount{People: 1}
		if one.besideObject {
			count.BesideObject = 1
		}
		d.Add(one.name, count)
	}
}

// Add counts so many people more.
func (d *Dotted) Add(name string, more DottedCount) {
	one, known := d.Count[name]
	if !known && len(d.Count) >= maxChanges {
		d.Beyond += more.People
		return
	}
	if d.Count == nil {
		d.Count = map[string]DottedCount{}
	}
	d.Count[name] = DottedCount{one.People + more.People, one.BesideObject + more.BesideObject}
}

// besideObjects finds which of the attributes stand beside an object by the first part of their name, among the members
// of a person's properties.
func besideObjects(all []dottedName, properties []byte, members []rawjson.Member) {
	for i := range all {
		first := firstPart(all[i].name)
		for _, member := range members {
			object := properties[member.ValueStart] == '{' && string(nameOf(properties, member)) == first
			all[i].besideObject = all[i].besideObject || object
		}
	}
}
