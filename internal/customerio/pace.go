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

// MaxInFlight is the most requests in flight that [Pace.InFlight] returns, unless a larger number is fixed.
const MaxInFlight = 64

const (
	firstLatency = 500 * time.Millisecond // assumed before the first answer
	headroom     = 1.5                    // factor on the requests in flight that the rate needs
	fall         = 0.7                    // factor on the rate after a 429
	remembered   = 128                    // number of latencies

	// A Retry-After up to this long applies to the one request that got it, as the lower rate protects the
	// API from the others. A longer one applies to all requests, which would otherwise each get the same
	// answer.
	longAfter = 5 * time.Second
)

// Pace decides when a request may start, and how many may be in flight. When the API answers 429 the rate
// falls to 0.7 of its value, at most once a second and not below 1 request a second. While answers are good
// it climbs back by 1 a second, or by a tenth of a rate under 10. When the API asks for a wait of more than 5
// seconds, no request starts until then. Once the API has refused the credentials, no request starts any
// more. A Pace may be used by many goroutines.
type Pace struct {
	limiter *rate.Limiter
	turn    chan struct{} // held by the one request that waits; a lower rate applies from the next one on

	over context.Context // done when no request starts any more
	end  context.CancelCauseFunc

	lock      sync.Mutex
	top       float64 // requests per second
	now       float64
	fell      time.Time // when the rate last fell
	disturbed time.Time // when the rate last changed, or a 429 came
	held      time.Time // no request starts before this
	latencies []time.Duration
	oldest    int           // in latencies, once there are as many as remembered
	slow      time.Duration // the 95th percentile of latencies
	fixed     int
}

// NewPace returns a pace for a rate in requests per second. Requests start at equal distances, without
// bursts. One that starts late on a busy machine does not delay the next, so a second may see one more than
// the rate. NewPace panics if the rate is not a positive number.
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

// FixInFlight makes InFlight return n, whatever the latency. With 0 it depends on the latency again.
func (p *Pace) FixInFlight(n int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.fixed = n
}

// InFlight returns how many requests the rate needs in flight, from the latency of the last answers: 1 to
// MaxInFlight, unless it is fixed. It changes with every answer.
func (p *Pace) InFlight() int {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.fixed > 0 {
		return p.fixed
	}
	return int(min(max(math.Ceil(p.now*p.slow.Seconds()*headroom), 1), MaxInFlight))
}

// Rate returns the current rate in requests per second.
func (p *Pace) Rate() float64 {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.now
}

// Over returns a context that is done once no request starts any more. Its cause is that of [Pace.Stop], or
// an *APIError that every request would get: the credentials, the region or the settings of this machine are
// wrong.
func (p *Pace) Over() context.Context { return p.over }

// Stop prevents requests from starting. Those that wait return with the cause; those in flight continue.
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
		case err != nil: // the turn comes after the deadline of ctx
			return context.DeadlineExceeded
		case p.holds() <= 0:
			return nil
		}
	}
}

// holds returns how much longer no request may start because the API has asked for a wait.
func (p *Pace) holds() time.Duration {
	p.lock.Lock()
	defer p.lock.Unlock()
	return time.Until(p.held)
}

// observe adjusts the pace to an answer.
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

// obey stops or delays all requests if an answer applies to all.
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
		return // answers to requests that were in flight when it last fell
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

// Paced returns a [Sender] that waits for the pace before each request and adjusts the pace to the answer.
// Several may share a Pace.
func Paced(next Sender, pace *Pace) Sender { return paced{next, pace} }

type paced struct {
	next Sender
	pace *Pace
}

func (s paced) Send(ctx context.Context, b *Batch) (Receipt, error) {
	if err := s.pace.wait(ctx); err != nil {
		if s.pace.over.Err() != nil && ctx.Err() == nil {
			return AllUnsent(b), err // err explains it
		}
		return AllUnsent(b), fmt.Errorf("waiting for the turn to send %s: %w", severalOperations(b.Len()), err)
	}
	start := time.Now()
	receipt, err := s.next.Send(ctx, b)
	s.pace.observe(time.Since(start), err)
	return receipt, err
}
