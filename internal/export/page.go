package export

import (
	"sync"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// page is a chunk that has been mapped, or several small ones.
type page struct {
	operations []customerio.Operation // their bodies are parts of text
	text       []byte
	ends       []int  // of each operation in text
	marks      []mark // of each operation; none of rows where no ledger keeps the run
	tally      *tally
	rejects    []placedReject
	late       []placedReject  // rows that correct events that were sent
	recent     []uint64        // Refs of operations that can start a campaign
	unchanged  map[uint64]bool // people who were sent as they are
	optedOut   []uint64        // people who opted out and are sent without that, rising
	owed       []ledger.Waiting
	turnedDown []uint32 // people whom an earlier run has rejected as they are
	end        uint64   // Ref after its last row, or number after its last person
	people     int64    // that it is made of
	bytes      int64
	err        error
}

// placedReject is a row rejected by our own checks, with its Ref for its place.
type placedReject struct {
	ref uint64
	Reject
}

// A page's text is about as long as its chunks; reusing it keeps memory flat.
var pages = sync.Pool{New: func() any { return &page{} }}

func (p *page) release() {
	clear(p.rejects)
	clear(p.late)
	*p = page{
		owed: p.owed[:0], operations: p.operations[:0], text: p.text[:0], ends: p.ends[:0], marks: p.marks[:0],
		rejects: p.rejects[:0], late: p.late[:0], recent: p.recent[:0],
	}
	pages.Put(p)
}

// mapChunks decodes and maps chunks; it runs on several goroutines at once.
func (r *run) mapChunks(worker int, chunks []*posthog.Chunk) *page {
	p := pages.Get().(*page)
	p.tally = newTally()
	for _, c := range chunks {
		r.mapChunk(p, worker, c)
		if p.err != nil {
			break
		}
	}
	p.cut()
	return p
}

func (r *run) mapChunk(p *page, worker int, c *posthog.Chunk) {
	p.bytes = c.Bytes
	defer c.Release()
	p.end = c.Ref + uint64(c.Rows)
	from := r.from[ledger.Events]
	if p.end <= from.Low() {
		return
	}
	decided, seen, err := r.learned.decided.of(c.Number, &r.readers[worker])
	if p.err = err; err != nil {
		return
	}
	if c.Ref >= from.Next {
		p.oweRepeats(r, c)
	}
	c.Left = decided.rows
	repeats := newTally()
	r.learned.repeats.take(c, repeats)
	if c.Ref < from.Next {
		r.mapLeftOver(p, worker, c)
	} else {
		decided.count(p.tally)
		p.tally.add(repeats)
		r.mapRows(p, worker, c)
	}
	if p.err = c.Trust(decided.sum); !seen {
		p.err = r.learned.grew(c)
	}
}

// addRow notes that text has grown by the operation of a row.
func (p *page) addRow(r *run, worker int, e *posthog.Event, o *mapping.Outcome, text []byte) {
	p.add(o.Operation(nil, e.Ref), text)
	if r.keeper != nil {
		p.marks = append(p.marks, r.markOf(worker, e, o))
	}
	if o.Recent {
		p.recent = append(p.recent, e.Ref)
	}
}

// add notes that text has grown by the body of one operation.
func (p *page) add(op customerio.Operation, text []byte) {
	p.text = text
	p.operations = append(p.operations, op)
	p.ends = append(p.ends, len(text))
}

// cut gives the operations their bodies, once text grows no more and so no longer moves.
func (p *page) cut() {
	start := 0
	for i, end := range p.ends {
		p.operations[i].Body = p.text[start:end]
		start = end
	}
}

func (r *run) mapRows(p *page, worker int, c *posthog.Chunk) {
	for event, bad := range c.Events() {
		if bad != nil {
			p.tally.row(mapping.Outcome{Bucket: mapping.Rejected, Reason: bad.Reason})
			p.reject(bad.Ref, bad.Line, bad.Reason, bad.Detail, bad.Row, keyOfText(bad.Row))
			continue
		}
		if r.learned.repeats.late.Has(event.Ref) {
			p.correctLate(event, &r.learned.repeats.ids[worker])
			continue
		}
		text, _, outcome := r.mappers[worker].Event(p.text, event)
		p.tally.row(outcome)
		switch outcome.Bucket {
		case mapping.Send:
			p.addRow(r, worker, event, &outcome, text)
		case mapping.Skipped:
			if owes(outcome) {
				p.owe(r, c, event)
			}
		case mapping.Rejected:
			p.reject(event.Ref, event.Line, outcome.Reason, outcome.Detail, event.Row, keyOfRow(event.Row))
		}
	}
}

// mapLeftOver maps of a chunk that an earlier run has counted the rows whose operations got no answer. What has become of a
// row is the same as then.
func (r *run) mapLeftOver(p *page, worker int, c *posthog.Chunk) {
	from := r.from[ledger.Events]
	for event, bad := range c.Events() {
		if bad != nil || from.Done(event.Ref) || r.learned.repeats.late.Has(event.Ref) {
			continue
		}
		text, _, outcome := r.mappers[worker].Event(p.text, event)
		if outcome.Bucket != mapping.Send {
			continue
		}
		p.tally.row(outcome)
		p.addRow(r, worker, event, &outcome, text)
	}
}

func (p *page) reject(ref uint64, line int64, reason, detail string, raw []byte, key ledger.Key) {
	p.rejects = append(p.rejects, placedReject{ref, Reject{
		Line: line, Reason: reason, Detail: detail, Raw: string(raw[:min(len(raw), maxRaw)]), key: key,
	}})
}

// grew is the error that the first reading did not see a chunk.
func (l *Learned) grew(c *posthog.Chunk) error {
	return &posthog.SourceError{
		Path: l.places.sources[c.Source].Name, Kind: posthog.Changed, Err: errGrew,
		Advice: "run again once nothing writes to the file",
	}
}
