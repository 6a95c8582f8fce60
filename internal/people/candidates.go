package people

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// candidate is a group that may be sent.
type candidate struct {
	ref     uint64      // of its first row
	events  int64       // rows that are sent as an event if it is
	name    textPlace   // the kept ID
	place   spool.Place // of its attributes, in its part
	updated int64       // unix microseconds of the newest row with attributes, noTime without
	root    uint32
	person  uint32 // its number, if it is sent
	flags   groupFlags
	rank    identity.Rank // of the kept ID
	sent    bool
}

// candidates are the groups that may be sent. While they are made they are in the order of their roots; sort
// puts them in that of their first rows, in which they stay.
type candidates struct {
	all     []candidate
	members []uint32 // by node: the Status of its group, or the number of its candidate behind those

	lock  sync.Mutex // of names
	names textPages  // kept IDs, and others that are added
}

// newCandidates returns a list that may take so many, but no more: there may be millions.
func newCandidates(most int) *candidates { return &candidates{all: make([]candidate, 0, most)} }

// add adds the group with a root.
func (c *candidates) add(root uint32, t groupFlags) {
	c.all = append(c.all, candidate{ref: neverSeen, root: root, flags: t, updated: noTime})
}

// setMembers takes what has become of each node.
func (c *candidates) setMembers(members []uint32) { c.members = members }

// memberOf is what members has for a candidate.
func memberOf(candidate int) uint32 { return uint32(candidate) + uint32(statuses) }

// numberOf returns the number of a node's candidate.
func (c *candidates) numberOf(node uint32) (number uint32, ok bool) {
	number = c.members[node]
	return number - uint32(statuses), number >= uint32(statuses)
}

// at returns the candidate with this root, as long as they are in the order of their roots; nil if it is
// none.
func (c *candidates) at(root uint32) *candidate {
	i, found := slices.BinarySearchFunc(c.all, root, func(one candidate, root uint32) int { return cmp.Compare(one.root, root) })
	if !found {
		return nil
	}
	return &c.all[i]
}

// sort puts the candidates in the order of their first rows.
func (c *candidates) sort() {
	for i := range c.all {
		c.all[i].person = uint32(i) // its number, until it has become a person
	}
	slices.SortFunc(c.all, func(a, b candidate) int {
		// A row of an earlier run may have the number of one of this run. A run that is resumed must find
		// everybody in the same order.
		return cmp.Or(cmp.Compare(a.ref, b.ref), bytes.Compare(c.names.bytes(a.name), c.names.bytes(b.name)))
	})
	now := make([]uint32, len(c.all))
	for i := range c.all {
		now[c.all[i].person] = uint32(i)
	}
	for node := range c.members {
		if number, ok := c.numberOf(uint32(node)); ok {
			c.members[node] = memberOf(int(now[number]))
		}
	}
}

// addText keeps a text as long as the candidates. Several goroutines may call it.
func (c *candidates) addText(text []byte) textPlace {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.names.add(text)
}

// textAt returns a text, while other goroutines may add some.
func (c *candidates) textAt(at textPlace) []byte {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.names.bytes(at)
}

// name is the kept ID of a candidate.
func (c *candidates) name(number uint32) string { return c.names.text(c.all[number].name) }

// consider takes what is known of one of a candidate's IDs. It reports whether the ID suits better than the best
// so far.
func (c *candidate) consider(f *idFacts, suits, best identity.Candidate) bool {
	c.ref = min(c.ref, f.ref)
	c.events += int64(f.events)
	if suits.Compare(best) >= 0 {
		return false
	}
	c.rank = suits.Rank
	return true
}

// addEvents adds rows that are sent as an event if the candidate is.
func (c *candidate) addEvents(events int64) { c.events += events }

// keepID makes an ID the one that is kept.
func (c *candidate) keepID(name textPlace, rank identity.Rank) { c.name, c.rank = name, rank }

// set and lose change what is known of a candidate.
func (c *candidate) set(t groupFlags)   { c.flags |= t }
func (c *candidate) clear(t groupFlags) { c.flags &^= t }

// setUpdated takes the time of the newest row with attributes.
func (c *candidate) setUpdated(micros int64) { c.updated = micros }

// setAttributes takes where the candidate's attributes are.
func (c *candidate) setAttributes(at spool.Place) {
	c.place = at
	c.flags |= hasFinal
}

// setPerson says that a candidate is sent.
func (c *candidate) setPerson(person uint32) { c.person, c.sent = person, true }
