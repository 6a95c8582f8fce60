package customerio

import (
	"context"
	"sync/atomic"
)

// Sender sends a batch.
//
// With a nil error every operation is settled: those in Rejections were rejected, all others accepted.
//
// With an error the run cannot go on as it is, but part of the batch may be settled all the same. The operations in
// Unsent have no known outcome: they may have arrived or not, and are to be sent again. Of the others, those in
// Rejections were rejected and the rest accepted. Every Sender of this package fills Unsent on every error.
//
// Send may be called from many goroutines. It ends soon after ctx does, with the cause of ctx in its error. When it has
// returned, nothing reads the batch any more: it may be released.
type Sender interface {
	Send(ctx context.Context, b *Batch) (Receipt, error)
}

// Receipt is the answer to a batch.
type Receipt struct {
	Rejections []Rejection // at most one for each operation, in the order of the batch
	Unsent     []uint64    // Refs without a known outcome, in the order of the batch; empty without an error
}

// Rejection is the refusal of one operation. Its texts are the API's own: untrusted, cut to a sensible length, any of them
// may be empty, and their vocabulary is open.
type Rejection struct {
	Ref     uint64
	Index   int // in the batch
	Reason  string
	Field   string
	Message string
	More    []Fault // what else the API found wrong with the same operation
}

// Fault is one thing that the API found wrong.
type Fault struct {
	Reason  string
	Field   string
	Message string
}

// Faults lists all that the API found wrong with the operation.
func (r *Rejection) Faults() []Fault {
	return append([]Fault{{r.Reason, r.Field, r.Message}}, r.More...)
}

// Tally counts what the senders do. The zero value is ready, and one may be shared by all senders.
type Tally struct {
	Requests  atomic.Int64 // sent, whatever became of them
	Bytes     atomic.Int64 // of the bodies of Requests
	Retries   atomic.Int64 // times that Retried sent the same bytes again
	Throttled atomic.Int64 // answers 429
	Divisions atomic.Int64 // times that Divided cut a batch in two
	Repairs   atomic.Int64 // operations that were accepted without the attributes that were refused
	Removed   atomic.Int64 // attributes that Repairs left out
}

// Counting returns a Sender that sends nothing, accepts everything, and counts requests and bytes: a preview's. tally may
// be nil.
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

// AllUnsent is the receipt of a batch that was not sent, or of which nothing is known: all its operations are Unsent.
func AllUnsent(b *Batch) Receipt { return Receipt{Unsent: b.refs(0)} }
