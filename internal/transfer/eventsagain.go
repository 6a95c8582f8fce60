package transfer

import (
	"cmp"
	"math"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer/deliver"
)

// countedBefore finds out once more, for the details of a run that was resumed, what became of its rows before it was
// stopped: mapping gives them the same outcomes as then.
type countedBefore struct {
	mappers []*mapping.Mapper // of each worker; what they count is in no summary
	texts   [][]byte          // the same: scratch
	refused parallel.Bitset   // by Ref, rows that Customer.io had refused by then
}

func newCountedBefore(r *run) *countedBefore {
	if r.begun == 0 || r.first.fates == nil {
		return nil
	}
	c := &countedBefore{mappers: r.first.newMappers(), refused: r.refusals.before}
	for _, mapper := range c.mappers {
		mapper.Refused = r.rejected
	}
	c.texts = make([][]byte, len(c.mappers))
	return c
}

// count counts an event that was done before the run was stopped.
func (c *countedBefore) count(fates *fateShare, worker int, e *posthog.Event) {
	text, _, outcome := c.mappers[worker].Event(c.texts[worker][:0], e)
	c.texts[worker] = text
	if outcome.Bucket == mapping.Send && !c.refused.Has(e.Ref) {
		fates.event(e, fateBefore)
		return
	}
	fates.mapped(e, &outcome)
}

// mapUnanswered maps rows of a chunk that the run had counted before it was stopped: those whose operations
// got no answer. The other rows are counted already, with the same outcomes, but for the details.
func (p *eventsPhase) mapUnanswered(result *chunkResult, worker int, c *posthog.Chunk) {
	from, repeats, fates := p.from[ledger.Events], p.first.repeats, result.fates
	for event, bad := range c.Events() {
		switch {
		case bad != nil:
			fates.rejected(bad)
		case fates != nil && repeats.refused.Has(event.Ref):
			fates.left(event, mapping.ReasonRejectedBefore)
		case repeats.late.Has(event.Ref):
			fates.left(event, mapping.ReasonCorrectedLate)
		case !from.Done(event.Ref):
			p.mapAgain(result, worker, event)
		case fates != nil:
			p.before.count(fates, worker, event)
		}
	}
}

// mapAgain maps a row whose operation, if it has one, got no answer.
func (p *eventsPhase) mapAgain(result *chunkResult, worker int, e *posthog.Event) {
	text, _, outcome := p.mappers[worker].Event(result.text, e)
	result.fates.again(e, &outcome)
	if outcome.Bucket == mapping.Send {
		countRow(&result.Rows, &outcome)
		p.addRow(result, worker, e, &outcome, text)
	}
}

// deliverAll maps and delivers all rows. If the run is to stop among rows that it had counted before it was resumed, the
// rest of those is still counted for the details, since the summary has them. Nothing more is delivered.
func (p *eventsPhase) deliverAll(out *deliver.Phase) error {
	var stopped error
	err := p.readAgain(func(c *chunkResult) error {
		before := p.first.fates != nil && c.first < p.from[ledger.Events].Next
		switch {
		case stopped == nil:
			if stopped = p.take(out, c); before {
				return nil
			}
			return stopped
		case before:
			p.countOnly(c, false)
			return nil
		}
		c.release()
		return stopped
	})
	return cmp.Or(err, stopped)
}

// countOnly counts chunks for the details alone. delivered is that of fateTotals.addSecond.
func (p *eventsPhase) countOnly(c *chunkResult, delivered bool) {
	defer c.release()
	p.first.fates.addSecond(c.fates, c.chunks, p.first.places, delivered)
}

// countBefore counts all rows for the details of a run that was stopped after its events.
func (p *eventsPhase) countBefore() error {
	if p.first.fates == nil || p.begun <= ledger.Events {
		return nil
	}
	p.progress.Phase("counting for the report", p.first.Bytes, Bytes)
	defer p.progress.Done()
	p.from[ledger.Events] = ledger.Position{Next: math.MaxUint64}
	return p.readAgain(func(c *chunkResult) error {
		p.progress.Advance(c.bytes)
		p.countOnly(c, true)
		return nil
	})
}
