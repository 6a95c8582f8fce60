package people

import "encoding/binary"

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
	f.marks |= wasSent
	if sh.sent == nil {
		sh.sent = x.space.NewLog()
	}
	b := h.append(sh.room[:0])
	b = binary.LittleEndian.AppendUint32(b, x.earlier.nextTurn())
	b = append(b, p.State[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.Updated))
	b = binary.LittleEndian.AppendUint64(b, p.Email)
	b = append(b, byte(p.By), 0)
	if x.options.gone(p.By, p.Value) {
		b[len(b)-1] = 1
	}
	if p.By != ByID || p.Value != p.DistinctID {
		b = append(b, p.Value...)
	}
	sh.sent.Append(b)
	sh.room = b
}
