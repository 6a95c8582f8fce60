package mapping

import "ph2cio/internal/rawjson"

// Dotted counts, by name, the attributes of people with a dot in their names. Customer.io documents that it
// reads dots as a path for subscription preferences alone (Track API reference), so it may or may not do so
// for these.
type Dotted struct {
	Count  map[string]DottedCount
	Beyond int64 // for all names after the first maxChanges
}

// DottedCount counts people.
type DottedCount struct {
	People       int64
	BesideObject int64 // of them, those who also have an object named by the part before the dot
}

// dottedName is an attribute of the person who is being mapped.
type dottedName struct {
	name         string
	besideObject bool
}

// take counts the attributes of a person who is sent.
func (d *Dotted) take(all []dottedName) {
	for _, one := range all {
		count := DottedCount{People: 1}
		if one.besideObject {
			count.BesideObject = 1
		}
		d.Add(one.name, count)
	}
}

// Add adds counts of people for a name.
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

// besideObjects finds the attributes for which the person also has an object named by the part before the
// dot.
func besideObjects(all []dottedName, properties []byte, members []rawjson.Member) {
	for i := range all {
		first := firstPart(all[i].name)
		for _, member := range members {
			object := properties[member.ValueStart] == '{' && string(nameOf(properties, member)) == first
			all[i].besideObject = all[i].besideObject || object
		}
	}
}
