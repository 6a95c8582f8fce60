package customerio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Policy says how often and for how long a request is retried after a passing fault. The zero value has the
// defaults.
type Policy struct {
	Attempts int           // in total, without those answered 429; default 8
	Elapsed  time.Duration // from the first attempt to the start of the last; default 15 minutes
	Base     time.Duration // the longest first wait, doubled for each further one; default 0.5 s
	Cap      time.Duration // the longest wait, unless the API asks for a longer one; default 60 s

	Waiting func(wait time.Duration, err error) // called before each wait, from many goroutines
	Watch   *Watch                              // is told of tries that fail; may be nil
	Tally   *Tally                              // may be nil
	Over    context.Context                     // ends all waits when it is done, such as Pace.Over; may be nil

	budget *budget // nil is no limit
}

func (p Policy) withDefaults() Policy {
	p.Attempts = cmp.Or(p.Attempts, 8)
	p.Elapsed = cmp.Or(p.Elapsed, 15*time.Minute)
	p.Base = cmp.Or(p.Base, 500*time.Millisecond)
	p.Cap = cmp.Or(p.Cap, time.Minute)
	p.Tally = orNew(p.Tally)
	return p
}

// Do calls try until it succeeds or fails with an error that is not temporary. When the policy is used up it
// returns a *GaveUpError. Waits have full jitter: each is random between 0 and a limit that doubles. If the
// API asks for a longer wait, Do waits that long. If ctx or Over is done, a wait ends at once, and the error
// wraps the cause and the last error. A wait that would end after the policy's time or the deadline of ctx is
// not begun; in the latter case the error is a context.DeadlineExceeded.
func (p Policy) Do(ctx context.Context, try func() error) error {
	p = p.withDefaults()
	waiting, release := unlessOver(ctx, p.Over)
	defer release()
	t := tries{start: time.Now()}
	defer p.Watch.ends(&t)
	for {
		err := try()
		api, _ := asAPIError(err)
		if err == nil || api != nil && api.answers() {
			p.budget.giveBack(t.paid)
		}
		if api == nil || !Temporary(err) {
			return err
		}
		t.count(api.Class())
		// A wait that the API asks for does not change the limit of later waits.
		wait := max(p.jitter(t.all), api.RetryAfter)
		if t.usedUp(p, wait) {
			return t.gaveUp(err)
		}
		p.Watch.fails(&t, p.Attempts, api, wait)
		if err := p.pause(waiting, wait, err); err != nil {
			return err
		}
		if !p.afford(waiting, &t, api) {
			return cmp.Or(p.stopped(waiting, err), t.gaveUp(err))
		}
		p.Watch.isDue(&t)
		p.Tally.Retries.Add(1)
	}
}

// tries counts the attempts of one call of Do.
type tries struct {
	start   time.Time
	all     int
	counted int  // those that count as the policy's attempts
	unclear int  // of counted
	paid    bool // the next one is paid from the budget
}

func (t *tries) count(class Class) {
	t.all++
	switch class {
	case Throttled: // not counted: the API has not examined the request
		return
	case Unclear:
		t.unclear++
	}
	t.counted++
}

// usedUp reports whether the policy does not allow a wait and another attempt.
func (t *tries) usedUp(p Policy, wait time.Duration) bool {
	return t.counted >= p.Attempts || t.unclear > 1 || time.Since(t.start)+wait > p.Elapsed
}

func (t *tries) gaveUp(last error) error {
	return &GaveUpError{Tries: t.all, Elapsed: time.Since(t.start), Err: last}
}

// afford waits until the budget allows the next attempt, at most for the policy's time. It does not wait
// after a 429, since the pace has already slowed down.
func (p Policy) afford(ctx context.Context, t *tries, last *APIError) bool {
	t.paid = false
	if p.budget == nil || last.answers() {
		return true
	}
	limited, cancel := context.WithDeadline(ctx, t.start.Add(p.Elapsed))
	defer cancel()
	t.paid = p.budget.take(limited)
	return t.paid
}

// stopped returns the error of a wait that ctx has ended, nil if it has not.
func (p Policy) stopped(ctx context.Context, last error) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("stopped while waiting to try again: %w (last: %v)", context.Cause(ctx), last)
}

// pause waits after an error. It returns an error if ctx ends the wait, or would end before it is over.
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

// jitter returns a random wait for the number of attempts.
func (p Policy) jitter(tries int) time.Duration {
	longest := p.Cap
	if doublings := tries - 1; doublings < 30 {
		longest = min(p.Base<<doublings, p.Cap)
	}
	return rand.N(longest + 1)
}

// sleep reports whether it slept to the end.
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

// unlessOver returns a context that is done when ctx or over is, with its cause. over may be nil. The caller
// must call release.
func unlessOver(ctx, over context.Context) (both context.Context, release func()) {
	if over == nil {
		return ctx, func() {}
	}
	both, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(over, func() { cancel(context.Cause(over)) })
	return both, func() { stop(); cancel(nil) }
}

// asAPIError returns the APIError that err is or wraps.
func asAPIError(err error) (*APIError, bool) { return errors.AsType[*APIError](err) }

// Retried returns a [Sender] that sends the same bytes again after a passing fault. next should be a [Paced]
// sender, so that every attempt waits for its turn. A batch of which next has accepted or rejected a part is
// not sent again. All batches share one budget: if most requests fail, there is about one retry a second
// until an answer comes.
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
