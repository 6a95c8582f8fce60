package customerio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// waits notes what a policy says it waits.
type waits []time.Duration

func (w *waits) policy() Policy {
	return Policy{Waiting: func(d time.Duration, _ error) { *w = append(*w, d) }}
}

// inTurn is a transport that answers each request in its turn, and all later ones with the last.
func inTurn(answers ...http.RoundTripper) http.RoundTripper {
	turn := -1
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		turn = min(turn+1, len(answers)-1)
		return answers[turn].RoundTrip(r)
	})
}

func status(code int, headers ...string) http.RoundTripper {
	return handled{answering(code, "", headers...)}
}

var accepts = handled{answering(200, "{}")}

func repeat(n int, answer http.RoundTripper, then ...http.RoundTripper) []http.RoundTripper {
	var all []http.RoundTripper
	for range n {
		all = append(all, answer)
	}
	return append(all, then...)
}

func TestPassingFaultsAreTriedAgainWithTheSameBytes(t *testing.T) {
	faults := map[string]http.RoundTripper{
		"a reset":                    roundTrip(func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }),
		"a closed wire":              roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }),
		"a timeout":                  handled{http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { pause(r, time.Hour) })},
		"HTML":                       handled{answering(200, "<html>")},
		"nothing":                    handled{answering(204, "")},
		"an answer without indexes":  handled{answering(207, `{"errors":[{"reason":"?"}]}`)},
		"a list of refusals missing": handled{answering(207, `{"errors":null}`)},
	}
	for _, code := range []int{408, 429, 500, 502, 503, 504, 522, 524} {
		faults[http.StatusText(code)+" "] = status(code)
	}
	for name, fault := range faults {
		synctest.Test(t, func(t *testing.T) {
			var bodies []string
			over := inTurn(fault, accepts)
			tally := new(Tally)
			client := newTestClientOver(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				raw, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(raw))
				return over.RoundTrip(r)
			}), tally)
			b := numbered(3)
			receipt, err := Retried(client, Policy{Tally: tally}).Send(t.Context(), b)
			if err != nil || len(receipt.Unsent)+len(receipt.Rejections) != 0 {
				t.Errorf("%s: %v, %v", name, receipt, err)
			}
			if len(bodies) != 2 || bodies[0] != bodies[1] || bodies[0] != string(b.Body()) {
				t.Errorf("%s: sent %q", name, bodies)
			}
			if tally.Retries.Load() != 1 || tally.Requests.Load() != 2 {
				t.Errorf("%s: %d retries, %d requests", name, tally.Retries.Load(), tally.Requests.Load())
			}
		})
	}
}

func TestLastingFaultsAreNotTriedAgain(t *testing.T) {
	for _, code := range []int{301, 307, 400, 401, 403, 404, 405, 413, 422} {
		requests := 0
		client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			w.WriteHeader(code)
		})
		receipt, err := Retried(client, Policy{}).Send(t.Context(), numbered(2))
		if api, ok := asAPIError(err); !ok || api.Status != code || requests != 1 || len(receipt.Unsent) != 2 {
			t.Errorf("%d: %d requests, %v", code, requests, err)
		}
	}
	server, _ := tlsServer(t)
	untrusting := overNetwork(t, server.URL, nil, nil)
	if _, err := Retried(untrusting, Policy{Waiting: func(time.Duration, error) { t.Error("waits") }}).
		Send(t.Context(), numbered(1)); err == nil {
		t.Error("sent to a server that is not trusted")
	}
}

func TestABatchIsGivenUpAfterEightAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waited waits
		requests := 0
		receipt, err := Retried(newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			answering(503, "busy")(w, r)
		}), waited.policy()).Send(t.Context(), numbered(2))
		gaveUp, ok := errors.AsType[*GaveUpError](err)
		if !ok || gaveUp.Tries != 8 || requests != 8 || len(waited) != 7 || len(receipt.Unsent) != 2 || Temporary(err) {
			t.Fatalf("%d requests, %d waits, %v", requests, len(waited), err)
		}
		if !strings.Contains(err.Error(), "gave up after 8 tries") || !strings.Contains(err.Error(), `"busy"`) {
			t.Error(err)
		}
		longest := 500 * time.Millisecond
		for i, d := range waited {
			if d < 0 || d > min(longest, time.Minute) {
				t.Errorf("wait %d is %s, at most %s", i, d, longest)
			}
			longest *= 2
		}
	})
}

func TestWaitsHaveFullJitterUpToTheCap(t *testing.T) {
	p := Policy{}.withDefaults()
	for tries, longest := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 5: 8 * time.Second, 8: time.Minute, 31: time.Minute, 100000: time.Minute,
	} {
		least, most := time.Hour, time.Duration(0)
		for range 1000 {
			d := p.jitter(tries)
			least, most = min(least, d), max(most, d)
		}
		if least < 0 || least > longest/10 || most > longest || most < longest*9/10 {
			t.Errorf("after %d tries: from %s to %s, want 0 to %s", tries, least, most, longest)
		}
	}
}

func TestThrottlingUsesUpNoAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newTestClientOver(t, inTurn(repeat(7, status(503), repeat(15, status(429), accepts)...)...), nil)
		if _, err := Retried(client, Policy{Elapsed: 24 * time.Hour}).Send(t.Context(), numbered(1)); err != nil {
			t.Error(err)
		}
	})
}

func TestThrottlingUsesUpTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		requests := 0
		client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			answering(429, "", "Retry-After", "86400")(w, r)
		})
		_, err := Retried(client, Policy{}).Send(t.Context(), numbered(1))
		// At 0, 5, 10 and 15 minutes.
		if gaveUp, ok := errors.AsType[*GaveUpError](err); !ok || gaveUp.Elapsed > 15*time.Minute || requests != 4 {
			t.Errorf("%d requests, %v", requests, err)
		}
		if elapsed := time.Since(start); elapsed < 14*time.Minute || elapsed > 15*time.Minute {
			t.Errorf("took %s", elapsed)
		}
	})
}

func TestRetryAfterIsHonouredAndKeptApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waited waits
		client := newTestClientOver(t, inTurn(status(429, "Retry-After", "100"), status(503, "Retry-After", "20"), status(500), accepts), nil)
		if _, err := Retried(client, waited.policy()).Send(t.Context(), numbered(1)); err != nil {
			t.Fatal(err)
		}
		if len(waited) != 3 || waited[0] != 100*time.Second || waited[1] != 20*time.Second || waited[2] > 2*time.Second {
			t.Errorf("%v", waited)
		}
	})
}

func TestAnUnclearAnswerIsTriedAgainOnce(t *testing.T) {
	for _, answer := range []string{`{"errors":[{"batch_index":5}]}`, `{}`} {
		unclear := handled{answering(207, answer)}
		synctest.Test(t, func(t *testing.T) {
			tally := new(Tally)
			client := newTestClientOver(t, inTurn(unclear, status(500), unclear, accepts), tally)
			receipt, err := Retried(client, Policy{}).Send(t.Context(), numbered(2))
			if api, ok := asAPIError(err); !ok || api.Class() != Unclear || tally.Requests.Load() != 3 || len(receipt.Unsent) != 2 {
				t.Errorf("%s: %d requests, %v", answer, tally.Requests.Load(), err)
			}
		})
	}
}

// A wait that would outlast the policy's time or the deadline of ctx is not begun.
func TestAWaitInVainIsNotBegun(t *testing.T) {
	for _, c := range []struct {
		name              string
		elapsed, deadline time.Duration // 0 for none
		waits             int
		gaveUp            bool
	}{
		{"beyond the policy's time", 99 * time.Second, 0, 0, true},
		{"to the end of the policy's time", 100 * time.Second, 0, 1, true},
		{"beyond the deadline", 0, 99 * time.Second, 0, false},
		{"to the deadline", 0, 100 * time.Second, 0, false},
		{"beyond the deadline the second time", 0, 150 * time.Second, 1, false},
		{"beyond both", 50 * time.Second, 60 * time.Second, 0, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if c.deadline > 0 {
				limited, cancel := context.WithTimeout(ctx, c.deadline)
				defer cancel()
				ctx = limited
			}
			var waited waits
			policy := waited.policy()
			policy.Elapsed = c.elapsed
			start := time.Now()
			client := newTestClientOver(t, status(429, "Retry-After", "100"), nil)
			receipt, err := Retried(client, policy).Send(ctx, numbered(2))
			if elapsed := time.Since(start); elapsed != time.Duration(c.waits)*100*time.Second || len(waited) != c.waits {
				t.Errorf("%s: took %s with the waits %v", c.name, elapsed, waited)
			}
			_, gaveUp := errors.AsType[*GaveUpError](err)
			if gaveUp != c.gaveUp || errors.Is(err, context.DeadlineExceeded) == c.gaveUp || Temporary(err) {
				t.Errorf("%s: %v", c.name, err)
			}
			if !strings.Contains(err.Error(), "429") || len(receipt.Unsent) != 2 {
				t.Errorf("%s: %v unsent, %v", c.name, receipt.Unsent, err)
			}
		})
	}
}

// With a context that has ended, Send returns the cause of the context at once.
func TestAnEndedContextTellsItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("interrupted by the test")
		limited, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		ctx, cancel := context.WithCancelCause(limited)
		var waited waits
		err := waited.policy().Do(ctx, func() error {
			cancel(why)
			return &APIError{Status: 503, RetryAfter: time.Minute}
		})
		if !errors.Is(err, why) || errors.Is(err, context.DeadlineExceeded) || len(waited) != 0 {
			t.Errorf("%v with the waits %v", err, waited)
		}
	})
}

// interruption is a cause of a type of its own.
type interruption struct{ by string }

func (i *interruption) Error() string { return "interrupted by " + i.by }

// findsCause reports whether both errors.Is and errors.As find the cause of ctx, an interruption, in err.
func findsCause(ctx context.Context, err error) bool {
	found, ok := errors.AsType[*interruption](err)
	return ok && error(found) == context.Cause(ctx) && errors.Is(err, context.Cause(ctx))
}

func TestAnInterruptionEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := &interruption{"the test"}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(10*time.Second, func() { cancel(why) })
		start := time.Now()
		client := newTestClientOver(t, status(429, "Retry-After", "200"), nil)
		receipt, err := Retried(client, Policy{}).Send(ctx, numbered(2))
		if !findsCause(ctx, err) || Temporary(err) || time.Since(start) != 10*time.Second || len(receipt.Unsent) != 2 {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if !strings.Contains(err.Error(), "429") {
			t.Errorf("%q does not say what it waited for", err)
		}
	})
}

// With Paced inside, every attempt waits its turn; the other way round five attempts would take no time.
func TestEveryAttemptWaitsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		client := newTestClientOver(t, inTurn(repeat(4, status(500), accepts)...), nil)
		sender := Retried(Paced(client, NewPace(0.1)), Policy{Base: time.Millisecond})
		if _, err := sender.Send(t.Context(), numbered(1)); err != nil || time.Since(start).Round(time.Second) != 40*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

type senderFunc func(context.Context, *Batch) (Receipt, error)

func (f senderFunc) Send(ctx context.Context, b *Batch) (Receipt, error) { return f(ctx, b) }

func TestWhatIsDecidedInPartIsNotTriedAgain(t *testing.T) {
	calls := 0
	receipt, err := Retried(senderFunc(func(context.Context, *Batch) (Receipt, error) {
		calls++
		return Receipt{Unsent: []uint64{101}}, &APIError{Status: 503}
	}), Policy{}).Send(t.Context(), numbered(2))
	if calls != 1 || len(receipt.Unsent) != 1 || err == nil {
		t.Errorf("%d calls, %v, %v", calls, receipt, err)
	}
}

func TestDoTriesAnythingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newTestClientOver(t, inTurn(status(503),
			handled{answering(200, `{"url":"https://x.test","region":"us","environment_id":1}`)}), nil)
		var w Workspace
		err := Policy{}.Do(t.Context(), func() (err error) {
			w, err = client.Region(t.Context())
			return err
		})
		if err != nil || w.EnvironmentID != 1 {
			t.Error(w, err)
		}
	})
}
