package customerio

import (
	"context"
	"sync/atomic"
)

// Sender sends a batch.
//
// With a nil error every operation has an outcome: those in Rejections were rejected, all others accepted.
//
// With an error the run cannot continue as it is, but part of the batch may have an outcome. The operations
// in Unsent have no known outcome: they may have arrived or not, and should be sent again. Of the others,
// those in Rejections were rejected and the rest accepted. Every Sender of this package fills Unsent with
// every error.
//
// Send may be called from many goroutines. It returns soon after ctx is done, with an error that wraps the
// cause of ctx. When it has returned, nothing reads the batch any more, so the batch may be released.
type Sender interface {
	Send(ctx context.Context, b *Batch) (Receipt, error)
}

// Receipt is the answer to a batch.
type Receipt struct {
	Rejections []Rejection // at most one for each operation, in the order of the batch
	Unsent     []uint64    // Refs without a known outcome, in the order of the batch; empty without an error
}

// add adds the answer to another part of the same batch, whose first operation is operation from of the
// batch.
func (r *Receipt) add(part Receipt, from int) {
	for _, rejection := range part.Rejections {
		rejection.Index += from
		r.Rejections = append(r.Rejections, rejection)
	}
	r.addUnsent(part.Unsent)
}

// addUnsent adds Refs without a known outcome.
func (r *Receipt) addUnsent(refs []uint64) { r.Unsent = append(r.Unsent, refs...) }

// Rejection is the refusal of one operation. Its texts are the API's: untrusted, shortened, possibly empty,
// and not from a fixed set.
type Rejection struct {
	Ref     uint64
	Index   int // in the batch
	Reason  string
	Field   string
	Message string
	More    []Fault // what else the API found wrong with the same operation
}

// Fault is one error that the API reports.
type Fault struct {
	Reason  string
	Field   string
	Message string
}

// Faults returns all errors that the API reports for the operation.
func (r *Rejection) Faults() []Fault {
	return append([]Fault{{r.Reason, r.Field, r.Message}}, r.More...)
}

// Tally counts what the senders do. The zero value is ready, and one may be shared by all senders.
type Tally struct {
	Requests   atomic.Int64 // sent, with any outcome
	Bytes      atomic.Int64 // of the bodies of Requests
	Retries    atomic.Int64 // times that Retried sent the same bytes again
	Throttled  atomic.Int64 // answers 429
	Bisections atomic.Int64 // times that Bisected cut a batch in two
	Reductions atomic.Int64 // operations that were accepted without the refused attributes
	Removed    atomic.Int64 // attributes that were left out of them
}

// Counting returns a [Sender] for previews. It sends nothing, accepts everything, and counts requests and
// bytes. tally may be nil.
func Counting(tally *Tally) Sender { return counting{orNew(tally)} }

type counting struct{ tally *Tally }

func (c counting) Send(ctx context.Context, b *Batch) (Receipt, error) {
	if ctx.Err() != nil {
		return AllUnsent(b), context.Cause(ctx)
	}
	c.tally.request(b)
	return Receipt{}, nil
}

func (t *Tally) request(b *Batch) {
	t.Requests.Add(1)
	t.Bytes.Add(int64(len(b.Body())))
}

func orNew(t *Tally) *Tally {
	if t == nil {
		return new(Tally)
	}
	return t
}

// AllUnsent returns the receipt of a batch that was not sent, or whose outcome is unknown: all its operations
// are Unsent.
func AllUnsent(b *Batch) Receipt { return Receipt{Unsent: b.refs(0)} }
