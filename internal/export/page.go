package export

import (
	"sync"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// page is a mapped chunk.
type page struct {
	operations []customerio.Operation // their bodies are parts of text
	text       []byte
	tally      *tally
	rejects    []placedReject
	bytes      int64
	err        error
}

// placedReject is a row rejected by our own checks, with its Ref for its place.
type placedReject struct {
	ref uint64
	Reject
}

// A page's text is about as long as its chunk; reusing it keeps memory flat.
var pages = sync.Pool{New: func() any { return &page{} }}

func (p *page) release() {
	clear(p.rejects)
	*p = page{operations: p.operations[:0], text: p.text[:0], rejects: p.rejects[:0]}
	pages.Put(p)
}

// mapChunk decodes and maps one chunk; it runs on several goroutines at once.
func (r *run) mapChunk(worker int, c *posthog.Chunk) *page {
	p := pages.Get().(*page)
	p.tally, p.bytes = newTally(), c.Bytes
	defer c.Release()
	ends := r.mapRows(p, r.mappers[worker], c)
	if p.err = r.learned.trust(c); p.err != nil {
		return p
	}
	// Bodies are cut only now: while text grew it may have moved.
	start := 0
	for i := range ends {
		p.operations[i].Body = p.text[start:ends[i]]
		start = ends[i]
	}
	return p
}

func (r *run) mapRows(p *page, mapper *mapping.Mapper, c *posthog.Chunk) (ends []int) {
	for event, bad := range c.Events() {
		if bad != nil {
			p.tally.row(mapping.Outcome{Bucket: mapping.Rejected, Reason: bad.Reason})
			p.reject(bad.Ref, bad.Line, bad.Reason, bad.Detail, bad.Row)
			continue
		}
		text, person, outcome := mapper.Event(p.text, event)
		if outcome.Bucket == mapping.Send && r.rejected[person.Number] {
			outcome = mapping.Outcome{
				Bucket: mapping.Rejected, Reason: mapping.ReasonPersonRejected,
				Detail: "the person it belongs to was rejected",
			}
		}
		p.tally.row(outcome)
		switch outcome.Bucket {
		case mapping.Send:
			p.text = text
			p.operations = append(p.operations, customerio.Operation{Ref: event.Ref})
			ends = append(ends, len(text))
		case mapping.Rejected:
			p.reject(event.Ref, event.Line, outcome.Reason, outcome.Detail, event.Row)
		}
	}
	return ends
}

func (p *page) reject(ref uint64, line int64, reason, detail string, raw []byte) {
	p.rejects = append(p.rejects, placedReject{ref, Reject{
		Line: line, Reason: reason, Detail: detail, Raw: string(raw[:min(len(raw), maxRaw)]),
	}})
}

// maxRaw is how many bytes of a rejected row are kept, to find it again by.
const maxRaw = 4 << 10

// trust holds a chunk that has been decoded against the first reading: one that it did not see, or saw with other bytes,
// is an error.
func (l *Learned) trust(c *posthog.Chunk) error {
	if c.Number >= len(l.verdicts) {
		return &posthog.SourceError{
			Path: l.places.sources[c.Source].Path, Kind: posthog.Changed, Err: errGrew,
			Hint: "let whatever writes it finish, then run again",
		}
	}
	return c.Trust(l.verdicts[c.Number])
}
