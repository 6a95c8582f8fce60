package export

import (
	"context"
	"errors"
	"sync"

	"ph2cio/internal/customerio"
)

// outbox sends the batches of one phase, several at a time, and hears what became of each operation. Its methods are
// called from one goroutine.
type outbox struct {
	sender   customerio.Sender
	inFlight func() int
	packer   *customerio.Packer
	settle   func(b *customerio.Batch, r customerio.Receipt) error // with lock held
	keeper   *keeper                                               // nil keeps nothing

	reading context.Context         // done when no further request may start
	sending context.Context         // done when requests under way must end too
	stop    context.CancelCauseFunc // of reading

	lock     sync.Mutex
	room     *sync.Cond
	underway int
	answered int64 // operations, and what was rejected before it became one
	failed   error
}

func newOutbox(r *run, settle func(*customerio.Batch, customerio.Receipt) error) *outbox {
	plan := r.plan
	o := &outbox{
		sender: plan.Sender, inFlight: plan.InFlight, settle: settle, keeper: r.keeper,
		packer:  customerio.NewPacker(customerio.MaxBody, plan.BatchItems),
		reading: r.reading, sending: r.sending, stop: r.stop,
	}
	if o.inFlight == nil {
		o.inFlight = func() int { return 1 }
	}
	o.room = sync.NewCond(&o.lock)
	if k := o.keeper; k != nil {
		k.lock, k.saved = &o.lock, o.saved
		go k.keep()
	}
	return o
}

// put packs one operation; it blocks while too many requests are under way. It returns what ended the run, or the
// cause of an interruption.
func (o *outbox) put(op customerio.Operation) error {
	full, err := o.packer.Add(op)
	if err != nil {
		return err
	}
	if full == nil {
		return nil
	}
	return o.send(full)
}

// send starts a request for the batch once there is room. After an interruption or failure the batch is unsent.
func (o *outbox) send(b *customerio.Batch) error {
	o.lock.Lock()
	defer o.lock.Unlock()
	stop := context.AfterFunc(o.reading, o.wake)
	defer stop()
	for o.failed == nil && o.reading.Err() == nil && o.underway+o.keeper.waiting() >= max(1, o.inFlight()) {
		if o.keeper.waiting() > 0 {
			o.keeper.urge()
		}
		o.room.Wait()
	}
	if o.failed == nil && o.reading.Err() != nil {
		o.failed = context.Cause(o.reading)
	}
	if o.failed != nil {
		o.close(b, customerio.AllUnsent(b), nil)
		return o.failed
	}
	o.underway++
	go o.request(b)
	return nil
}

// wake lets send look again. Taking the lock first keeps a wake-up from falling between send's look and its wait.
func (o *outbox) wake() {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.room.Broadcast()
}

func (o *outbox) request(b *customerio.Batch) {
	receipt, err := o.sender.Send(o.sending, b)
	o.lock.Lock()
	defer o.lock.Unlock()
	o.underway--
	o.close(b, receipt, err)
	o.keeper.answered(o.inFlight())
	o.room.Broadcast()
}

// close settles a batch's operations. The lock is held.
func (o *outbox) close(b *customerio.Batch, r customerio.Receipt, err error) {
	o.answered += int64(b.Len())
	o.fail(errors.Join(err, o.settle(b, r)))
	b.Release()
}

// fail ends the sending, if there is an error and it is the first. The lock is held.
func (o *outbox) fail(err error) {
	if err != nil && o.failed == nil {
		o.failed = err
		o.stop(err) // the others under way get their grace, not fifteen minutes of trying again
	}
}

// saved hears of each try to save what was done. The lock is held.
func (o *outbox) saved(err error) {
	o.fail(err)
	o.room.Broadcast()
}

// breathe waits until so much has been saved that more can be read.
func (o *outbox) breathe() {
	o.lock.Lock()
	defer o.lock.Unlock()
	for o.failed == nil && o.keeper.full() {
		o.keeper.urge()
		o.room.Wait()
	}
}

// end ends the phase: it sends what is left and waits for every answer. It returns what made the sending fail, else err,
// which made it end.
func (o *outbox) end(err error) error {
	if failed := o.finish(); failed != nil {
		return failed
	}
	return err
}

func (o *outbox) finish() error {
	if b := o.packer.Flush(); b != nil {
		_ = o.send(b) // what ended the run is returned below
	}
	o.settleAll()
	if o.keeper != nil {
		o.keeper.end()
	}
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.failed
}

// settleAll waits for every answer.
func (o *outbox) settleAll() {
	o.lock.Lock()
	defer o.lock.Unlock()
	for o.underway > 0 {
		o.room.Wait()
	}
}
