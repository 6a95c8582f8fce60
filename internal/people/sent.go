package people

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// sentTable holds the people whom earlier runs have sent. The zero value holds nobody.
type sentTable struct {
	all    []sent       // by node
	emails []takenEmail // by email
}

// sent is a person who was sent. There is one for each kept ID.
type sent struct {
	state   [16]byte
	updated int64
	node    uint32
	turn    uint32 // numbers people in the order of sending, from 0
	merged  bool   // its profile was merged into another one later, and not made again
	email   uint64 // as SentPerson.Email
	name    *sentName
	removed *string // SentPerson.Removed; nil for an empty one
}

// sentName is the identifier that a person was sent under, if it is not the kept ID.
type sentName struct {
	by    By
	value string
}

// takenEmail is an email that a person was sent under. It identifies their profile for good: if somebody else
// were sent with it, the two would become one profile.
type takenEmail struct {
	email sum
	sent  uint32 // place of the person in the table
}

// readSentTable makes a table of the people whom RestoreSent has added.
func readSentTable(ctx context.Context, nodes *nodes) (*sentTable, error) {
	t := &sentTable{}
	if nodes.x.earlier.sent == 0 {
		return t, nil
	}
	for i := range nodes.x.shards {
		sh := &nodes.x.shards[i]
		if sh.sent == nil {
			continue
		}
		start := len(t.all)
		for entry, err := range spool.Until(ctx, sh.sent.All()) {
			if err != nil {
				return nil, err
			}
			t.all = append(t.all, readSent(entry, nodes))
		}
		sh.sent.Drop()
		t.all = t.all[:start+len(oncePerNode(t.all[start:]))]
	}
	t.findEmails(nodes.x.seed)
	return t, nil
}

// oncePerNode makes one of the several times that a person was sent: under the first identifier, in the last
// state.
func oncePerNode(all []sent) (kept []sent) {
	slices.SortStableFunc(all, func(a, b sent) int { return int(int64(a.node) - int64(b.node)) })
	kept = all[:0]
	for _, one := range all {
		if n := len(kept); n > 0 && kept[n-1].node == one.node {
			kept[n-1].state, kept[n-1].updated, kept[n-1].email, kept[n-1].removed = one.state, one.updated, one.email, one.removed
			continue
		}
		kept = append(kept, one)
	}
	return kept
}

// readSent reads what RestoreSent has written.
func readSent(b []byte, nodes *nodes) (one sent) {
	one.node, _ = nodes.of(readSum(b))
	b = b[sumSize:]
	one.turn = binary.LittleEndian.Uint32(b)
	b = b[4+copy(one.state[:], b[4:]):]
	one.updated = int64(binary.LittleEndian.Uint64(b))
	one.email = binary.LittleEndian.Uint64(b[8:])
	one.merged = b[17] != 0
	by, name := By(b[16]), b[20:]
	if n := binary.LittleEndian.Uint16(b[18:]); n > 0 {
		removed := string(name[:n])
		one.removed, name = &removed, name[n:]
	}
	if by != ByID || len(name) > 0 {
		one.name = &sentName{by, string(name)}
	}
	return one
}

// find returns the place in the table of the person with a kept ID; -1 if there is none.
func (t *sentTable) find(node uint32) int {
	i, found := slices.BinarySearchFunc(t.all, node, func(one sent, node uint32) int { return int(int64(one.node) - int64(node)) })
	if !found {
		return -1
	}
	return i
}

// makeAgain says that somebody's profile was made again after it had been merged.
func (t *sentTable) makeAgain(place int) { t.all[place].merged = false }

// findEmails finds the emails that people were sent under. Of two people with one email the first has it.
func (t *sentTable) findEmails(seed uint64) {
	for i := range t.all {
		if name := t.all[i].name; name != nil && name.by == ByEmail {
			t.emails = append(t.emails, takenEmail{sumOf(FoldEmail(nil, []byte(name.value)), seed), uint32(i)})
		}
	}
	turn := func(h *takenEmail) uint32 { return t.all[h.sent].turn }
	slices.SortFunc(t.emails, func(a, b takenEmail) int { return cmp.Or(a.email.compare(b.email), cmp.Compare(turn(&a), turn(&b))) })
}

// dropEmails frees what holder needs.
func (t *sentTable) dropEmails() { t.emails = nil }

// holder returns the person who was sent under an email; nil if nobody was.
func (t *sentTable) holder(email sum) *sent {
	i, found := slices.BinarySearchFunc(t.emails, email, func(h takenEmail, email sum) int { return h.email.compare(email) })
	if !found {
		return nil
	}
	return &t.all[t.emails[i].sent]
}

// identified reports whether the person's profile is that of somebody known, and not a visitor's. A profile
// that had an email once stays somebody's. m are the flags of the kept ID.
func (s *sent) identified(o *Options, m idFlags) bool {
	switch name := s.name; {
	case s.email != 0 || m.identified():
		return true
	case name != nil:
		return name.by != ByID || !posthog.MachineMade([]byte(name.value)) || o.ofUser([]byte(name.value))
	}
	return !m.machine()
}

// SentPerson is a person as an earlier run has sent them.
type SentPerson struct {
	DistinctID string // the kept ID of that time
	By         By     // the identifier that they were sent under, which stays
	Value      string
	State      [16]byte // a hash of what was sent, which the caller makes
	Updated    int64    // unix seconds of the newest data in that; 0 if it has no time
	Email      uint64   // as Person.KnownEmail returned it; 0 for somebody who never had an email
	Removed    string   // stands for the attributes that Customer.io had and has no more, as the caller encodes them; at most 65,535 bytes
}

// RestoreSent adds a person whom an earlier run has sent. People must be added in the order of sending. If
// one was sent several times, the first says under which identifier, and the last in which state. It must be
// called after the last Observe and before Decide, by one goroutine at a time.
func (x *Index) RestoreSent(p *SentPerson) {
	text := []byte(p.DistinctID)
	h := x.sum(text)
	sh := &x.shards[h.shard()]
	_, f := x.entry(sh, h, text)
	if f == nil {
		return
	}
	f.set(wasSent)
	b := h.append(sh.scratch[:0])
	b = binary.LittleEndian.AppendUint32(b, x.earlier.nextSent())
	b = append(b, p.State[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Updated))
	b = binary.LittleEndian.AppendUint64(b, p.Email)
	b = append(b, byte(p.By), 0)
	if x.options.wasMerged(p.By, p.Value) {
		b[len(b)-1] = 1
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(p.Removed)))
	b = append(b, p.Removed...)
	if p.By != ByID || p.Value != p.DistinctID {
		b = append(b, p.Value...)
	}
	sh.addSent(x.space, b)
}
