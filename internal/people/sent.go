package people

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// sentTable holds the people whom earlier runs have sent. The zero value is for nobody.
type sentTable struct {
	all    []sent       // by node
	emails []takenEmail // by email
}

// sent is a person who was sent, by the node of the kept ID.
type sent struct {
	state   [16]byte
	updated int64
	node    uint32
	turn    uint32 // the first is 0
	merged  bool   // merged into another one since
	email   uint64 // EmailSum, 0 for none
	name    *sentName
}

// sentName is what a person was sent under, where it is not the kept ID.
type sentName struct {
	by    By
	value string
}

// takenEmail is an email that somebody was sent under. It names their profile for good, so nobody else can be
// sent with it without the two becoming one.
type takenEmail struct {
	email sum
	sent  uint32 // the place of the holder in the table
}

// readSentTable makes a table of those whom RestoreSent has added.
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

// oncePerNode makes one of those who were sent several times: as at first, in the state that was sent last.
func oncePerNode(all []sent) (kept []sent) {
	slices.SortStableFunc(all, func(a, b sent) int { return int(int64(a.node) - int64(b.node)) })
	kept = all[:0]
	for _, one := range all {
		if n := len(kept); n > 0 && kept[n-1].node == one.node {
			kept[n-1].state, kept[n-1].updated = one.state, one.updated
			if one.email != 0 { // an identify without an email takes none away
				kept[n-1].email = one.email
			}
			continue
		}
		kept = append(kept, one)
	}
	return kept
}

func readSent(b []byte, nodes *nodes) (one sent) {
	one.node, _ = nodes.of(readSum(b))
	b = b[sumSize:]
	one.turn = binary.LittleEndian.Uint32(b)
	b = b[4+copy(one.state[:], b[4:]):]
	one.updated = int64(binary.LittleEndian.Uint64(b))
	one.email = binary.LittleEndian.Uint64(b[8:])
	one.merged = b[17] != 0
	if by, name := By(b[16]), b[18:]; by != ByID || len(name) > 0 {
		one.name = &sentName{by, string(name)}
	}
	return one
}

// find returns the place in the table of the one whose kept ID this was, -1 for none.
func (t *sentTable) find(node uint32) int {
	i, found := slices.BinarySearchFunc(t.all, node, func(one sent, node uint32) int { return int(int64(one.node) - int64(node)) })
	if !found {
		return -1
	}
	return i
}

// findEmails finds the emails that people were sent under; of two with one email the first has it.
func (t *sentTable) findEmails(seed uint64) {
	for i := range t.all {
		if name := t.all[i].name; name != nil && name.by == ByEmail {
			t.emails = append(t.emails, takenEmail{sumOf(FoldEmail(nil, []byte(name.value)), seed), uint32(i)})
		}
	}
	turn := func(h *takenEmail) uint32 { return t.all[h.sent].turn }
	slices.SortFunc(t.emails, func(a, b takenEmail) int { return cmp.Or(a.email.compare(b.email), cmp.Compare(turn(&a), turn(&b))) })
}

// dropEmails says that holder is not called any more.
func (t *sentTable) dropEmails() { t.emails = nil }

// holder returns the one who was sent under an email, nil for nobody.
func (t *sentTable) holder(email sum) *sent {
	i, found := slices.BinarySearchFunc(t.emails, email, func(h takenEmail, email sum) int { return h.email.compare(email) })
	if !found {
		return nil
	}
	return &t.all[t.emails[i].sent]
}

// identified reports whether the profile is more than a visitor's. m are the marks of its ID.
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
	DistinctID string // the one that was kept
	By         By     // what they were sent under, which stays
	Value      string
	State      [16]byte // a hash of what was sent, as the caller makes it
	Updated    int64    // unix seconds of the newest data in it, 0 when there is no time
	Email      uint64   // EmailSum of the email that was sent last, 0 for none
}

// RestoreSent adds a person whom an earlier run has sent, in the order of sending; of one who was sent
// several times the first says under what, and the last in which state. It must be called after all rows, and
// from one goroutine at a time.
func (x *Index) RestoreSent(p *SentPerson) {
	text := []byte(p.DistinctID)
	h := x.sum(text)
	sh := &x.shards[h.shard()]
	_, f := x.entry(sh, h, text)
	if f == nil {
		return
	}
	f.flags |= wasSent
	if sh.sent == nil {
		sh.sent = x.space.NewLog()
	}
	b := h.append(sh.scratch[:0])
	b = binary.LittleEndian.AppendUint32(b, x.earlier.nextSent())
	b = append(b, p.State[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Updated))
	b = binary.LittleEndian.AppendUint64(b, p.Email)
	b = append(b, byte(p.By), 0)
	if x.options.wasMerged(p.By, p.Value) {
		b[len(b)-1] = 1
	}
	if p.By != ByID || p.Value != p.DistinctID {
		b = append(b, p.Value...)
	}
	sh.sent.Append(b)
	sh.scratch = b
}
