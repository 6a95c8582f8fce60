package customerio

import (
	"cmp"
	"context"
	"strconv"
	"sync"
)

// maxRefusedInARow is how many operations, each sent alone, may be refused in a row for one reason.
const maxRefusedInARow = 20

// Bisected returns a [Sender] that finds the operation for which the API refuses a whole batch. It sends the
// batch again in halves, and the halves of these, until the bad operation is alone and is rejected with the
// API's reason. The others are accepted. If 20 operations in a row, over all batches, are refused alone for
// one reason, it returns a *SystemicError and sends nothing from then on. Refusals after which [Reduced] can
// retry do not count. next should retry passing faults, see [Retried]. tally may be nil.
func Bisected(next Sender, tally *Tally) Sender {
	return &bisected{next: next, tally: orNew(tally)}
}

type bisected struct {
	next  Sender
	tally *Tally

	lock     sync.Mutex
	reason   string // of the last refusals
	refused  int    // of operations alone, in a row, for reason
	systemic *SystemicError
}

func (s *bisected) Send(ctx context.Context, b *Batch) (Receipt, error) {
	if err := s.ended(); err != nil {
		return AllUnsent(b), err
	}
	receipt, err := s.next.Send(ctx, b)
	if b.Len() > len(receipt.Rejections)+len(receipt.Unsent) {
		s.accepted()
	}
	refusal, _ := asAPIError(err)
	switch {
	case refusal == nil || refusal.Class() != RefusedWhole || len(receipt.Unsent) < b.Len():
		return receipt, err
	case b.Len() <= 1:
		return s.reject(b, refusal)
	}
	return s.halves(ctx, b)
}

// halves sends the batch in two parts, the second only if the first left nothing unsent.
func (s *bisected) halves(ctx context.Context, b *Batch) (Receipt, error) {
	s.tally.Bisections.Add(1)
	middle := b.Len() / 2
	receipt, err := s.part(ctx, b, 0, middle)
	if err != nil {
		receipt.addUnsent(b.refs(middle))
		return receipt, err
	}
	rest, err := s.part(ctx, b, middle, b.Len())
	receipt.add(rest, middle)
	return receipt, err
}

// part sends some operations of the batch as a batch of their own. The receipt has their indexes in that.
func (s *bisected) part(ctx context.Context, b *Batch, from, to int) (Receipt, error) {
	part := b.part(from, to)
	defer part.Release()
	receipt, err := s.Send(ctx, part)
	b.putInDoubt(part.doubt)
	return receipt, err
}

// ReasonHTTP begins the reason of an operation that the API refuses without a reason. The status follows.
const ReasonHTTP = "http_"

// reject returns the receipt for an operation that was refused alone.
func (s *bisected) reject(b *Batch, refusal *APIError) (Receipt, error) {
	if b.Len() == 0 {
		return Receipt{}, refusal
	}
	first, more := Fault{Message: refusal.Excerpt}, []Fault(nil)
	if len(refusal.Reasons) > 0 {
		first, more = refusal.Reasons[0], refusal.Reasons[1:]
	}
	r := Rejection{
		Ref: b.Ref(0), Reason: cmp.Or(first.Reason, ReasonHTTP+strconv.Itoa(refusal.Status)),
		Field: first.Field, Message: first.Message, More: more,
	}
	receipt := Receipt{Rejections: []Rejection{r}}
	if reducible(b.Operation(0).Body, &r) {
		return receipt, s.ended() // the cause is in this operation's attributes, not in the run
	}
	return receipt, s.count(r.Reason, refusal)
}

// count counts a refusal. It returns a *SystemicError after too many in a row.
func (s *bisected) count(reason string, refusal *APIError) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.reason != reason {
		s.reason, s.refused = reason, 0
	}
	s.refused++
	if s.refused >= maxRefusedInARow && s.systemic == nil {
		s.systemic = &SystemicError{Reason: reason, Refused: s.refused, Err: refusal}
	}
	if s.systemic != nil {
		return s.systemic
	}
	return nil
}

func (s *bisected) accepted() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.refused = 0
}

func (s *bisected) ended() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.systemic != nil {
		return s.systemic
	}
	return nil
}
