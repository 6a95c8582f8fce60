package customerio

import (
	"context"
	"sync"
	"time"
)

// Each batch retries by itself. If the destination fails, many batches would multiply the requests just when
// that helps least. So one budget limits the retries of all batches, as in the AWS SDKs
// (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). Those give up when it is empty; here
// a batch waits, because a run has hours.
const (
	budgetSize      = 20  // retries that may follow each other at once
	budgetPerAnswer = 0.1 // earned by an answer: in the long run one retry for ten answers
	budgetPerSecond = 1   // earned without answers, to find out when the destination is back
)

// budget limits the retries of all batches. A retry that gets an answer gives back what it paid.
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

// take waits until the budget allows a retry, in the order of the calls. It returns false if ctx ends before.
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

// spend pays for one retry and returns 0, or returns how long it takes until there is one.
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

// giveBack returns what a retry paid if it got an answer, and adds what the answer earns.
func (b *budget) giveBack(paid bool) {
	if b == nil {
		return
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	b.left = min(budgetSize, b.left+budgetPerAnswer)
	if paid {
		b.left = min(budgetSize, b.left+1)
	}
	select {
	case b.more <- struct{}{}:
	default:
	}
}
