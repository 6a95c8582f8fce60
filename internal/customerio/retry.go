package customerio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Policy says how often and how long a request is tried again after a passing fault. The zero value is what the
// constants say.
type Policy struct {
	Attempts int           // in all, those answered 429 not counted; default 8
	Elapsed  time.Duration // from the first attempt to the start of the last; default 15 minutes
	Base     time.Duration // the longest first wait; each one may be twice as long as the one before; default 0.5 s
	Cap      time.Duration // the longest wait, unless the API asks for a longer one; default 60 s

	Waiting func(wait time.Duration, err error) // hears of each wait before it; may be called from many goroutines
	Tally   *Tally                              // may be nil
	Over    context.Context                     // ends all waits, such as Pace.Over; may be nil

	budget *budget // nil is without limit
}

func (p Policy) withDefaults() Policy {
	p.Attempts = cmp.Or(p.Attempts, 8)
	p.Elapsed = cmp.Or(p.Elapsed, 15*time.Minute)
	p.Base = cmp.Or(p.Base, 500*time.Millisecond)
	p.Cap = cmp.Or(p.Cap, time.Minute)
	p.Tally = orNew(p.Tally)
	return p
}

// Do calls try until it succeeds, fails for good, or the policy has been used up, which is a *GaveUpError. The waits have
// full jitter: from nothing to twice the longest one before. When the API asks for a longer wait, it gets it. The end of
// ctx, or of Over, ends a wait at once; the error then tells its cause and the last fault. A wait that cannot end before
// the policy's time or the deadline of ctx is not begun; with the deadline the error is a context.DeadlineExceeded.
func (p Policy) Do(ctx context.Context, try func() error) error {
	p = p.withDefaults()
	waiting, release := unlessOver(ctx, p.Over)
	defer release()
	t := tries{start: time.Now()}
	for {
		err := try()
		api, _ := asAPIError(err)
		if err == nil || api != nil && api.answers() {
			p.budget.answered(t.took)
		}
		if api == nil || !Temporary(err) {
			return err
		}
		t.count(api.Class())
		// The API's own wait does not enter into the growth of ours.
		wait := max(p.jitter(t.all), api.RetryAfter)
		if t.usedUp(p, wait) {
			return t.gaveUp(err)
		}
		if err := p.pause(waiting, wait, err); err != nil {
			return err
		}
		if !p.afford(waiting, &t, api) {
			return cmp.Or(p.stopped(waiting, err), t.gaveUp(err))
		}
		p.Tally.Retries.Add(1)
	}
}

// tries is how often one thing was tried.
type tries struct {
	start   time.Time
	all     int
	counted int  // those that use up the policy's attempts
	unclear int  // of counted
	took    bool // the next one was taken from the budget
}

func (t *tries) count(class Class) {
	t.all++
	switch class {
	case Throttled: // not counted: the request was not looked at
		return
	case Unclear:
		t.unclear++
	}
	t.counted++
}

// usedUp tells whether the policy leaves no room for a wait and another try.
func (t *tries) usedUp(p Policy, wait time.Duration) bool {
	return t.counted >= p.Attempts || t.unclear > 1 || time.Since(t.start)+wait > p.Elapsed
}

func (t *tries) gaveUp(last error) error {
	return &GaveUpError{Tries: t.all, Elapsed: time.Since(t.start), Err: last}
}

// afford waits for the budget to allow the next try, but no longer than the policy's time. What was throttled is not held
// back here: the pace has fallen for it.
func (p Policy) afford(ctx context.Context, t *tries, last *APIError) bool {
	t.took = false
	if p.budget == nil || last.answers() {
		return true
	}
	limited, cancel := context.WithDeadline(ctx, t.start.Add(p.Elapsed))
	defer cancel()
	t.took = p.budget.take(limited)
	return t.took
}

// stopped is the error of a wait that ctx has ended, nil when it has not.
func (p Policy) stopped(ctx context.Context, last error) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("stopped while waiting to try again: %w (last: %v)", context.Cause(ctx), last)
}

// pause waits after the fault last. Its error tells the cause of ctx, or that ctx ends too early to wait.
func (p Policy) pause(ctx context.Context, wait time.Duration, last error) error {
	if ctx.Err() == nil {
		if end, limited := ctx.Deadline(); limited && time.Until(end) <= wait {
			return fmt.Errorf("too little time is left to wait %s and try again: %w (last: %v)",
				wait.Round(time.Millisecond), context.DeadlineExceeded, last)
		}
		if p.Waiting != nil {
			p.Waiting(wait, last)
		}
	}
	if !sleep(ctx, wait) {
		return p.stopped(ctx, last)
	}
	return nil
}

// jitter is a random wait after so many tries.
func (p Policy) jitter(tries int) time.Duration {
	longest := p.Cap
	if doublings := tries - 1; doublings < 30 {
		longest = min(p.Base<<doublings, p.Cap)
	}
	return rand.N(longest + 1)
}

// sleep tells whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}

// unlessOver is ctx, and done too when over is, with its cause. Nil is never over. release must be called in the end.
func unlessOver(ctx, over context.Context) (both context.Context, release func()) {
	if over == nil {
		return ctx, func() {}
	}
	both, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(over, func() { cancel(context.Cause(over)) })
	return both, func() { stop(); cancel(nil) }
}

// asAPIError finds the APIError in err.
func asAPIError(err error) (*APIError, bool) { return errors.AsType[*APIError](err) }

// Retried returns a Sender that sends the same bytes again after a passing fault. It goes around Paced, not inside, so
// that every try waits its turn. A batch that next has settled in part is not sent again. All batches together have one
// budget: when most requests fail, they are tried again about once a second until an answer comes.
func Retried(next Sender, policy Policy) Sender {
	policy.budget = newBudget()
	return retried{next, policy.withDefaults()}
}

type retried struct {
	next   Sender
	policy Policy
}

func (s retried) Send(ctx context.Context, b *Batch) (Receipt, error) {
	var receipt Receipt
	var partly error
	err := s.policy.Do(ctx, func() error {
		var err error
		receipt, err = s.next.Send(ctx, b)
		if err != nil && len(receipt.Unsent) < b.Len() {
			partly = err
			return nil
		}
		return err
	})
	if partly != nil {
		return receipt, partly
	}
	return receipt, err
}
