package people

import (
	"encoding/binary"
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/spool"
)

// SentPerson is a person as an earlier run has sent them.
type SentPerson struct {
	DistinctID string // the one that was kept
	By         By     // what they were sent under, which stays
	Value      string
	State      [16]byte // a hash of what was sent, as the caller makes it
	Updated    int64    // unix seconds of the newest data in it, 0 when there is no time
	Email      uint64   // EmailSum of the email that was sent last, 0 for none
}

// EmailSum stands for an email, in whatever case, in all runs; 0 is for none.
func EmailSum(email string) uint64 {
	if email == "" {
		return 0
	}
	return xxh3.Hash(FoldEmail(nil, []byte(email))) | 1
}

// RecallSent tells an index of a person who was sent, in the order of sending; of one who was sent several times the first says
// under what, and the last in which state. It comes after all rows, and is not to be called from several goroutines at once.
func (x *Index) RecallSent(p *SentPerson) {
	text := []byte(p.DistinctID)
	h := x.sum(text)
	sh := &x.shards[h.shard()]
	_, f := x.entry(sh, h, text)
	if f == nil {
		return
	}
	f.marks |= wasSent
	if sh.sent == nil {
		sh.sent = x.space.NewLog()
	}
	b := h.append(sh.room[:0])
	b = binary.LittleEndian.AppendUint32(b, x.sentCount)
	b = append(b, p.State[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Updated))
	b = binary.LittleEndian.AppendUint64(b, p.Email)
	b = append(b, byte(p.By), 0)
	if x.gone(p.By, p.Value) {
		b[len(b)-1] = 1
	}
	if p.By != ByID || p.Value != p.DistinctID {
		b = append(b, p.Value...)
	}
	sh.sent.Append(b)
	sh.room = b
	x.sentCount++
}

// sent is a person who was sent, by the node of the kept ID.
type sent struct {
	state   [16]byte
	updated int64
	node    uint32
	turn    uint32 // the first is 0
	gone    bool   // merged into another one since
	email   uint64 // EmailSum, 0 for none
	name    *sentName
}

// sentName is what a person was sent under, where it is not the kept ID.
type sentName struct {
	by    By
	value string
}

// bringSent makes a table of those who were sent, in the order of their nodes.
func (s *settler) bringSent() error {
	if s.x.sentCount == 0 {
		return nil
	}
	for i := range s.x.shards {
		sh := &s.x.shards[i]
		if sh.sent == nil {
			continue
		}
		start := len(s.settled.sent)
		for entry, err := range spool.Until(s.ctx, sh.sent.All()) {
			if err != nil {
				return err
			}
			s.settled.sent = append(s.settled.sent, s.readSent(entry))
		}
		sh.sent.Drop()
		ours := s.settled.sent[start:]
		slices.SortStableFunc(ours, func(a, b sent) int { return int(int64(a.node) - int64(b.node)) })
		kept := ours[:0]
		for _, one := range ours {
			if n := len(kept); n > 0 && kept[n-1].node == one.node {
				kept[n-1].state, kept[n-1].updated = one.state, one.updated
				if one.email != 0 { // an identify without an email takes none away
					kept[n-1].email = one.email
				}
				continue
			}
			kept = append(kept, one)
		}
		s.settled.sent = s.settled.sent[:start+len(kept)]
	}
	s.holdEmails()
	return nil
}

func (s *settler) readSent(b []byte) (one sent) {
	one.node, _ = s.node(readSum(b))
	b = b[sumSize:]
	one.turn = binary.LittleEndian.Uint32(b)
	b = b[4+copy(one.state[:], b[4:]):]
	one.updated = int64(binary.LittleEndian.Uint64(b))
	one.email = binary.LittleEndian.Uint64(b[8:])
	one.gone = b[17] != 0
	if by, name := By(b[16]), b[18:]; by != ByID || len(name) > 0 {
		one.name = &sentName{by, string(name)}
	}
	return one
}

// sentAs returns the place in the table of the one whose kept ID this was, -1 for none.
func (s *Settled) sentAs(node uint32) int {
	i, found := slices.BinarySearchFunc(s.sent, node, func(one sent, node uint32) int { return int(int64(one.node) - int64(node)) })
	if !found {
		return -1
	}
	return i
}

// nameSent gives a person the identifier that they were sent under. It reports false for one who was not.
func (s *settler) nameSent(p *Person) bool {
	if len(s.settled.sent) == 0 {
		return false
	}
	node, found := s.node(s.x.sum([]byte(p.DistinctID)))
	at := -1
	if found {
		at = s.settled.sentAs(node)
	}
	if at < 0 {
		return false
	}
	p.sent, p.known, p.By, p.Value = uint32(at)+1, true, ByID, p.DistinctID
	if name := s.settled.sent[at].name; name != nil {
		p.By, p.Value = name.by, name.value
	}
	return true
}

// SumOf is what stands for a distinct ID in all runs with one Options.Seed.
func (x *Index) SumOf(distinctID []byte) (b [sumSize]byte) {
	x.sum(distinctID).append(b[:0])
	return b
}

// SumOf is Index.SumOf.
func (s *Settled) SumOf(distinctID []byte) [sumSize]byte { return s.index.SumOf(distinctID) }

// Known returns the person who has the ID that SumOf gave this; nil when nobody who is sent does.
func (s *Settled) Known(of [sumSize]byte) *Person {
	node, found := s.first.node(s.index, readSum(of[:]))
	if !found || s.who[node] < uint32(statuses) {
		return nil
	}
	return &s.persons[s.who[node]-uint32(statuses)]
}

// HeldNow reports whether the person is held who has the ID that SumOf gave this.
func (s *Settled) HeldNow(of [sumSize]byte) bool {
	node, found := s.first.node(s.index, readSum(of[:]))
	return found && s.who[node] == uint32(TwoProfiles)
}

// SentBefore reports whether an earlier run has sent the person, and returns the state in which it did, and the time of the newest
// data in that, in unix seconds, 0 when there is none. By and Value are then those of that time.
func (s *Settled) SentBefore(p *Person) (state [16]byte, updated int64, before bool) {
	if p.sent == 0 {
		return state, 0, false
	}
	one := &s.sent[p.sent-1]
	return one.state, one.updated, true
}

// SentBefore reports whether an earlier run has sent the person.
func (p *Person) SentBefore() bool { return p.sent != 0 }
