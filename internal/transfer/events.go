package transfer

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/spool"
	"ph2cio/internal/transfer/deliver"
)

var errGrew = errors.New("the file has grown since it was first read")

// eventsPhase reads the sources a second time and sends an operation for each row that becomes one.
type eventsPhase struct {
	*run
	readers []spool.Reader // of decisions, one for each worker
	waiting *waitingRows   // nil without a ledger
	shown   *answered      // nil in a preview, which shows how far the sources are read
	sending time.Time      // when a request was last under way
	before  *countedBefore // nil for a new run, and without details
}

func newEventsPhase(r *run) *eventsPhase {
	p := &eventsPhase{run: r, readers: make([]spool.Reader, len(r.mappers)), before: newCountedBefore(r)}
	if r.saves() {
		repeats := r.first.repeats
		p.waiting = &waitingRows{rules: r.first.rules.Mapping, classifiers: r.first.newClassifiers(), people: r.first.People, repeats: &repeats.duplicate, ids: repeats.ids}
	}
	return p
}

func (p *eventsPhase) send() error {
	if p.saves() {
		counters := &p.delivery.Counts().Before
		before := counters.Sent() + deliver.OfRows(counters.Refused)
		p.shown = newAnswered(p.progress, p.doing(ledger.Events), before, p.eventsExpected(before))
	} else {
		p.progress.Phase(p.doing(ledger.Events), p.first.Bytes, Bytes)
	}
	defer p.progress.Done()
	out := p.delivery.Begin(deliver.Spec{
		Phase: ledger.Events, From: p.from[ledger.Events], Place: p.first.places.find, Limit: p.tooMany, Progress: p.advance,
		Refused: p.refusals.note,
	})
	err := p.deliverAll(out)
	if err == nil {
		p.allRead()
	}
	err = out.End(err)
	p.noteTotals(out.Totals())
	return err
}

// allRead shows that the sources were read to their ends.
func (p *eventsPhase) allRead() {
	if p.shown == nil {
		p.progress.Advance(p.first.Bytes)
		return
	}
	p.shown.allMade()
	p.progress.Note("")
}

// readAgain is the second pass: every group of chunks is mapped, and what became of it is given to take, in input
// order.
func (p *eventsPhase) readAgain(take func(*chunkResult) error) error {
	chunks := coalesce(p.first.reread(p.delivery.Context()))
	for result, err := range parallel.Ordered(chunks, p.first.input.workers(), p.mapChunks) {
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			if !p.first.expected(trouble) {
				return trouble
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("second reading: %w", err)
		}
		if result.err != nil {
			return result.err
		}
		if err := take(result); err != nil {
			return err
		}
	}
	return nil
}

// take delivers what became of chunks, and gives back their memory.
func (p *eventsPhase) take(out *deliver.Phase, c *chunkResult) error {
	defer c.release()
	for i := range c.late {
		one := &c.late[i]
		one.SetPlace(p.first.places.find(one.Number))
		p.noteCorrection(one)
	}
	for i := range c.Rejects {
		one := &c.Rejects[i]
		one.SetPlace(p.first.places.find(one.Number))
	}
	c.Rejects = append(c.Rejects, c.late...)
	if p.shown != nil && !c.skipped {
		p.shown.made(int64(len(c.Operations)), float64(c.bytes)/float64(max(1, p.first.Bytes)))
	}
	p.first.fates.addSecond(c.fates, c.chunks, p.first.places, true)
	if err := out.Deliver(&c.Result); err != nil {
		return err
	}
	if p.shown == nil {
		p.progress.Advance(c.bytes)
		return nil
	}
	p.noteReading(out, c.bytes)
	return nil
}

// advance shows how many events have an answer.
func (p *eventsPhase) advance(operations, _, _ int64) {
	if p.shown != nil {
		p.shown.answer(operations)
	}
}

// noteReading says how much of the sources is read while nothing is being sent, as in a large export with few new
// events.
func (p *eventsPhase) noteReading(out *deliver.Phase, bytes int64) {
	now, note := time.Now(), ""
	if out.UnderWay() > 0 || p.sending.IsZero() {
		p.sending = now
	}
	if now.Sub(p.sending) > 2*time.Second {
		note = fmt.Sprintf("%d%% read", bytes*100/max(1, p.first.Bytes))
	}
	p.progress.Note(note)
}

// tooMany returns the error that ends the run if more rows were rejected than Delivery.MaxRejects allows.
func (p *eventsPhase) tooMany(rejected, read int64) error {
	if p.options.MaxRejects.Exceeded(rejected, read) {
		return &TooManyRejects{rejected, read}
	}
	return nil
}

// noteTotals says how many events were sent and rows rejected.
func (p *eventsPhase) noteTotals(sent, rejected int64) {
	requests := p.options.Tally.Requests.Load()
	parts := []string{report.Plural(sent, "event", "events"), report.Plural(requests, "request", "requests")}
	if rejected > 0 {
		parts = append(parts, report.Plural(rejected, "row", "rows")+" rejected")
	}
	p.progress.Note(strings.Join(parts, ", "))
}

// chunkResult is what became of a chunk, or of several small ones, in the second pass.
type chunkResult struct {
	mapped
	late   []deliver.Reject // rows that correct events that an earlier run has sent
	fates  *fateShare       // nil without details
	first  uint64           // the number of its first row
	chunks int              // how many chunks there are up to the last one
	bytes  int64            // on disk, up to the end of the last chunk
	err    error

	skipped bool // all of it had an answer when the run was resumed
}

// chunkResults are reused: the text of one is about as long as its chunks, and memory would grow otherwise.
var chunkResults = sync.Pool{New: func() any { return &chunkResult{} }}

func (c *chunkResult) release() {
	clear(c.late)
	c.mapped.reset()
	*c = chunkResult{mapped: c.mapped, late: c.late[:0]}
	chunkResults.Put(c)
}

// reject adds a row that is no event.
func (c *chunkResult) reject(bad *posthog.RowError) {
	c.Rejects = append(c.Rejects, deliver.Reject{
		Number: bad.Ref, Key: keyOfText(bad.Row), Line: bad.Line, Reason: bad.Reason, Detail: bad.Detail,
		Raw: string(bad.Row[:min(len(bad.Row), maxRaw)]),
	})
}

// rejectEvent adds a row that is an event and cannot be sent.
func (c *chunkResult) rejectEvent(e *posthog.Event, o *mapping.Outcome, ids *mapping.EventIDs) {
	c.Rejects = append(c.Rejects, deliver.Reject{
		Number: e.Ref, Key: keyOfRow(e.Row), EventKey: ledger.Key(ids.Of(e)), Line: e.Line, Reason: o.Reason, Detail: o.Detail,
		Raw: string(e.Text(maxRaw)), Event: string(e.Name),
	})
}

// mapChunks decodes and maps chunks; it runs on several goroutines at once.
func (p *eventsPhase) mapChunks(worker int, chunks []*posthog.Chunk) *chunkResult {
	result := chunkResults.Get().(*chunkResult)
	result.first, result.skipped, result.fates = chunks[0].Ref, true, p.first.fates.share(true)
	for _, c := range chunks {
		if result.err = p.mapChunk(result, worker, c); result.err != nil {
			break
		}
	}
	result.cut()
	return result
}

func (p *eventsPhase) mapChunk(result *chunkResult, worker int, c *posthog.Chunk) error {
	result.bytes, result.chunks = c.Bytes, c.Number+1
	defer c.Release()
	result.End = c.Ref + uint64(c.Rows)
	from := p.from[ledger.Events]
	done := result.End <= from.Low()
	result.skipped = result.skipped && done
	if done && result.fates == nil {
		return nil
	}
	decided, seen, err := p.first.decided.of(c.Number, &p.readers[worker])
	if err != nil {
		return err
	}
	again := c.Ref < from.Next
	if !again {
		result.Waiting = p.waiting.addRepeats(result.Waiting, worker, c)
	}
	c.Left = decided.rows
	var repeats deliver.RowCounts
	p.first.repeats.leaveOut(c, &repeats, result.fates != nil)
	if again {
		p.mapUnanswered(result, worker, c)
	} else {
		decided.count(&result.Rows)
		result.Rows.Add(&repeats)
		p.mapRows(result, worker, c)
	}
	if err = c.Trust(decided.sum); !seen {
		return p.grew(c)
	}
	return err
}

func (p *eventsPhase) mapRows(result *chunkResult, worker int, c *posthog.Chunk) {
	repeats := p.first.repeats
	for event, bad := range c.Events() {
		if bad != nil {
			outcome := mapping.Outcome{Bucket: mapping.Rejected, Reason: bad.Reason, Detail: bad.Detail}
			countRow(&result.Rows, &outcome)
			result.reject(bad)
			result.fates.rejected(bad)
			continue
		}
		if result.fates != nil && repeats.refused.Has(event.Ref) { // counted already
			result.fates.left(event, mapping.ReasonRejectedBefore)
			continue
		}
		if repeats.late.Has(event.Ref) {
			result.fates.left(event, mapping.ReasonCorrectedLate)
			result.Rows.Skip(mapping.ReasonCorrectedLate, 1)
			result.late = append(result.late, lateCorrection(event, &repeats.ids[worker]))
			continue
		}
		text, person, outcome := p.mappers[worker].Event(result.text, event)
		countRow(&result.Rows, &outcome)
		result.fates.mapped(event, &outcome)
		switch outcome.Bucket {
		case mapping.Send:
			p.addRow(result, worker, event, &outcome, text)
		case mapping.Skipped:
			p.addWaiting(result, worker, c, event, &outcome)
		case mapping.Rejected:
			result.rejectEvent(event, &outcome, &repeats.ids[worker])
			if outcome.Reason == mapping.ReasonPersonRejected {
				result.Rejects[len(result.Rejects)-1].Person = person.DistinctID
			}
		}
	}
}

// addWaiting adds a skipped row if it waits, and notes which event it is of if an earlier run has rejected
// another row of it.
func (p *eventsPhase) addWaiting(result *chunkResult, worker int, c *posthog.Chunk, e *posthog.Event, o *mapping.Outcome) {
	before := len(result.Waiting)
	result.Waiting = p.waiting.add(result.Waiting, worker, c, e, o)
	repeats := p.first.repeats
	if len(result.Waiting) == before || repeats.open.Empty() {
		return
	}
	if id := ledger.Key(repeats.ids[worker].Of(e)); repeats.open.Has(id) {
		result.Corrections = append(result.Corrections, ledger.Correction{Event: id, Row: keyOfRow(e.Row)})
	}
}

// addRow adds the operation of a row. text is the text of the result, with the body of the operation at its
// end.
func (p *eventsPhase) addRow(result *chunkResult, worker int, e *posthog.Event, o *mapping.Outcome, text []byte) {
	result.add(o.Operation(nil, e.Ref), text)
	if p.saves() {
		result.Marks = append(result.Marks, deliver.Mark{
			Key: keyOfRow(e.Row), Version: ledgerVersion(e, &p.first.repeats.ids[worker]), At: o.At,
		})
	}
	if o.Recent {
		result.Recent = append(result.Recent, e.Ref)
	}
}

// grew returns the error for a chunk that the first pass did not see.
func (p *eventsPhase) grew(c *posthog.Chunk) error {
	return &posthog.SourceError{
		Path: p.first.places.sources[c.Source].Name, Kind: posthog.Changed, Err: errGrew,
		Advice: "run again once nothing writes to the file",
	}
}
