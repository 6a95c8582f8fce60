package deliver

import (
	"context"
	"errors"
	"sync"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Spec is what one phase has of its own. Phase must be set.
type Spec struct {
	Phase ledger.Phase
	From  ledger.Position // where the run was when it was stopped; the zero value is the beginning

	// Place tells where the row of an operation stands that the API refused; nil where operations are not of
	// rows.
	Place func(ref uint64) (file string, row int64)
	// Limit returns an error, which ends the phase, when so many of the rows read are rejected that nothing
	// more is to be sent; nil is no limit.
	Limit func(rejected, read int64) error
	// Answered is told how many operations of the phase have an answer, with Result.Others; nil for nobody.
	// It is called from one goroutine at a time.
	Progress func(n int64)
}

// Phase is one phase of a delivery, from Begin to End. Its methods are called from one goroutine.
type Phase struct {
	spec     Spec
	delivery *Delivery
	packer   *customerio.Packer
	saver    *saver // nil without a ledger

	lock       sync.Mutex // also guards the counts and examples of the delivery
	room       *sync.Cond // another request may start, or the phase has failed
	checkpoint *checkpoint
	recent     map[uint64]bool // Refs of operations that can start a campaign and have not been accepted
	refused    []uint64        // Refs of operations that the API refused; none of events
	inFlight   int             // requests
	handled    int64           // operations, with Result.Others
	failed     error
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

// Deliver counts what became of the next part of the phase and sends its operations. It blocks while as many
// requests are under way as may be, or while too many rejects wait to be saved. Results come in the order of
// their numbers.
//
// It returns the error for which the phase has to end, which may be of an earlier request or of saving, or
// the cause of an interruption. Operations that it could not send are counted as unsent.
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

// Totals is where rows ended so far, since the run was last resumed: those that the API accepted, and those
// that were rejected by it or before, over all the times that the run was resumed.
func (p *Phase) Totals() (sent, rejected int64) {
	p.lock.Lock()
	defer p.lock.Unlock()
	return OfRows(p.delivery.counts.Accepted), p.delivery.counts.RowsRejected()
}

// End sends what is left, waits for every answer and saves the last checkpoint. It returns what made the
// sending or saving fail, else err, for which the caller ends the phase.
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

// Refused are the numbers of the operations that the API refused, in any order. It may be called after End.
// Of events, of which many may be refused, there are none.
func (p *Phase) Refused() []uint64 { return p.refused }

// count counts a result, all of it in one checkpoint.
func (p *Phase) count(r *Result) (errs error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	counts := &p.delivery.counts
	counts.Add(&r.Rows)
	counts.Unchanged += r.Unchanged
	counts.build(r.Operations)
	for _, ref := range r.Recent {
		p.recent[ref] = true
	}
	for i := range r.Rejects {
		errs = errors.Join(errs, p.reject(&r.Rejects[i]))
	}
	p.checkpoint.advance(r)
	if r.Others > 0 {
		p.countHandled(r.Others)
	}
	return errs
}

// reject counts and keeps a reject. The lock is held.
func (p *Phase) reject(r *Reject) error {
	d := p.delivery
	if !r.Closed {
		d.counts.reject(p.spec.Phase, r.Reason)
	}
	d.examples = withExample(d.examples, r)
	switch {
	case p.checkpoint != nil:
		return p.checkpoint.reject(r)
	case d.options.Rejects != nil:
		return d.options.Rejects.Reject(r)
	}
	return nil
}

// countHandled tells that more operations are answered. The lock is held.
func (p *Phase) countHandled(n int64) {
	p.handled += n
	if p.spec.Progress != nil {
		p.spec.Progress(p.handled)
	}
}

// waitForSaves blocks while too many rejects wait to be saved.
func (p *Phase) waitForSaves() {
	p.lock.Lock()
	defer p.lock.Unlock()
	for p.failed == nil && p.checkpoint.full() {
		p.saver.saveNow()
		p.room.Wait()
	}
}

func (p *Phase) checkLimit() error {
	if p.spec.Limit == nil {
		return nil
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.spec.Limit(p.delivery.counts.RowsRejected(), p.delivery.counts.Read)
}

// leaveUnsent counts operations that were built but are in no batch.
func (p *Phase) leaveUnsent(operations []customerio.Operation) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for i := range operations {
		p.delivery.counts.Unsent[operations[i].Action]++
	}
}

// pack shows an operation to the observer and puts it into a batch, which it sends if it is full.
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

// send starts a request for the batch once there is room. After an interruption or failure the batch is
// unsent.
func (p *Phase) send(b *customerio.Batch) error {
	d := p.delivery
	p.lock.Lock()
	defer p.lock.Unlock()
	stop := context.AfterFunc(d.reading, p.wake)
	defer stop()
	for p.failed == nil && d.reading.Err() == nil && p.inFlight+p.checkpoint.unsavedRequests() >= max(1, d.options.InFlight()) {
		if p.checkpoint.unsavedRequests() > 0 {
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
	p.inFlight++
	go p.request(b)
	return nil
}

// wake lets send look again. Taking the lock first keeps a wake-up from falling between send's look and its
// wait.
func (p *Phase) wake() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.room.Broadcast()
}

// request sends a batch and counts its answer.
func (p *Phase) request(b *customerio.Batch) {
	receipt, err := p.delivery.options.Sender.Send(p.delivery.sending, b)
	p.lock.Lock()
	defer p.lock.Unlock()
	p.inFlight--
	p.finish(b, receipt, err)
	if p.checkpoint.addRequest()*4 >= p.delivery.options.InFlight() {
		p.saver.saveSoon()
	}
	p.room.Broadcast()
}

// finish counts what became of a batch and releases it. The lock is held.
func (p *Phase) finish(b *customerio.Batch, r customerio.Receipt, err error) {
	p.countHandled(int64(b.Len()))
	p.fail(errors.Join(err, p.countReceipt(b, r)))
	b.Release()
}

// countReceipt counts what became of each operation of a batch. The lock is held.
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
			errs = errors.Join(errs, p.refuse(refusal, &op, mark.Key))
			continue
		}
		counts.Accepted[op.Action]++
		p.accept(&op, &mark)
	}
	return errs
}

// refuse rejects an operation that the API refused. The lock is held.
func (p *Phase) refuse(refusal *customerio.Rejection, op *customerio.Operation, key ledger.Key) error {
	r := refused(refusal, op.Body, key)
	if p.spec.Place != nil {
		r.File, r.Row = p.spec.Place(op.Ref)
	}
	if p.spec.Phase != ledger.Events {
		p.refused = append(p.refused, op.Ref)
	}
	return p.reject(r)
}

// accept notes what hangs on an operation that was accepted. The lock is held.
func (p *Phase) accept(op *customerio.Operation, m *Mark) {
	counts := &p.delivery.counts
	if p.recent[op.Ref] {
		delete(p.recent, op.Ref)
		counts.Recent++
	}
	if p.spec.Phase == ledger.Emails {
		counts.Emails++
	}
	p.checkpoint.accept(op, m)
}

// fail ends the phase, if there is an error and it is the first. The lock is held.
func (p *Phase) fail(err error) {
	if err != nil && p.failed == nil {
		p.failed = err
		p.delivery.stop(err) // the others under way get their grace, not fifteen minutes of trying again
	}
}

// waitForAnswers blocks while requests are under way.
func (p *Phase) waitForAnswers() {
	p.lock.Lock()
	defer p.lock.Unlock()
	for p.inFlight > 0 {
		p.room.Wait()
	}
}

// save saves a checkpoint if there is anything new.
func (p *Phase) save() error {
	step, answers, err := p.cut()
	if step != nil && err == nil {
		err = p.delivery.ledger.Save(step, time.Now())
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.checkpoint.saved(answers)
	p.fail(err)
	p.room.Broadcast()
	return err
}

// cut takes what there is to save; nil when there is nothing.
func (p *Phase) cut() (*ledger.Step, int, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if !p.checkpoint.changed {
		return nil, 0, nil
	}
	return p.checkpoint.cut(p.delivery.counts.counters(p.checkpoint.openRows()))
}
