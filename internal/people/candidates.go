package people

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// candidate is a group of IDs that may be sent.
type candidate struct {
	ref     uint64      // of the first row
	events  int64       // rows that are sent as events if the candidate is sent
	name    textPlace   // the kept ID
	place   spool.Place // of the final attributes, with hasFinal
	updated int64       // unix microseconds of the newest row with attributes; noTime without one
	root    uint32
	person  uint32 // the number of the Person, if sent
	flags   groupFlags
	rank    identity.Rank // of the kept ID
	sent    bool
}

// candidates are the groups that may be sent. At first they are in the order of their roots. sort puts them
// in the order of their first rows, which they keep. newCandidates makes one.
type candidates struct {
	all     []candidate
	members []uint32 // by node: the Status of its group, or what memberOf returns

	lock  sync.Mutex // of names
	names textPages  // kept IDs, and the texts of addText
}

// newCandidates returns a list with room for a number of candidates, which is never exceeded: there may be
// millions.
func newCandidates(most int) *candidates { return &candidates{all: make([]candidate, 0, most)} }

// add adds the group with a root.
func (c *candidates) add(root uint32, t groupFlags) {
	c.all = append(c.all, candidate{ref: neverSeen, root: root, flags: t, updated: noTime})
}

// setMembers sets what has become of each node.
func (c *candidates) setMembers(members []uint32) { c.members = members }

// memberOf returns what members has for a candidate's number: that comes after all Statuses.
func memberOf(candidate int) uint32 { return uint32(candidate) + uint32(statuses) }

// numberOf returns the number of the candidate that a node belongs to; false if it belongs to none.
func (c *candidates) numberOf(node uint32) (number uint32, ok bool) {
	number = c.members[node]
	return number - uint32(statuses), number >= uint32(statuses)
}

// at returns the candidate with a root; nil if there is none. It may be called until sort is.
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

// addText keeps a text as long as the candidates are kept. Several goroutines may call it.
func (c *candidates) addText(text []byte) textPlace {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.names.add(text)
}

// textAt returns a text. Other goroutines may add texts meanwhile.
func (c *candidates) textAt(at textPlace) []byte {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.names.bytes(at)
}

// wasSent reports whether an earlier run has sent a candidate.
func (c *candidates) wasSent(number uint32) bool { return c.all[number].flags&isSent != 0 }

// name returns the kept ID of a candidate.
func (c *candidates) name(number uint32) string { return c.names.text(c.all[number].name) }

// consider adds what is known of one of the candidate's IDs. It reports whether the ID is a better kept ID
// than the best so far, whose rank it then takes.
func (c *candidate) consider(f *idFacts, one, best identity.Candidate) bool {
	c.ref = min(c.ref, f.ref)
	c.events += int64(f.events)
	if one.Compare(best) >= 0 {
		return false
	}
	c.rank = one.Rank
	return true
}

// addEvents adds rows that are sent as events if the candidate is sent.
func (c *candidate) addEvents(events int64) { c.events += events }

// keepID sets the kept ID.
func (c *candidate) keepID(name textPlace, rank identity.Rank) { c.name, c.rank = name, rank }

// set and clear change flags.
func (c *candidate) set(t groupFlags)   { c.flags |= t }
func (c *candidate) clear(t groupFlags) { c.flags &^= t }

// setTestAccount sets whether the candidate is a test account.
func (c *candidate) setTestAccount(is bool) {
	c.clear(isTestAccount)
	if is {
		c.set(isTestAccount)
	}
}

// setUpdated sets the time of the newest row with attributes.
func (c *candidate) setUpdated(micros int64) { c.updated = micros }

// setAttributes sets where the final attributes are.
func (c *candidate) setAttributes(at spool.Place) {
	c.place = at
	c.flags |= hasFinal
}

// setPerson says that the candidate is sent, as the person with a number.
func (c *candidate) setPerson(person uint32) { c.person, c.sent = person, true }
