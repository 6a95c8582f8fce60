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

// pairLogs hold which IDs had which person_id. Each log has the pairs of those person_ids whose sums begin
// with its number.
type pairLogs struct {
	all   [shardCount]pairLog
	spans bool // the pairs have spans, which only a persons export makes necessary
}

// pairLog is one of the logs, with a lock of its own.
type pairLog struct {
	mu  sync.Mutex
	log *spool.Log
}

// init makes the logs.
func (l *pairLogs) init(space *spool.Space, spans bool) {
	l.spans = spans
	for i := range l.all {
		l.all[i].log = space.NewLog()
	}
}

// note adds a pair.
func (l *pairLogs) note(p *pair) {
	one := &l.all[p.shard()]
	one.mu.Lock()
	defer one.mu.Unlock()
	appendPair(one.log, p, l.spans)
}

// spanOf returns the span of one row; empty if spans are not needed.
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

// pair is an ID and a person_id that it had, with the time if that matters.
type pair struct {
	person, id sum // person is zero for rows without a person_id, which only show that an ID has such rows
	flags      pairFlags
	text       []byte // the ID, if pairVisitor is set
	span
}

// pairFlags say on what rows an ID had a person_id.
type pairFlags uint8

const (
	pairVisitor    pairFlags = 1 << iota // on a row of a visitor of whom nothing else is known
	pairUUID                             // with pairVisitor: the ID is a UUID in its usual form
	pairNotVisitor                       // on a row from something else than an anonymous browser, of an ID that does not look generated
	pairWeak                             // on a row that counts only if the ID has others: see weakIDs
)

// span is the time from the first to the last row of a pair.
type span struct {
	first identity.Order
	last  int64  // unix microseconds
	tie   string // the texts of the ID and the person_id, if the first row has no uuid
}

// extend makes the span cover the rows of another one.
func (s *span) extend(o *span) {
	if c := o.first.Compare(&s.first); c < 0 || c == 0 && o.tie < s.tie {
		s.first, s.tie = o.first, o.tie
	}
	s.last = max(s.last, o.last)
}

// appendPair writes a pair: its flags, the sum of the person_id, the sum of the ID (or its text with
// pairVisitor), and with spans the span.
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

// shard returns the number of the log that a pair belongs to. Pairs without a person_id are spread by their
// IDs.
func (p *pair) shard() uint32 {
	if p.person == (sum{}) {
		return p.id.shard()
	}
	return p.person.shard()
}

// usualUUID returns the UUID that a text is; false if it is none, or not written as UUID.Append writes it.
func usualUUID(text []byte) (id rawjson.UUID, ok bool) {
	if id, ok = rawjson.ParseUUID(text); !ok || len(text) != 36 || bytes.ContainsAny(text, "ABCDEF") {
		return id, false
	}
	return id, true
}

// textRoom is room for the text of a UUID.
type textRoom = [36]byte

// readPair reads a pair without its span, which is in rest. The pair's text is a part of b or in room. seed
// is that of the index's sums.
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

// readSpan reads a span. A pair that a run without a persons export has written has none.
func readSpan(b []byte) (s span) {
	if len(b) > 0 {
		s.first.At = int64(binary.LittleEndian.Uint64(b))
		copy(s.first.UUID[:], b[8:])
		s.last = int64(binary.LittleEndian.Uint64(b[24:]))
		s.tie = string(b[32:])
	}
	return s
}

// openPairs are the pairs that the IDs of a shard had on their rows that were read last, by the numbers of
// the IDs. The next row may extend their spans. There are only such with a persons export.
type openPairs []openPair

type openPair struct {
	person sum
	span
}

// of returns the open pair of an ID; without a person_id if there is none.
func (o *openPairs) of(number uint32) *openPair {
	for int(number) >= len(*o) {
		*o = append(*o, openPair{})
	}
	return &(*o)[number]
}

// clear drops the pairs and keeps their memory.
func (o *openPairs) clear() { *o = (*o)[:0] }
