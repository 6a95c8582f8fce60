package customerio

import (
	"context"
	"strconv"
	"sync"
)

// maxRefusedInARow is how many operations, each sent alone, may be refused for one reason with nothing accepted in between.
const maxRefusedInARow = 20

// Divided returns a Sender that finds the operation for which a whole batch is refused: it sends the batch again in
// halves, and their halves, until the operation stands alone and is rejected with the API's reason. The others are
// accepted. Twenty operations refused in a row for one reason, over all batches, end the run with a *SystemicError, and
// from then on nothing is sent; refusals that Repaired can repair do not count. It goes around Retried. tally may be nil.
func Divided(next Sender, tally *Tally) Sender {
	return &divided{next: next, tally: orNew(tally)}
}

type divided struct {
	next  Sender
	tally *Tally

	lock     sync.Mutex
	reason   string // of the last refusals
	refused  int    // of operations alone, in a row, for reason
	systemic *SystemicError
}

func (s *divided) Send(ctx context.Context, b *Batch) (Receipt, error) {
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
func (s *divided) halves(ctx context.Context, b *Batch) (Receipt, error) {
	s.tally.Divisions.Add(1)
	middle := b.Len() / 2
	receipt, err := s.part(ctx, b, 0, middle)
	if err != nil {
		receipt.Unsent = append(receipt.Unsent, b.refs(middle)...)
		return receipt, err
	}
	rest, err := s.part(ctx, b, middle, b.Len())
	receipt.Rejections = append(receipt.Rejections, rest.Rejections...)
	receipt.Unsent = append(receipt.Unsent, rest.Unsent...)
	return receipt, err
}

// part sends some of the batch's operations by themselves. The receipt has their indexes in b.
func (s *divided) part(ctx context.Context, b *Batch, from, to int) (Receipt, error) {
	part := b.part(from, to)
	defer part.Release()
	receipt, err := s.Send(ctx, part)
	b.doubt = b.doubt || part.doubt
	for i := range receipt.Rejections {
		receipt.Rejections[i].Index += from
	}
	return receipt, err
}

// ReasonHTTP begins the reason of an operation that is refused without one: the status follows.
const ReasonHTTP = "http_"

// reject settles an operation that was refused alone.
func (s *divided) reject(b *Batch, refusal *APIError) (Receipt, error) {
	if b.Len() == 0 {
		return Receipt{}, refusal
	}
	r := Rejection{Ref: b.Ref(0), Reason: ReasonHTTP + strconv.Itoa(refusal.Status), Message: refusal.Excerpt}
	if len(refusal.Reasons) > 0 {
		first := refusal.Reasons[0]
		r.Field, r.Message, r.More = first.Field, first.Message, refusal.Reasons[1:]
		if first.Reason != "" {
			r.Reason = first.Reason
		}
	}
	receipt := Receipt{Rejections: []Rejection{r}}
	if repairable(b.Operation(0).Body, &r) {
		return receipt, s.ended() // it is about this operation's attributes, not about the run
	}
	return receipt, s.count(r.Reason, refusal)
}

// count ends the run at too many refusals in a row.
func (s *divided) count(reason string, refusal *APIError) error {
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

func (s *divided) accepted() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.refused = 0
}

func (s *divided) ended() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.systemic != nil {
		return s.systemic
	}
	return nil
}
