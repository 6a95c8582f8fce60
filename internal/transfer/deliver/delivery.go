package deliver

import (
	"context"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Options say how a run sends. Sender must be set.
type Options struct {
	Sender     customerio.Sender
	InFlight   func() int    // how many requests may be under way now; nil is one
	BatchItems int           // operations in one batch at most; 0 is no limit but bytes
	Grace      time.Duration // how long requests under way may go on after an interruption

	// Rejects takes the rejects of a run without a ledger. Nil drops them.
	Rejects Rejects
	// Observe gets every operation in sending order. An operation is valid until Observe returns. Nil is for none.
	Observe func(customerio.Operation) error
}

// Ledger saves checkpoints. Save is called from one goroutine at a time, and saves all of a step or nothing.
// After an error nothing more is sent or saved.
type Ledger interface {
	Save(step *ledger.Step, now time.Time) error
}

// Delivery sends the operations of one run, phase after phase, and counts what becomes of them.
type Delivery struct {
	options  Options
	ledger   Ledger // nil saves nothing
	counts   Counts
	examples []Reject

	reading       context.Context // done when no further request may start
	sending       context.Context // done when requests under way must end too, Options.Grace later
	stop          context.CancelCauseFunc
	closeContexts func()
}

// New returns a delivery that saves its checkpoints in a ledger, or nowhere if the ledger is nil. before is what
// a resumed run had counted when it was stopped; a new run has counted nothing. When ctx is done, nothing further
// is sent, and requests under way get Options.Grace to end. Close must be called in the end.
func New(ctx context.Context, o Options, l Ledger, before Counters) *Delivery {
	if o.InFlight == nil {
		o.InFlight = func() int { return 1 }
	}
	reading, stopReading := context.WithCancelCause(ctx)
	sending, stopSending := context.WithCancelCause(context.WithoutCancel(ctx))
	forget := context.AfterFunc(reading, func() {
		time.AfterFunc(o.Grace, func() { stopSending(context.Cause(reading)) })
	})
	return &Delivery{
		options: o, ledger: l, counts: newCounts(before),
		reading: reading, sending: sending, stop: stopReading,
		closeContexts: func() { forget(); stopReading(nil); stopSending(nil) },
	}
}

// Context is done when nothing more is to be read or sent: after an interruption, or after the first error of
// sending or saving, which is then its cause.
func (d *Delivery) Context() context.Context { return d.reading }

// Stopped returns the cause of Context, nil as long as that is not done.
func (d *Delivery) Stopped() error { return context.Cause(d.reading) }

// Counts are where rows and operations have ended. They may be read while no phase is open.
func (d *Delivery) Counts() *Counts { return &d.counts }

// Examples are a few rejects, each the first of its reason. They may be read while no phase is open.
func (d *Delivery) Examples() []Reject { return d.examples }

// Close releases what the contexts hold. No phase may be open.
func (d *Delivery) Close() { d.closeContexts() }
