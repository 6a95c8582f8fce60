package sandbox

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestT8TooManyRequests(t *testing.T) {
	ask := func(b *box) seen { return b.entity(identify("u", "")) }
	b := newBox(t, faults(Faults{RateLimit: RateLimit{Rate: 0.5, Burst: 2}}))
	want := func(status int) seen {
		t.Helper()
		a := ask(b)
		if a.status != status {
			t.Fatalf("%v after the start: %d, want %d", b.now.Sub(noon), a.status, status)
		}
		return a
	}
	want(200)
	want(200)
	if got := want(429).header.Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q, want 2: a request in two seconds", got)
	}
	b.now = b.now.Add(1500 * time.Millisecond)
	if got := want(429).header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After %q, want 1: half a second, rounded up", got)
	}
	b.now = b.now.Add(500 * time.Millisecond)
	want(200)
	want(429)
	b.now = b.now.Add(time.Hour)
	want(200)
	want(200)
	want(429)
	if a := b.send("GET", regionPath, ""); a.status != 200 {
		t.Errorf("the region call is limited: %d", a.status)
	}
	for form, header := range map[RetryAfter]string{
		RetrySeconds: "1", RetryDate: "Wed, 04 Mar 2026 12:00:01 GMT", RetryAbsurd: "86400", RetryGarbage: "soon", RetryNone: "",
	} {
		b := newBox(t, faults(Faults{RateLimit: RateLimit{Rate: 1, RetryAfter: form}}))
		ask(b)
		if a := ask(b); a.status != 429 || a.header.Get("Retry-After") != header {
			t.Errorf("%s: %d %q, want 429 %q", form, a.status, a.header.Get("Retry-After"), header)
		}
		if n := b.Stats().Accepted; n != 1 {
			t.Errorf("%s: %d accepted, want the first alone", form, n)
		}
	}
}

func TestT9InjectedStatuses(t *testing.T) {
	for _, status := range []int{500, 502, 503, 504, 408, 522, 524, 401, 403, 413, 200} {
		b := newBox(t, faults(Faults{Answers: []Answer{{Status: status, Body: BodyHTML, After: 1, Next: 2}}}))
		b.accepts(identify("before", ""))
		for range 2 {
			if a := b.batch(identify("u", "")); a.status != status || !strings.HasPrefix(a.body, "<html>") {
				t.Errorf("%d %s, want %d in HTML", a.status, a.body, status)
			}
		}
		if len(b.People()) != 1 {
			t.Errorf("%d: was applied", status)
		}
		b.accepts(identify("after", ""))
	}
	bodies := map[Body]string{BodyJSON: `{"meta":{"error":"Bad Gateway"}}`, "": `{"meta":{"error":"Bad Gateway"}}`,
		BodyText: "upstream connect error", BodyCut: `{"errors":[{"batch_index":`, BodyEmpty: "",
		BodyEmptyErrors: `{"errors":[]}`, BodyNullErrors: `{"errors":null}`, BodyNoErrors: `{}`}
	for body, want := range bodies {
		b := newBox(t, faults(Faults{Answers: []Answer{{Status: 502, Body: body}}}))
		if a := b.batch(identify("u", "")); a.status != 502 || a.body != want {
			t.Errorf("%s: %d %q, want 502 %q", body, a.status, a.body, want)
		}
	}
	b := newBox(t, faults(Faults{Answers: []Answer{{Status: 308, Location: "http://else.test/", Text: "gone",
		RetryAfter: "x"}}}))
	if a := b.batch(identify("u", "")); a.status != 308 || a.header.Get("Location") != "http://else.test/" ||
		a.body != "gone" ||
		a.header.Get("Retry-After") != "x" {
		t.Errorf("%+v, want the redirect as told", a)
	}
}

func TestT9AnswersByCall(t *testing.T) {
	for on, want := range map[string][3]int{ // region, batch, entity
		"": {200, 503, 503}, "region": {503, 200, 200}, "batch": {200, 503, 200}, "entity": {200, 200,
			503}, "any": {503, 503, 503},
	} {
		b := newBox(t, faults(Faults{Answers: []Answer{{On: on, Status: 503}}}))
		got := [3]int{b.send("GET", regionPath, "").status, b.batch(identify("u", "")).status,
			b.entity(identify("u", "")).status}
		if got != want {
			t.Errorf("on %q: %v, want %v", on, got, want)
		}
	}
}

func TestT9ByChanceIsRepeatable(t *testing.T) {
	run := func(seed uint64) (failed int, order string) {
		b := newBox(t, faults(Faults{Answers: []Answer{{Status: 500, Probability: 0.3, Seed: seed}}}))
		for range 300 {
			if b.batch(identify("u", "")).status == 500 {
				failed++
				order += "x"
			} else {
				order += "."
			}
		}
		return failed, order
	}
	failed, first := run(1)
	if failed < 60 || failed > 120 {
		t.Errorf("%d of 300 failed, want about 90", failed)
	}
	if _, again := run(1); again != first {
		t.Error("the same seed gave another order")
	}
	if _, other := run(2); other == first {
		t.Error("another seed gave the same order")
	}
}

func TestT9AppliedAndStillFailed(t *testing.T) {
	event := eventOf("u", "once", `,"id":"01KJW22XWRS7HDE5A5DNV5MHHW"`)
	for _, fault := range []Answer{{Status: 504, Applied: true, Next: 1}, {Reset: true, Applied: true, Next: 1}} {
		b := newBox(t, faults(Faults{Answers: []Answer{fault}}))
		if a := b.batch(event); a.status != fault.Status || (a.err != nil) != fault.Reset {
			t.Errorf("%+v: %d %v", fault, a.status, a.err)
		}
		b.accepts(event)
		if s := b.Stats(); s.EventsStored != 1 || s.Deduped != 1 || s.Items != 2 {
			t.Errorf("%+v: %d stored, %d duplicates, want one each", fault, s.EventsStored, s.Deduped)
		}
		if got := b.Requests()[0]; got.Items != 1 || got.Status != fault.Status {
			t.Errorf("%+v: remembered as %+v", fault, got)
		}
	}
}

func TestT9ResetBeforeReading(t *testing.T) {
	b := newBox(t, faults(Faults{Answers: []Answer{{Reset: true, Next: 1}}}))
	if a := b.batch(identify("u", "")); a.err == nil || !strings.Contains(a.err.Error(), "reset") {
		t.Errorf("%+v, want a reset connection", a)
	}
	if s := b.Stats(); s.People != 0 || s.Bytes != 0 || s.Statuses["none"] != 1 {
		t.Errorf("%+v, want nothing read and nothing applied", s)
	}
}

func TestT9DelayAndTrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Faults: Faults{Delay: Duration(30 * time.Second)}})
		client := http.Client{Transport: InProcess(s)}
		ask := func() (time.Duration, string, error) {
			began := time.Now()
			r, _ := http.NewRequest("POST", "http://sandbox.test"+batchPath,
				strings.NewReader(`{"batch":[`+identify("u", "")+`]}`))
			r.SetBasicAuth("site", "key")
			response, err := client.Do(r)
			if err != nil {
				return time.Since(began), "", err
			}
			defer func() { _ = response.Body.Close() }()
			body, err := io.ReadAll(response.Body)
			return time.Since(began), string(body), err
		}
		if elapsed, body, err := ask(); elapsed != 30*time.Second || body != "{}" || err != nil {
			t.Errorf("took %v: %q %v, want 30s and {}", elapsed, body, err)
		}
		s.Reset()
		client.Timeout = 10 * time.Second
		if elapsed, _, err := ask(); elapsed != 10*time.Second || err == nil {
			t.Errorf("took %v: %v, want a timeout", elapsed, err)
		}
		synctest.Wait()
		if got := s.Stats(); got.People != 0 || got.Statuses["none"] != 1 || got.Requests != 1 {
			t.Errorf("%+v, want nothing applied for a client that left before", got)
		}
		_ = s.SetFaults(Faults{Trickle: Trickle{Bytes: 5, Pause: Duration(time.Second)}})
		if elapsed, body, err := ask(); elapsed != 5*time.Second || strings.TrimSpace(body) != "{}" || err != nil {
			t.Errorf("took %v: %q %v, want five seconds and {}", elapsed, body, err)
		}
		_ = s.SetFaults(Faults{Trickle: Trickle{Bytes: 100, Pause: Duration(time.Second)}})
		if elapsed, _, err := ask(); elapsed != 10*time.Second || err == nil {
			t.Errorf("took %v: %v, want a timeout in the middle of the answer", elapsed, err)
		}
		if got := s.Stats(); got.People != 1 {
			t.Error("a slow answer comes after applying")
		}
	})
}
