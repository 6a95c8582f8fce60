package customerio

import (
	"context"
	"sync"
	"time"
)

// Watch follows the requests of a run: how many are under way, and which of them have trouble. The zero value is
// ready, and a nil Watch follows nothing. It may be used by many goroutines.
type Watch struct {
	lock     sync.Mutex
	last     int
	underWay map[int]time.Time // when each request began
	failing  map[*tries]failing
}

// failing is a batch that has not succeeded so far.
type failing struct {
	last  *APIError
	tries int       // that count
	of    int       // how many of them there may be
	began time.Time // when the first try failed
	next  time.Time // when the next one is due; zero while it is
}

// Trouble is a request that does not succeed.
type Trouble struct {
	Err   *APIError // of its last try; nil if its first one has no answer yet
	Try   int       // which one is next or under way, without those answered 429
	Of    int       // how many there may be
	Began time.Time // when trouble began, of all requests that have some; or when the request was sent
	Next  time.Time // when the next try is due; zero if one is under way
}

const (
	// briefly is how long trouble is not worth mentioning.
	briefly = time.Second
	// slowAfter is how long a request may take before it counts as trouble. Most take less than a second.
	slowAfter = 5 * time.Second
)

// Trouble returns the worst trouble of now: that of the batch that has failed most often, or else of the request that has
// waited longest for its answer. ok is false if there is none, or none worth mentioning.
func (w *Watch) Trouble() (worst Trouble, ok bool) {
	w.lock.Lock()
	defer w.lock.Unlock()
	now, began := time.Now(), time.Time{}
	for _, one := range w.failing {
		if began.IsZero() || one.began.Before(began) {
			began = one.began
		}
		if now.Sub(one.began) < briefly && one.next.Sub(now) < briefly {
			continue
		}
		if !ok || one.tries >= worst.Try {
			worst, ok = Trouble{Err: one.last, Try: one.tries + 1, Of: one.of, Next: one.next}, true
		}
	}
	if ok {
		worst.Began = began
		return worst, true
	}
	for _, sent := range w.underWay {
		if now.Sub(sent) >= slowAfter && (!ok || sent.Before(worst.Began)) {
			worst, ok = Trouble{Began: sent}, true
		}
	}
	return worst, ok
}

// UnderWay returns how many requests have no answer yet. Those that wait for their turn or for another try are not
// among them.
func (w *Watch) UnderWay() int {
	w.lock.Lock()
	defer w.lock.Unlock()
	return len(w.underWay)
}

// fails notes that a try has failed, and that the next one is due after a wait.
func (w *Watch) fails(t *tries, of int, err *APIError, wait time.Duration) {
	if w == nil {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	now := time.Now()
	one, known := w.failing[t]
	if !known {
		one = failing{of: of, began: now}
	}
	one.last, one.tries, one.next = err, t.counted, now.Add(wait)
	if w.failing == nil {
		w.failing = map[*tries]failing{}
	}
	w.failing[t] = one
}

// isDue notes that the next try has come.
func (w *Watch) isDue(t *tries) {
	if w == nil {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	if one, ok := w.failing[t]; ok {
		one.next = time.Time{}
		w.failing[t] = one
	}
}

// ends notes that a batch is not tried again.
func (w *Watch) ends(t *tries) {
	if w == nil {
		return
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	delete(w.failing, t)
}

// Watched returns a [Sender] that tells the watch when a request begins and ends. next should be the client.
func Watched(next Sender, w *Watch) Sender { return watched{next, w} }

type watched struct {
	next  Sender
	watch *Watch
}

func (s watched) Send(ctx context.Context, b *Batch) (Receipt, error) {
	defer s.watch.end(s.watch.begin())
	return s.next.Send(ctx, b)
}

func (w *Watch) begin() (request int) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.underWay == nil {
		w.underWay = map[int]time.Time{}
	}
	w.last++
	w.underWay[w.last] = time.Now()
	return w.last
}

func (w *Watch) end(request int) {
	w.lock.Lock()
	defer w.lock.Unlock()
	delete(w.underWay, request)
}
