package mapping

import (
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// Removals appends the identify of the person whom Person has mapped last, and whom an earlier run has sent:
// with what Person has appended, and with null for the email if an earlier run has sent one that the person no
// longer has. If Options.Unset says so, there is also null for each attribute that the person had and no
// longer has. Dst is returned unchanged if there is nothing to remove.
//
// Customer.io documents that null removes an attribute of an object. That it removes one of a person is
// UNVERIFIED. An attribute whose value cannot be sent any more stays: the profile may have it from elsewhere.
func (m *Mapper) Removals(dst []byte, p *people.Person) []byte {
	r := &m.removals
	r.begin(m.attributes.json)
	if m.rules.removesUnset {
		r.gone = m.people.AppendRemoved(r.gone[:0], p)
		r.addAll(m.persons.keys, r.gone)
	}
	who := m.persons.who
	if p.FreesEmail() && who.Key != customerio.Email {
		r.addName("email")
	}
	for len(r.ends) > 0 { // without the last ones if the operation is too large
		out := customerio.AppendIdentify(dst, who, r.object(), m.rules.identifyTime(p))
		if len(out)-len(dst) <= customerio.MaxItem {
			return out
		}
		r.ends = r.ends[:len(r.ends)-1]
	}
	return dst
}

// removals are the attributes of one operation, and those that it removes.
type removals struct {
	gone    []byte          // the properties that the person has no more, as a JSON object
	json    []byte          // the attributes: {"a":1,"b":null
	ends    []int           // where in json each of the removed attributes ends
	kept    int             // how many attributes are not removed
	names   map[string]bool // of all attributes in json
	members []rawjson.Member
}

// begin starts with the attributes that are sent, a JSON object.
func (r *removals) begin(attributes []byte) {
	if r.names == nil {
		r.names = map[string]bool{}
	}
	clear(r.names)
	r.ends = r.ends[:0]
	r.members = rawjson.WalkMembers(r.members[:0], attributes)
	for _, member := range r.members {
		r.names[string(nameOf(attributes, member))] = true
	}
	r.kept = len(r.members)
	r.json = append(r.json[:0], attributes[:len(attributes)-1]...)
}

// addAll adds the members of an object, which are properties of the person.
func (r *removals) addAll(keys *keys, properties []byte) {
	r.members = rawjson.WalkMembers(r.members[:0], properties)
	for _, member := range r.members {
		r.add(keys.of(properties[member.KeyStart:member.KeyEnd], member.Escaped))
	}
}

// add adds an attribute that is not sent, unless it is one that is never sent, says what messages a person
// wants, or is PostHog's own, which nights with other --person-properties do not remember. The email of a
// person is not always theirs to remove, and goes by Person.FreesEmail.
func (r *removals) add(k *key) {
	if !strings.HasPrefix(k.plain, "$") && k.sent() && !k.optOut && k.out != "email" && !strings.HasPrefix(k.out, "cio_subscription_preferences") {
		r.addName(k.out)
	}
}

// addName adds an attribute that is not sent, if the operation has room for it.
func (r *removals) addName(name string) {
	if r.names[name] || r.kept+len(r.ends) >= customerio.MaxAttributes {
		return
	}
	r.names[name] = true
	if len(r.json) > 1 {
		r.json = append(r.json, ',')
	}
	r.json = append(rawjson.AppendString(r.json, name), ":null"...)
	r.ends = append(r.ends, len(r.json))
}

// object returns the attributes as a JSON object, without those removed ones that ends does not have.
func (r *removals) object() []byte {
	return append(r.json[:r.ends[len(r.ends)-1]], '}')
}
