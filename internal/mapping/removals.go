package mapping

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// Removing says what Mapper.Removals removes.
type Removing int

// What Removals removes: what no earlier run has removed, or everything that the person no longer has, since
// a merge may have brought it back.
const (
	RemoveNew Removing = iota
	RemoveAll
)

// GoneUnknown is returned by no Mapper.Removals. As people.SentPerson.Removed it says that a merge may have
// brought attributes back, so that everything that the person no longer has is to be removed again.
const GoneUnknown = "\x00\x00\x00\x00"

// Removals appends the identify of the person whom Person has mapped last: with what Person has appended, and
// with null for the email if an earlier run has sent one that the person no longer has. If Options.Unset says
// so, there is also null for each attribute that the person had and no longer has, except those that earlier
// runs have removed already, depending on what. Dst is returned if there is nothing to remove, or no room for
// it; what is behind dst in its array may be overwritten all the same.
//
// Gone stands for the attributes that are removed in Customer.io once the identify is accepted, by this or
// earlier identifies. It is to become people.SentPerson.Removed.
//
// Customer.io documents that null removes an attribute of an object. That it removes one of a person is
// UNVERIFIED. An attribute whose value cannot be sent any more stays: the profile may have it from elsewhere.
func (m *Mapper) Removals(dst []byte, p *people.Person, what Removing) (out []byte, gone string) {
	r := &m.removals
	before := m.people.RemovedBefore(p)
	if !m.rules.removesUnset && before == "" && !p.FreesEmail() {
		return dst, ""
	}
	r.begin(m.attributes.json, before)
	if m.rules.removesUnset {
		r.properties = m.people.AppendRemoved(r.properties[:0], p)
		r.addAll(m.persons.keys, r.properties, what)
	}
	who := m.persons.who
	if p.FreesEmail() && who.Key != customerio.Email {
		r.addName("email")
	}
	out = dst
	for len(r.ends) > 0 { // without the last ones if the operation is too large
		out = customerio.AppendIdentify(dst, who, r.object(), m.rules.identifyTime(p))
		if len(out)-len(dst) <= customerio.MaxItem {
			break
		}
		out, r.ends = dst, r.ends[:len(r.ends)-1]
	}
	return out, r.gone()
}

// removals are the attributes of one operation, and those that it removes.
type removals struct {
	properties []byte          // that the person has no more, as a JSON object
	json       []byte          // the attributes: {"a":1,"b":null
	ends       []int           // where in json each of the removed attributes ends
	hashes     []uint32        // of the names of the removed attributes, as many as ends
	before     []uint32        // of those that earlier identifies have removed and that are not sent, rising
	kept       int             // how many attributes are not removed
	names      map[string]bool // of all attributes in json; true if it has a value
	dotted     []string        // of those with a value, the names with dots
	members    []rawjson.Member
}

// begin starts with the attributes that are sent, a JSON object. removed are those that earlier identifies
// have removed.
func (r *removals) begin(attributes []byte, removed string) {
	if r.names == nil {
		r.names = map[string]bool{}
	}
	clear(r.names)
	r.ends, r.hashes, r.before, r.dotted = r.ends[:0], r.hashes[:0], r.before[:0], r.dotted[:0]
	for b := []byte(removed); len(b) >= nameHashSize && removed != GoneUnknown; b = b[nameHashSize:] {
		r.before = append(r.before, binary.BigEndian.Uint32(b))
	}
	r.members = rawjson.WalkMembers(r.members[:0], attributes)
	for _, member := range r.members {
		name := string(nameOf(attributes, member))
		r.names[name] = true
		if strings.Contains(name, ".") {
			r.dotted = append(r.dotted, name)
		}
		if i, has := slices.BinarySearch(r.before, nameHash(name)); has {
			r.before = slices.Delete(r.before, i, i+1) // it is set again
		}
	}
	r.kept = len(r.members)
	r.json = append(r.json[:0], attributes[:len(attributes)-1]...)
}

// nameHashSize is how many bytes of the hash of a name the state has.
const nameHashSize = 4

// nameHash returns a hash of a name that is not 0, which GoneUnknown has.
func nameHash(name string) uint32 { return max(1, uint32(xxh3.HashString(name))) }

// addAll adds the members of an object, which are properties of the person.
func (r *removals) addAll(keys *keys, properties []byte, what Removing) {
	r.members = rawjson.WalkMembers(r.members[:0], properties)
	for _, member := range r.members {
		r.add(keys.of(properties[member.KeyStart:member.KeyEnd], member.Escaped), what)
	}
}

// add adds an attribute that is not sent, unless it is one that is never sent, says what messages a person
// wants, or is PostHog's own, which nights with other --person-properties do not remember. The email of a
// person is not always theirs to remove, and goes by Person.FreesEmail.
func (r *removals) add(k *key, what Removing) {
	switch {
	case strings.HasPrefix(k.plain, "$"), !k.sent(), k.optOut, k.out == "email", strings.HasPrefix(k.out, "cio_subscription_preferences"):
		return
	case r.touches(k.out):
		return
	case what == RemoveNew:
		if _, removed := slices.BinarySearch(r.before, nameHash(k.out)); removed {
			return
		}
	}
	r.addName(k.out)
}

// touches reports whether null for an attribute may remove another one that has a value, or a part of it. If
// Customer.io reads dots as a path, "address": null removes "address.city". Such an attribute is removed by a
// later identify, when the other one is gone too.
func (r *removals) touches(name string) bool {
	for i := range len(name) {
		if name[i] == '.' && r.names[name[:i]] {
			return true
		}
	}
	return slices.ContainsFunc(r.dotted, func(other string) bool {
		return len(other) > len(name) && other[len(name)] == '.' && other[:len(name)] == name
	})
}

// addName adds an attribute that is not sent, if the operation has room for it.
func (r *removals) addName(name string) {
	if _, there := r.names[name]; there || r.kept+len(r.ends) >= customerio.MaxAttributes {
		return
	}
	r.names[name] = false
	if len(r.json) > 1 {
		r.json = append(r.json, ',')
	}
	r.json = append(rawjson.AppendString(r.json, name), ":null"...)
	r.ends = append(r.ends, len(r.json))
	r.hashes = append(r.hashes, nameHash(name))
}

// object returns the attributes as a JSON object, without those removed ones that ends does not have.
func (r *removals) object() []byte {
	return append(r.json[:r.ends[len(r.ends)-1]], '}')
}

// mostGone is how many removed attributes of a person the state has at most.
const mostGone = 16_000

// gone returns the hashes of the attributes that are removed once the operation is accepted, as the state
// saves them.
func (r *removals) gone() string {
	all := append(r.before, r.hashes[:len(r.ends)]...)
	slices.Sort(all)
	all = slices.Compact(all)
	r.before = all
	var b []byte
	for _, one := range all[:min(len(all), mostGone)] {
		b = binary.BigEndian.AppendUint32(b, one)
	}
	return string(b)
}
