package sandbox

import (
	"math/rand/v2"
	"time"
)

// injector holds the faults in force and their progress: which answers were given, and the random sources.
// The lock of [store] guards it.
type injector struct {
	Faults
	answers []answerState // as Faults.Answers
	bucket  bucket
	random  *rand.Rand // of Apply
	mangle  *rand.Rand
}

type answerState struct {
	seen, given int
	random      *rand.Rand
}

func newInjector(f Faults) *injector {
	in := &injector{
		Faults:  f,
		answers: make([]answerState, len(f.Answers)),
		random:  seeded(f.Apply.Seed),
		mangle:  seeded(f.MangleSeed),
	}
	for i := range in.answers {
		in.answers[i].random = seeded(f.Answers[i].Seed)
	}
	return in
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// answer returns the injected answer to a request on a call, nil when there is none.
func (in *injector) answer(call string) *Answer {
	for i := range in.answers {
		if a := &in.Answers[i]; onCall(a, call) && in.answers[i].applies(a) {
			return a
		}
	}
	return nil
}

// onCall reports whether an injected answer is for a call.
func onCall(a *Answer, call string) bool {
	return a.On == "any" || a.On == call || a.On == "" && call != "region"
}

func (s *answerState) applies(a *Answer) bool {
	s.seen++
	switch {
	case s.seen <= a.After:
		return false
	case a.Next > 0 && s.given >= a.Next:
		return false
	case a.Probability > 0 && s.random.Float64() >= a.Probability:
		return false
	}
	s.given++
	return true
}

// moment draws when an operation that is accepted now applies. If late is false it applies at once.
func (in *injector) moment(now time.Time) (at time.Time, late bool) {
	delay := time.Duration(in.Apply.Delay)
	if delay <= 0 {
		return now, false
	}
	return now.Add(delay/2 + time.Duration(in.random.Int64N(int64(delay/2)+1))), true
}

// bucket holds the requests that may still come. The zero value is full.
type bucket struct {
	missing float64 // from full
	last    time.Time
}

// take takes one request out, or returns how long until there is one.
func (b *bucket) take(l RateLimit, now time.Time) (wait time.Duration, ok bool) {
	size := float64(max(l.Burst, 1))
	if elapsed := now.Sub(b.last); elapsed > 0 {
		b.missing = max(0, b.missing-elapsed.Seconds()*l.Rate)
		b.last = now
	}
	// A billionth of a request is a rounding error.
	if over := b.missing + 1 - size; over > 1e-9 {
		return time.Duration(over / l.Rate * float64(time.Second)), false
	}
	b.missing++
	return 0, true
}
