package people

import (
	"encoding/binary"
	"slices"
)

// SentPerson is a person as an earlier run has sent them.
type SentPerson struct {
	DistinctID string // the one that was kept
	By         By     // what they were sent under, which stays
	Value      string
	State      [16]byte // a hash of what was sent, as the caller makes it
	Updated    int64    // unix seconds of the newest data in it, 0 when there is no time
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
	b := h.append(sh.work.take())
	b = binary.LittleEndian.AppendUint32(b, x.sentCount)
	b = append(b, p.State[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Updated))
	b = append(b, byte(p.By))
	if p.By != ByID || p.Value != p.DistinctID {
		b = append(b, p.Value...)
	}
	sh.sent.Append(b)
	sh.work.row = b
	x.sentCount++
}

// sent is a person who was sent, by the node of the kept ID.
type sent struct {
	state   [16]byte
	updated int64
	node    uint32
	turn    uint32 // the first is 0
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
		for entry, err := range sh.sent.All() {
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
	b = b[8:]
	if by := By(b[0]); by != ByID || len(b) > 1 {
		one.name = &sentName{by, string(b[1:])}
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

// mergeSent adds the profiles of those who were sent as people of their own and turned out to be somebody else who was.
func (s *settler) mergeSent() error {
	if s.choice.Merges == MergeNever || len(s.settled.sent) == 0 {
		return nil
	}
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		if f.marks&wasSent == 0 {
			return nil
		}
		number, ok := s.candidateOf(node)
		if !ok || !s.candidates[number].sent {
			return nil
		}
		p := &s.settled.persons[s.candidates[number].person]
		l := Link{p, ByID, string(text)}
		if name := s.settled.sent[s.settled.sentAs(node)].name; name != nil {
			l.By, l.Value = name.by, name.value
		}
		if l.By == p.By && l.Value == p.Value || s.x.options.Merged != nil && s.x.options.Merged(l.By, l.Value) {
			return nil
		}
		s.linksLock.Lock()
		defer s.linksLock.Unlock()
		s.settled.links = append(s.settled.links, l)
		return nil
	})
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
