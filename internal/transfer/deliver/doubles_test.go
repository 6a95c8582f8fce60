package deliver

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// event returns an event operation. Its ID holds its Ref, see refOf.
func event(ref uint64) customerio.Operation {
	op := customerio.Operation{Body: fmt.Appendf(nil, `{"n":%d}`, ref), Ref: ref, Action: customerio.Event}
	op.ID = eventID(ref)
	return op
}

func eventID(ref uint64) (id ulid.ULID) {
	binary.BigEndian.PutUint64(id[8:], ref)
	return id
}

// refOf returns the Ref of the event that a step says was sent.
func refOf(sent ledger.Sent) uint64 { return binary.BigEndian.Uint64(sent.Key[8:]) }

// sender is a double of the API. answer decides about each batch; nil accepts everything.
type sender struct {
	answer func(ctx context.Context, refs []uint64) (customerio.Receipt, error)

	lock sync.Mutex
	came [][]uint64 // the Refs of each request, in the order in which requests started
}

func (s *sender) Send(ctx context.Context, b *customerio.Batch) (customerio.Receipt, error) {
	refs := make([]uint64, b.Len())
	for i := range refs {
		refs[i] = b.Ref(i)
	}
	s.lock.Lock()
	s.came = append(s.came, refs)
	s.lock.Unlock()
	if s.answer == nil {
		return customerio.Receipt{}, nil
	}
	return s.answer(ctx, refs)
}

// requests is how many requests have started.
func (s *sender) requests() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.came)
}

// book is a double of the ledger. before runs before each save and may block or fail; nil does neither.
type book struct {
	before func(step *ledger.Step) error

	lock  sync.Mutex
	steps []*ledger.Step
	times []time.Time
}

func (b *book) Save(step *ledger.Step, now time.Time) error {
	if b.before != nil {
		if err := b.before(step); err != nil {
			return err
		}
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	b.steps, b.times = append(b.steps, step), append(b.times, now)
	return nil
}

func (b *book) saves() int {
	b.lock.Lock()
	defer b.lock.Unlock()
	return len(b.steps)
}

// inFlight allows so many requests at once.
func inFlight(n int) func() int { return func() int { return n } }

// begin opens a phase of events with one operation in each batch. It closes the delivery after the test.
func begin(t *testing.T, o Options, l Ledger) (*Delivery, *Phase) {
	t.Helper()
	o.BatchItems = 1
	d := New(t.Context(), o, l, Counters{})
	t.Cleanup(d.Close)
	return d, d.Begin(Spec{Phase: ledger.Events})
}

// part returns a result of events with these Refs, and of as many rows.
func part(refs ...uint64) *Result {
	return &Result{
		Operations: operations(refs...), Marks: make([]Mark, len(refs)), End: refs[len(refs)-1] + 1,
		Rows: RowCounts{Read: int64(len(refs))},
	}
}
