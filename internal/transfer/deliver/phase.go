package deliver

import (
	"context"
	"errors"
	"sync"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Spec says what is special about one phase. Phase must be set.
type Spec struct {
	Phase ledger.Phase
	From  ledger.Position // how far the phase had come when the run was stopped; zero for the beginning

	// Place returns where the row of an operation that the API refused stands; nil if operations are not made
	// from rows.
	Place func(ref uint64) (file string, row int64)
	// Accepted is called with the Ref of each operation that the API accepted, under the rules of Refused.
	Accepted func(ref uint64)
	// Refused is called with each operation that the API refused, as a reject with its place; nil is not called. It
	// is called from one goroutine at a time, must not call the Phase, and must not keep the reject.
	Refused func(r *Reject)
	// Limit returns an error, which ends the phase, if too many of the rows read are rejected; nil is no
	// limit.
	Limit func(rejected, read int64) error
	// Progress is called with how many operations of the phase have an answer since the run began or was last
	// resumed, and with what Totals returns then; nil is not called. It is called from one goroutine at a time,
	// and must not call the Phase.
	Progress func(n, sent, rejected int64)
}

// Phase is one phase of a delivery, from Begin to End. Only one goroutine may call its methods.
type Phase struct {
	spec     Spec
	delivery *Delivery
	packer   *customerio.Packer
	saver    *saver // nil without a ledger

	lock       sync.Mutex // guards what follows, and the counts, examples and limit of the delivery
	room       *sync.Cond // signals that an answer came, a checkpoint was saved, or the phase has to end
	checkpoint *checkpoint
	recent     map[uint64]bool // Refs of operations that can start a campaign and have not been accepted
	refused    []uint64        // see Refused
	underWay   traffic         // requests without an answer
	handled    int64           // what Spec.Progress was told last
	failed     error           // why the phase has to end
}

// Begin opens the next phase. The one before must have ended.
func (d *Delivery) Begin(s Spec) *Phase {
	p := &Phase{
		spec: s, delivery: d, recent: map[uint64]bool{},
		packer: customerio.NewPacker(customerio.MaxBody, d.options.BatchItems),
	}
	p.room = sync.NewCond(&p.lock)
	if d.ledger != nil {
		p.checkpoint = &checkpoint{phase: s.Phase, acks: acksFrom(s.From)}
		p.saver = startSaver(p.save)
	}
	return p
}

// Deliver counts the next part of the phase and sends its operations. It blocks while no further request may
// start, or while too many rejects are unsaved. Results must come in the order of their numbers.
//
// It returns the error for which the phase has to end. That may be the error of an earlier request or of a
// save, or the cause of an interruption. Operations that it could not send are counted as unsent.
func (p *Phase) Deliver(r *Result) error {
	err := p.count(r)
	p.waitForSaves()
	if err == nil {
		err = p.checkLimit()
	}
	if err != nil {
		p.leaveUnsent(r.Operations)
		return err
	}
	for i := range r.Operations {
		if err := p.pack(&r.Operations[i]); err != nil {
			p.leaveUnsent(r.Operations[i+1:])
			return err
		}
	}
	return nil
}

// Totals returns how many rows the API has accepted since the run began or was last resumed, and how many
// rows were rejected since the run began, by our checks or by the API.
func (p *Phase) Totals() (sent, rejected int64) {
	p.lock.Lock()
	defer p.lock.Unlock()
	return OfRows(p.delivery.counts.Accepted), p.delivery.counts.RowsRejected()
}

// UnderWay returns how many requests have no answer yet.
func (p *Phase) UnderWay() int {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.underWay.requests
}

// End sends what is left, waits for every answer and saves the last checkpoint. err is why the caller ends
// the phase early, or nil. End returns the first error of sending or saving, or else err.
func (p *Phase) End(err error) error {
	if b := p.packer.Flush(); b != nil {
		_ = p.send(b) // why it was not sent is returned below
	}
	p.waitForAnswers()
	p.saver.end()
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.failed != nil {
		return p.failed
	}
	return err
}

// Refused returns the Refs of the identifies or merges that the API refused in the phase of people or of
// merges, in any order. Call it after End.
func (p *Phase) Refused() []uint64 { return p.refused }

// count counts a result. It holds the lock throughout, so that no checkpoint saves a part of a result.
func (p *Phase) count(r *Result) (errs error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.delivery.counts.add(r)
	for _, ref := range r.Recent {
		p.recent[ref] = true
	}
	for i := range r.Rejects {
		errs = errors.Join(errs, p.reject(&r.Rejects[i]))
	}
	p.checkpoint.advance(r)
	return errs
}

// reject counts a reject, and adds it to the checkpoint or hands it to Options.Rejects. The lock is held.
func (p *Phase) reject(r *Reject) error {
	d := p.delivery
	if !r.Closed {
		d.counts.reject(p.spec.Phase, r.Reason)
	}
	d.addExample(r)
	switch {
	case p.checkpoint != nil:
		return p.checkpoint.reject(r)
	case d.options.Rejects != nil:
		return d.options.Rejects.Reject(r)
	}
	return nil
}

// countHandled adds to what Spec.Progress is called with. The lock is held.
func (p *Phase) countHandled(n int64) {
	p.handled += n
	if p.spec.Progress != nil {
		counts := &p.delivery.counts
		p.spec.Progress(p.handled, OfRows(counts.Accepted), counts.RowsRejected())
	}
}

// waitForSaves blocks while too many rejects are unsaved.
func (p *Phase) waitForSaves() {
	p.lock.Lock()
	defer p.lock.Unlock()
	for p.failed == nil && p.checkpoint.full() {
		p.saver.saveNow()
		p.room.Wait()
	}
}

// checkLimit returns the error of Spec.Limit.
func (p *Phase) checkLimit() error {
	if p.spec.Limit == nil {
		return nil
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.spec.Limit(p.delivery.counts.RowsRejected(), p.delivery.counts.Read)
}

// leaveUnsent counts operations that are in no batch as unsent.
func (p *Phase) leaveUnsent(operations []customerio.Operation) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for i := range operations {
		p.delivery.counts.Unsent[operations[i].Action]++
	}
}

// pack passes an operation to Options.Observe and adds it to a batch. If that makes a batch full, pack sends
// it.
func (p *Phase) pack(op *customerio.Operation) error {
	var full *customerio.Batch
	var err error
	if observe := p.delivery.options.Observe; observe != nil {
		err = observe(*op)
	}
	if err == nil {
		full, err = p.packer.Add(*op)
	}
	switch {
	case err != nil:
		p.leaveUnsent([]customerio.Operation{*op})
		return err
	case full != nil:
		return p.send(full)
	}
	return nil
}

// send starts a request for a batch as soon as one may start. After an interruption or an error it counts the
// operations of the batch as unsent and returns the cause.
func (p *Phase) send(b *customerio.Batch) error {
	d := p.delivery
	p.lock.Lock()
	defer p.lock.Unlock()
	stop := context.AfterFunc(d.reading, p.wake)
	defer stop()
	for p.failed == nil && d.reading.Err() == nil && !p.hasRoom(b.Len()) {
		if p.checkpoint.unsavedAnswers().requests > 0 {
			p.saver.saveNow()
		}
		p.room.Wait()
	}
	if p.failed == nil && d.reading.Err() != nil {
		p.failed = context.Cause(d.reading)
	}
	if p.failed != nil {
		p.finish(b, customerio.AllUnsent(b), nil)
		return p.failed
	}
	p.underWay.add(b.Len())
	go p.request(b, time.Now())
	return nil
}

// hasRoom reports whether another request with so many operations may start. The lock is held.
func (p *Phase) hasRoom(operations int) bool {
	unsaved := p.checkpoint.unsavedAnswers()
	requests := p.underWay.requests + unsaved.requests
	switch {
	case requests == 0:
		return true
	case requests >= p.delivery.options.InFlight():
		return false
	case p.checkpoint == nil:
		return true // no run resumes, so nothing is sent again
	}
	return p.underWay.operations+unsaved.operations+operations <= p.delivery.limit.operations()
}

// wake makes send check again whether to wait. It takes the lock, since a signal between send's check and its
// wait would be lost.
func (p *Phase) wake() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.room.Broadcast()
}

// request sends a batch, for which there is room since began, and counts its answer.
func (p *Phase) request(b *customerio.Batch, began time.Time) {
	d, operations := p.delivery, b.Len()
	receipt, err := d.options.Sender.Send(d.sending, b)
	p.lock.Lock()
	defer p.lock.Unlock()
	p.underWay.remove(traffic{1, operations})
	if err == nil {
		d.limit.answer(operations, time.Since(began), time.Now())
	}
	p.finish(b, receipt, err)
	p.checkpoint.addRequest(operations)
	if unsaved := p.checkpoint.unsavedAnswers(); unsaved.requests*4 >= d.options.InFlight() || unsaved.operations*4 >= d.limit.operations() {
		p.saver.saveSoon()
	}
	p.room.Broadcast()
}

// finish counts what became of the operations of a batch and releases it. The lock is held.
func (p *Phase) finish(b *customerio.Batch, r customerio.Receipt, err error) {
	p.fail(errors.Join(err, p.countReceipt(b, r)))
	p.countHandled(int64(b.Len() - len(r.Unsent)))
	b.Release()
}

// countReceipt counts each operation of a batch as unsent, refused or accepted. The lock is held.
func (p *Phase) countReceipt(b *customerio.Batch, r customerio.Receipt) (errs error) {
	unsent := map[uint64]bool{}
	for _, ref := range r.Unsent {
		unsent[ref] = true
	}
	refusals := map[uint64]*customerio.Rejection{}
	for i := range r.Rejections {
		refusals[r.Rejections[i].Ref] = &r.Rejections[i]
	}
	counts := &p.delivery.counts
	for i := range b.Len() {
		op := b.Operation(i)
		if unsent[op.Ref] {
			counts.Unsent[op.Action]++
			if b.InDoubt() {
				counts.Unanswered[op.Action]++
			}
			continue
		}
		mark := p.checkpoint.acknowledge(op.Ref)
		if refusal := refusals[op.Ref]; refusal != nil {
			counts.Refused[op.Action]++
			errs = errors.Join(errs, p.refuse(refusal, &op, &mark))
			continue
		}
		p.accept(&op, &mark)
	}
	return errs
}

// refuse records an operation that the API refused as a reject. The lock is held.
func (p *Phase) refuse(refusal *customerio.Rejection, op *customerio.Operation, m *Mark) error {
	one := refused(refusal, op, m)
	if p.spec.Place != nil {
		one.SetPlace(p.spec.Place(op.Ref))
	}
	if p.spec.Phase == ledger.People || p.spec.Phase == ledger.Merges {
		p.refused = append(p.refused, op.Ref)
	}
	if p.spec.Refused != nil {
		p.spec.Refused(one)
	}
	return p.reject(one)
}

// accept counts an operation that the API accepted. The lock is held.
func (p *Phase) accept(op *customerio.Operation, m *Mark) {
	p.delivery.counts.accept(p.spec.Phase, op.Action, p.recent[op.Ref])
	if p.spec.Accepted != nil {
		p.spec.Accepted(op.Ref)
	}
	delete(p.recent, op.Ref)
	p.checkpoint.accept(op, m)
}

// fail makes the phase end, if err is its first error. The lock is held.
func (p *Phase) fail(err error) {
	if err != nil && p.failed == nil {
		p.failed = err
		p.delivery.stop(err) // requests under way get the grace period, not fifteen minutes of retries
	}
}

// waitForAnswers blocks until no request is under way.
func (p *Phase) waitForAnswers() {
	p.lock.Lock()
	defer p.lock.Unlock()
	for p.underWay.requests > 0 {
		p.room.Wait()
	}
}

// save saves a checkpoint if anything has changed since the last one. The saver calls it.
func (p *Phase) save() error {
	step, answered, err := p.cut()
	if step != nil && err == nil {
		err = p.delivery.ledger.Save(step, p.delivery.options.Now())
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.checkpoint.saved(answered)
	p.fail(err)
	p.room.Broadcast()
	return err
}

// cut returns the step to save, nil if nothing has changed, and the requests that have their answers in it.
func (p *Phase) cut() (step *ledger.Step, answered traffic, err error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if !p.checkpoint.changed {
		return nil, traffic{}, nil
	}
	return p.checkpoint.cut(p.delivery.counts.counters(p.checkpoint.openRows()))
}
