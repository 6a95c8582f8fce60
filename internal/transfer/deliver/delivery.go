package deliver

import (
	"context"
	"slices"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Options says how a run sends. Sender must be set.
type Options struct {
	Sender     customerio.Sender
	InFlight   func() int    // how many requests may be under way now; nil is one
	BatchItems int           // how many operations a batch may have; 0 is no limit except bytes
	Grace      time.Duration // how long requests under way may continue after an interruption

	// Now is the clock of checkpoints; nil is time.Now.
	Now func() time.Time
	// Rejects takes the rejects of a run without a ledger. Nil drops them.
	Rejects Rejects
	// Observe is called with every operation in sending order, and must not keep it. Nil is not called.
	Observe func(customerio.Operation) error
}

// Ledger saves checkpoints; a *ledger.Run does. Save must save all of a step or nothing. It is called from
// one goroutine at a time. After an error nothing more is sent or saved.
type Ledger interface {
	Save(step *ledger.Step, now time.Time) error
}

// Delivery sends the operations of one run, phase after phase, and counts what becomes of them.
type Delivery struct {
	options  Options
	ledger   Ledger // nil saves nothing
	counts   Counts
	examples []Reject
	limit    repeatLimit

	reading       context.Context // done when no further request may start
	sending       context.Context // done when requests under way must end too, Options.Grace later
	stop          context.CancelCauseFunc
	closeContexts func()
}

// New returns a delivery that saves its checkpoints in a ledger, or nowhere if the ledger is nil. before is
// what a resumed run had counted when it was stopped; a new run has counted nothing. When ctx is done, no
// further request starts, and requests under way get Options.Grace to end. Call Close in the end.
func New(ctx context.Context, o Options, l Ledger, before Counters) *Delivery {
	if o.InFlight == nil {
		o.InFlight = func() int { return 1 }
	}
	if o.Now == nil {
		o.Now = time.Now
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

// Context returns a context that is done when nothing more is to be read or sent: after an interruption, or
// after the first error of sending or saving. Its cause says which.
func (d *Delivery) Context() context.Context { return d.reading }

// Stopped returns the cause of Context, nil while that is not done.
func (d *Delivery) Stopped() error { return context.Cause(d.reading) }

// Counts returns where rows and operations have ended. Read them only while no phase is open.
func (d *Delivery) Counts() *Counts { return &d.counts }

// Examples returns the first reject of each of at most five reasons. Call it only while no phase is open.
func (d *Delivery) Examples() []Reject { return d.examples }

// addExample adds a reject to the examples if it is the first of its reason and there is room. It copies the
// operation.
func (d *Delivery) addExample(r *Reject) {
	same := func(e Reject) bool { return e.Reason == r.Reason }
	if r.Closed || len(d.examples) == maxExamples || slices.ContainsFunc(d.examples, same) {
		return
	}
	d.examples = append(d.examples, r.clone())
}

// maxExamples is how many rejects are examples.
const maxExamples = 5

// Close releases the resources of the contexts. No phase may be open.
func (d *Delivery) Close() { d.closeContexts() }
