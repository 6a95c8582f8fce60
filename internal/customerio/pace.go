package customerio

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// MaxInFlight is the most requests that a Pace lets be under way by itself.
const MaxInFlight = 64

const (
	firstLatency = 500 * time.Millisecond // assumed before the first answer
	headroom     = 1.5                    // more requests under way than the rate just needs
	fall         = 0.7                    // what is left of the rate after a 429
	remembered   = 128                    // latencies

	// A shorter Retry-After is for the one request that got it: the rate that has fallen sees to the others. A longer one is
	// meant for all, who would only ask one after the other to be told the same.
	longAfter = 5 * time.Second
)

// Pace says when a request may start, and how many may be under way. It starts at its rate, falls to 0.7 of it when the
// API answers 429, at most once a second and not under 1 request a second, and climbs back by 1 a second, or by a tenth
// of a rate under 10, while answers are good. When the API asks to be left alone for more than 5 seconds, nothing starts
// until then. Once it has refused the credentials, nothing starts any more. It may be used from many goroutines.
type Pace struct {
	limiter *rate.Limiter
	turn    chan struct{} // held by the one request that waits: a fallen rate holds from the next one on

	over context.Context // done when nothing starts any more
	end  context.CancelCauseFunc

	lock      sync.Mutex
	top       float64 // requests per second
	now       float64
	fell      time.Time // when it last did
	disturbed time.Time // when the rate last changed, or a 429 came
	held      time.Time // until when nothing starts
	latencies []time.Duration
	oldest    int           // in latencies, once there are as many as remembered
	slow      time.Duration // the 95th percentile of latencies
	fixed     int
}

// NewPace returns a pace of so many requests per second, more than 0, without bursts: they start that far apart. One
// that starts late on a busy machine does not hold up the next, so a second may see one more than the rate.
// It panics when the rate is not a positive number.
func NewPace(perSecond float64) *Pace {
	if !(perSecond > 0) || math.IsInf(perSecond, 1) {
		panic(fmt.Sprintf("customerio: a pace of %v requests per second", perSecond))
	}
	over, end := context.WithCancelCause(context.Background())
	return &Pace{
		over: over, end: end,
		limiter: rate.NewLimiter(rate.Limit(perSecond), 1),
		turn:    make(chan struct{}, 1),
		top:     perSecond,
		now:     perSecond,
		slow:    firstLatency,
	}
}

// FixInFlight makes InFlight answer n, whatever the latency. 0 lets it be worked out again.
func (p *Pace) FixInFlight(n int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.fixed = n
}

// InFlight is how many requests the rate needs under way, by how long the last answers took: from 1 to MaxInFlight, unless
// it is fixed. It changes while requests are answered.
func (p *Pace) InFlight() int {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.fixed > 0 {
		return p.fixed
	}
	return int(min(max(math.Ceil(p.now*p.slow.Seconds()*headroom), 1), MaxInFlight))
}

// Rate is the requests per second at this moment.
func (p *Pace) Rate() float64 {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.now
}

// Over is done once nothing starts any more. Its cause is that of Stop, or the answer that said that every request would be
// refused alike, an *APIError: the credentials, the region or this machine's settings are wrong.
func (p *Pace) Over() context.Context { return p.over }

// Stop says that nothing is to start any more, and why. Whoever waits is let go with that cause; requests under way are not
// touched.
func (p *Pace) Stop(cause error) { p.end(cause) }

// wait returns when a request may start, or the cause of ctx or Over.
func (p *Pace) wait(ctx context.Context) error {
	ctx, release := unlessOver(ctx, p.over)
	defer release()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case p.turn <- struct{}{}:
	}
	defer func() { <-p.turn }()
	for {
		for d := p.holds(); d > 0; d = p.holds() {
			if !sleep(ctx, d) {
				return context.Cause(ctx)
			}
		}
		err := p.limiter.Wait(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil: // the turn would come after the deadline of ctx
			return context.DeadlineExceeded
		case p.holds() <= 0:
			return nil
		}
	}
}

// holds is how long nothing may start yet because the API asks for it.
func (p *Pace) holds() time.Duration {
	p.lock.Lock()
	defer p.lock.Unlock()
	return time.Until(p.held)
}

// observe learns from an answer.
func (p *Pace) observe(latency time.Duration, err error) {
	api, _ := asAPIError(err)
	p.lock.Lock()
	defer p.lock.Unlock()
	if api != nil {
		p.obey(api, time.Now())
	}
	switch {
	case err == nil:
		p.remember(latency)
		p.climb(time.Now())
	case api != nil && api.Class() == RefusedWhole:
		p.climb(time.Now())
	case api != nil && api.Class() == Throttled:
		p.fall(time.Now())
	}
}

// obey stops everybody when an answer is meant for everybody.
func (p *Pace) obey(answer *APIError, at time.Time) {
	if until := at.Add(answer.RetryAfter); answer.RetryAfter > longAfter && until.After(p.held) {
		p.held = until
	}
	if answer.final() {
		p.end(answer)
	}
}

func (p *Pace) fall(at time.Time) {
	p.disturbed = at
	if at.Sub(p.fell) < time.Second {
		return // answers to requests that were under way when it last fell
	}
	p.fell = at
	p.set(max(p.now*fall, min(1, p.top)))
}

func (p *Pace) climb(at time.Time) {
	if p.now >= p.top || at.Sub(p.disturbed) < time.Second {
		return
	}
	p.disturbed = at
	p.set(min(p.now+min(1, p.top/10), p.top))
}

func (p *Pace) set(perSecond float64) {
	p.now = perSecond
	p.limiter.SetLimit(rate.Limit(perSecond))
}

func (p *Pace) remember(latency time.Duration) {
	if len(p.latencies) < remembered {
		p.latencies = append(p.latencies, latency)
	} else {
		p.latencies[p.oldest] = latency
		p.oldest = (p.oldest + 1) % remembered
	}
	ordered := slices.Sorted(slices.Values(p.latencies))
	p.slow = ordered[(len(ordered)*95+99)/100-1]
}

// Paced returns a Sender that waits for the pace before each request, and tells the pace how it went. Many may share one.
func Paced(next Sender, pace *Pace) Sender { return paced{next, pace} }

type paced struct {
	next Sender
	pace *Pace
}

func (s paced) Send(ctx context.Context, b *Batch) (Receipt, error) {
	if err := s.pace.wait(ctx); err != nil {
		if s.pace.over.Err() != nil && ctx.Err() == nil {
			return AllUnsent(b), err // which says all there is to say
		}
		return AllUnsent(b), fmt.Errorf("waiting for the turn to send %s: %w", severalOperations(b.Len()), err)
	}
	start := time.Now()
	receipt, err := s.next.Send(ctx, b)
	s.pace.observe(time.Since(start), err)
	return receipt, err
}
