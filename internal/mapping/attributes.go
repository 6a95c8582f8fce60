package mapping

import (
	"slices"

	"ph2cio/internal/rawjson"
)

// attributes holds the attributes of the operation that is being built, and counts of what was changed in
// them.
type attributes struct {
	json    []byte // {"a":1,"b":2, and complete after close
	cuts    cuts
	changes changes
	dotted  []dottedName // a person's

	members []rawjson.Member // scratch: of json
	spare   []byte           // scratch: swapped with json
}

// begin starts the next operation.
func (a *attributes) begin() {
	a.forget()
	a.json = append(a.json[:0], '{')
}

// forget drops the counts.
func (a *attributes) forget() {
	a.cuts.forget()
	a.changes = a.changes[:0]
	a.dotted = a.dotted[:0]
}

// append appends an attribute whose value has been cleaned.
func (a *attributes) append(k *key, value []byte) {
	a.json = append(a.json, k.encoded...)
	a.json = append(a.json, value...)
	a.json = append(a.json, ',')
}

// notice counts the changes of an attribute's name.
func (a *attributes) notice(k *key) {
	if k.mended.any {
		a.cuts.addAll(&k.mended)
	}
	if k.renamed && k.sent() {
		a.changes = append(a.changes, Change{Name: shortName(k.name), Became: k.out})
	}
}

// drop counts an attribute that is left out.
func (a *attributes) drop(k *key, why cut) {
	a.cuts.add(why)
	a.changes.drop(k.name, why)
}

// list returns the attributes so far, valid until the next call of any method.
func (a *attributes) list() []rawjson.Member {
	a.members = rawjson.WalkMembers(a.members[:0], a.json)
	return a.members
}

// close ends the object.
func (a *attributes) close() {
	if last := len(a.json) - 1; last > 0 {
		a.json[last] = '}' // replaces the comma
		return
	}
	a.json = append(a.json, '}')
}

// orNil returns the object, or nil if it has no attributes.
func (a *attributes) orNil() []byte {
	if len(a.json) <= len(`{}`) {
		return nil
	}
	return a.json
}

// remove closes the object and leaves out the members for which gone is true; both slices have the same
// length.
func (a *attributes) remove(members []rawjson.Member, gone []bool) {
	a.spare = appendWithout(a.spare[:0], a.json, members, gone)
	a.json, a.spare = a.spare, a.json
}

// limit drops attributes until at most most are left: the last ones first, and those that keep accepts only
// after all others. keep gets encoded names.
func (a *attributes) limit(most int, keep func(encoded string) bool) {
	members := a.list()
	excess := len(members) - most
	if excess <= 0 {
		return
	}
	a.cuts.addMany(cutAttributes, excess)
	gone := make([]bool, len(members))
	for i := len(members) - 1; i >= 0 && excess > 0; i-- {
		if name := a.json[members[i].KeyStart:members[i].KeyEnd]; !keep(string(name)) {
			gone[i] = true
			excess--
			a.changes.drop(string(nameOf(a.json, members[i])), cutAttributes)
		}
	}
	a.remove(members, gone)
}

// shrink drops the largest $ properties until the object is excess bytes shorter. It reports whether that was
// possible.
func (a *attributes) shrink(excess int) bool {
	members := a.list()
	gone, n, ok := largestDollar(a.json, members, excess)
	if !ok {
		return false
	}
	a.cuts.addMany(cutLargest, n)
	for i, member := range members {
		if gone[i] {
			a.changes.drop(string(nameOf(a.json, member)), cutLargest)
		}
	}
	a.remove(members, gone)
	return true
}

// elementsChain is PostHog's column with the elements that were clicked. It is not a property.
const elementsChain = "elements_chain"

// largestDollar marks the largest members whose names begin with $, and the chain of elements, until their
// sizes add up to excess. ok is false if all of them are too small.
func largestDollar(object []byte, members []rawjson.Member, excess int) (gone []bool, n int, ok bool) {
	gone = make([]bool, len(members))
	var candidates []int
	for i, m := range members {
		if name := object[m.KeyStart:m.KeyEnd]; len(name) > 0 && name[0] == '$' || string(name) == elementsChain {
			candidates = append(candidates, i)
		}
	}
	slices.SortStableFunc(candidates, func(a, b int) int { return size(members[b]) - size(members[a]) })
	for _, i := range candidates {
		if excess <= 0 {
			break
		}
		gone[i] = true
		n++
		excess -= size(members[i])
	}
	return gone, n, excess <= 0
}

// size returns the bytes of a member and its comma.
func size(m rawjson.Member) int { return int(m.ValueEnd-m.KeyStart) + len(`",`) }

// appendWithout appends an object without the members for which gone is true.
func appendWithout(dst, object []byte, members []rawjson.Member, gone []bool) []byte {
	dst = append(dst, '{')
	first := true
	for i, m := range members {
		if gone[i] {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, object[m.KeyStart-1:m.ValueEnd]...)
	}
	return append(dst, '}')
}
