package people

import (
	"bytes"
	"encoding/binary"
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// pairLogs hold which IDs had which person_id. Each log has the pairs of the person_ids whose sum begins with
// its number.
type pairLogs struct {
	all   [shardCount]pairLog
	spans bool // with when; only a persons export needs that
}

type pairLog struct {
	mu  sync.Mutex
	log *spool.Log
}

// note adds a pair.
func (l *pairLogs) note(p *pair) {
	one := &l.all[p.shard()]
	one.mu.Lock()
	defer one.mu.Unlock()
	appendPair(one.log, p, l.spans)
}

// spanOf is the span of one row; empty where nobody needs it.
func (l *pairLogs) spanOf(e *posthog.Event, at *fold.ChangeOrder) (s span) {
	if !l.spans {
		return s
	}
	s = span{first: at.Order, last: at.At}
	if !e.HasUUID {
		s.tie = string(e.DistinctID) + "\x00" + string(e.PersonID)
	}
	return s
}

// pair is an ID and a person_id that it had, and when, where that matters.
type pair struct {
	person, id sum // person is zero of rows without one, which only show that an ID has other rows
	flags      pairFlags
	text       []byte // the ID, where pairVisitor is set
	span
}

// pairFlags say on what rows an ID had a person_id.
type pairFlags uint8

const (
	pairVisitor    pairFlags = 1 << iota // on a row of a mere visitor, of whom nothing else is known
	pairUUID                             // the same, and the ID is a UUID in its usual form
	pairNotVisitor                       // on a row, among them, that shows otherRow of an ID that no machine made
	pairWeak                             // on a row that counts only if the ID has others: see posthog.WithoutPerson
)

// span is from the first to the last row of a pair.
type span struct {
	first identity.Order
	last  int64  // unix microseconds
	tie   string // the texts of both, where the first row has no uuid
}

// extend takes in the rows of another span.
func (s *span) extend(o *span) {
	if c := o.first.Compare(&s.first); c < 0 || c == 0 && o.tie < s.tie {
		s.first, s.tie = o.first, o.tie
	}
	s.last = max(s.last, o.last)
}

// appendPair writes a pair: its flags, the person_id, the ID, by its text if nothing else is known of it, and
// if there is a persons export the span.
func appendPair(log *spool.Log, p *pair, spans bool) {
	var head [1 + 2*sumSize + binary.MaxVarintLen64]byte
	var tail [32]byte
	b, text, end := p.person.append(append(head[:0], byte(p.flags))), p.text, tail[:0]
	id, isUUID := usualUUID(p.text)
	switch {
	case p.flags&pairVisitor == 0:
		b = p.id.append(b)
	case isUUID:
		b[0] |= byte(pairUUID)
		b, text = append(b, id[:]...), nil
	default:
		b = binary.AppendUvarint(b, uint64(len(text)))
	}
	if spans {
		end = binary.LittleEndian.AppendUint64(end, uint64(p.first.At))
		end = append(end, p.first.UUID[:]...)
		end = binary.LittleEndian.AppendUint64(end, uint64(p.last))
	}
	log.Append(b, text, end, []byte(p.tie))
}

// shard is the number of the log that a pair belongs to. Those without a person_id are spread.
func (p *pair) shard() uint32 {
	if p.person == (sum{}) {
		return p.id.shard()
	}
	return p.person.shard()
}

// usualUUID returns the UUID that a text is, if it is written as UUID.Append does.
func usualUUID(text []byte) (id rawjson.UUID, ok bool) {
	if id, ok = rawjson.ParseUUID(text); !ok || len(text) != 36 || bytes.ContainsAny(text, "ABCDEF") {
		return id, false
	}
	return id, true
}

// textRoom is room for the text of a UUID.
type textRoom = [36]byte

// readPair reads a pair, but for its span, which is in rest. Its text is a part of b, or in room; seed is
// that of sums.
func readPair(b []byte, room *textRoom, seed uint64) (p pair, rest []byte) {
	p.flags, p.person = pairFlags(b[0])&^pairUUID, readSum(b[1:])
	isUUID := pairFlags(b[0])&pairUUID != 0
	b = b[1+sumSize:]
	switch {
	case p.flags&pairVisitor == 0:
		p.id = readSum(b)
		return p, b[sumSize:]
	case isUUID:
		p.text, rest = rawjson.UUID(b[:16]).Append(room[:0]), b[16:]
	default:
		size, n := binary.Uvarint(b)
		b = b[n:]
		p.text, rest = b[:size:size], b[size:]
	}
	p.id = sumOf(p.text, seed)
	return p, rest
}

// readSpan reads a span. One that was noted when there was no persons export is empty.
func readSpan(b []byte) (s span) {
	if len(b) > 0 {
		s.first.At = int64(binary.LittleEndian.Uint64(b))
		copy(s.first.UUID[:], b[8:])
		s.last = int64(binary.LittleEndian.Uint64(b[24:]))
		s.tie = string(b[32:])
	}
	return s
}

// openPairs are the pairs, by the number of their ID, that the IDs of a shard had on the rows read last,
// which may go on. They are kept only where there is a persons export, since without one nothing can speak
// against a pair.
type openPairs []openPair

type openPair struct {
	person sum
	span
}
