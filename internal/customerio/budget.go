package customerio

import (
	"context"
	"sync"
	"time"
)

// Each batch that fails is tried again by itself, so when the destination fails as a whole, many under way at once would
// multiply the requests just when they help least. What may be tried again is therefore limited for all together, as the
// AWS SDKs do it (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html); but where those give up, a batch
// here waits, because the run has hours.
const (
	budgetSize      = 20  // tries again that may follow each other at once
	budgetPerAnswer = 0.1 // earned by an answer: in the long run one more try for ten of them
	budgetPerSecond = 1   // earned without any answer, so that it is found out when the destination is back
)

// budget is what all batches together may still try again. A try that gets an answer gives back what it took.
type budget struct {
	turn chan struct{} // held by the one that waits
	more chan struct{} // something was given back

	lock  sync.Mutex
	left  float64
	since time.Time // when left was true
}

func newBudget() *budget {
	return &budget{turn: make(chan struct{}, 1), more: make(chan struct{}, 1), left: budgetSize, since: time.Now()}
}

// take waits until one may be tried again, in the order of asking. It tells whether it may: not if ctx ends before.
func (b *budget) take(ctx context.Context) bool {
	if b == nil {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case b.turn <- struct{}{}:
	}
	defer func() { <-b.turn }()
	for {
		wait := b.spend(time.Now())
		if wait <= 0 {
			return true
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-b.more:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return false
		}
	}
}

// spend takes one and returns 0, or returns how long it takes until there is one.
func (b *budget) spend(now time.Time) time.Duration {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.left = min(budgetSize, b.left+now.Sub(b.since).Seconds()*budgetPerSecond)
	b.since = now
	if b.left >= 1 {
		b.left--
		return 0
	}
	return max(time.Duration((1-b.left)/budgetPerSecond*float64(time.Second)), time.Millisecond)
}

// answered gives back what a try took that got an answer, and adds what the answer earns.
func (b *budget) answered(took bool) {
	if b == nil {
		return
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	b.left = min(budgetSize, b.left+budgetPerAnswer)
	if took {
		b.left = min(budgetSize, b.left+1)
	}
	select {
	case b.more <- struct{}{}:
	default:
	}
}
