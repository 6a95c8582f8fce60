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

	"github.com/google/go-cmp/cmp"
)

func TestClientSendsOneBatchAsOneRequest(t *testing.T) {
	var got *http.Request
	var body string
	tally := new(Tally)
	c := newTestClientOver(t, handled{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		raw, _ := io.ReadAll(r.Body)
		body = string(raw)
		_, _ = io.WriteString(w, "{}")
	})}, tally)
	b := numbered(3)
	receipt, err := c.Send(t.Context(), b)
	if err != nil || len(receipt.Rejections) != 0 || len(receipt.Unsent) != 0 {
		t.Fatalf("%+v, %v", receipt, err)
	}
	site, key, _ := got.BasicAuth()
	if got.Method != "POST" || got.URL.String() != testBase+"/api/v2/batch" || site != canarySite || key != canaryKey {
		t.Errorf("%s %s", got.Method, got.URL)
	}
	if body != string(b.Body()) || got.ContentLength != int64(len(body)) {
		t.Errorf("%d bytes announced, sent %s", got.ContentLength, body)
	}
	want := http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"ph2cio"},
		"Authorization": got.Header["Authorization"],
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Error("headers, which must not have an Idempotency-Key:", diff)
	}
	if tally.Requests.Load() != 1 || tally.Bytes.Load() != int64(len(body)) {
		t.Errorf("counted %d requests, %d bytes", tally.Requests.Load(), tally.Bytes.Load())
	}
}

func TestClientTellsFaultsApart(t *testing.T) {
	refused := `{"errors":[{"reason":"invalid","field":"batch","message":"too \u001b[31mlarge"},{"reason":"required"}]}`
	for _, c := range []struct {
		name      string
		status    int
		body      string
		class     Class
		temporary bool
		says      []string
	}{
		{"request timeout", 408, "", Unavailable, true, []string{"408 Request Timeout"}},
		{"throttled", 429, "slow down", Throttled, true, []string{"429", "--rate", `"slow down"`}},
		{"server error", 500, "<html>", Unavailable, true, []string{"500", "<html>"}},
		{"bad gateway", 502, "", Unavailable, true, []string{"502 Bad Gateway"}},
		{"unavailable", 503, "", Unavailable, true, []string{"503"}},
		{"gateway timeout", 504, "", Unavailable, true, []string{"504"}},
		{"edge timeout", 522, "", Unavailable, true, []string{"answered 522"}},
		{"edge timeout", 524, "", Unavailable, true, []string{"answered 524"}},
		{"captive portal", 200, "<!DOCTYPE html><p>Sign in", Unavailable, true, []string{"200 OK", "this is not a JSON object", "Sign in"}},
		{"empty 200", 200, "", Unavailable, true, []string{"this is not a JSON object"}},
		{"no content", 204, "", Unavailable, true, []string{"204", "this is not a JSON object"}},
		{"array", 200, "[]", Unavailable, true, []string{"this is not a JSON object"}},
		{"null", 200, "null", Unavailable, true, []string{"this is not a JSON object"}},
		{"cut short", 200, `{"errors":[`, Unavailable, true, []string{"this is not a JSON object"}},
		{"two values", 200, `{}{}`, Unavailable, true, []string{"this is not a JSON object"}},
		{"207 in HTML", 207, "<p>", Unavailable, true, []string{"207", "this is not a JSON object"}},
		{"207 without errors", 207, "{}", Unclear, true, []string{"but lists none"}},
		{"207 with null for errors", 207, `{"errors":null}`, Unclear, true, []string{"but lists none"}},
		{"207 with text for errors", 207, `{"errors":"none"}`, Unclear, true, []string{"not a list"}},
		{"207 with an object for errors", 207, `{"errors":{}}`, Unclear, true, []string{"not a list"}},
		{"207 with a list of text", 207, `{"errors":["bad"]}`, Unclear, true, []string{"error 1 of 1 is not an object"}},
		{"refused", 400, refused, RefusedWhole, false, []string{"400 Bad Request", `"invalid", "batch", "too \x1b[31mlarge" and 1 more`}},
		{"refused in other words", 400, "nope", RefusedWhole, false, []string{"400", `("nope")`}},
		{"too large", 413, "<html>413", RefusedWhole, false, []string{"413 Request Entity Too Large"}},
		{"unauthorized", 401, "", Unauthorized, false, []string{"CUSTOMERIO_SITE_ID", "CUSTOMERIO_API_KEY", "CUSTOMERIO_REGION"}},
		{"forbidden", 403, `{"meta":{"error":"no"}}`, Unauthorized, false, []string{"403", "CUSTOMERIO_API_KEY", `{\"meta\"`}},
		{"not found", 404, "404 page\r\nnot found\x00", Unexpected, false, []string{"404 Not Found", `page\r\nnot found\x00`}},
		{"not allowed", 405, "", Unexpected, false, []string{"405"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := numbered(2)
			client := newTestClient(t, answering(c.status, c.body))
			receipt, err := client.Send(t.Context(), b)
			if got := client.tally.Throttled.Load(); (got == 1) != (c.status == 429) {
				t.Errorf("%d answers counted as throttled", got)
			}
			api, ok := errors.AsType[*APIError](err)
			if !ok || api.Status != c.status || api.Class() != c.class || Temporary(err) != c.temporary {
				t.Fatalf("%#v", err)
			}
			if diff := differ(Receipt{Unsent: []uint64{100, 101}}, receipt); diff != "" {
				t.Error(diff)
			}
			for _, part := range append(c.says, "sending 2 operations to "+testBase) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("%q has control characters", err)
			}
		})
	}
}

func TestClientReadsRejections(t *testing.T) {
	four := func(index int) uint64 { return uint64(100 + index) }
	long := strings.Repeat("é", 600)
	for _, c := range []struct {
		name, body string
		want       []Rejection
	}{
		{"nothing wrong", `{}`, nil},
		{"other keys", ` {"request":"1","errors":null}`, nil},
		{"an empty list", `{"errors":[]}`, nil},
		{
			"one", `{"errors":[{"batch_index":2,"reason":"invalid","field":"attributes.a","message":"too long"}]}`,
			[]Rejection{{Ref: four(2), Index: 2, Reason: "invalid", Field: "attributes.a", Message: "too long"}},
		},
		{
			"out of order, with nothing said", `{"errors":[{"batch_index":3},{"batch_index":0,"reason":null}]}`,
			[]Rejection{{Ref: four(0), Index: 0}, {Ref: four(3), Index: 3}},
		},
		{
			"one index twice", `{"errors":[{"batch_index":1,"reason":"a","field":"f"},{"batch_index":1,"reason":"b","message":"m"}]}`,
			[]Rejection{{Ref: four(1), Index: 1, Reason: "a", Field: "f", More: []Fault{{Reason: "b", Message: "m"}}}},
		},
		{
			"other types", `{"errors":[{"batch_index":1,"reason":7,"field":["x"],"message":{"a":1}}]}`,
			[]Rejection{{Ref: four(1), Index: 1, Reason: "7", Field: `["x"]`, Message: `{"a":1}`}},
		},
		{
			"a long text", `{"errors":[{"batch_index":0,"message":"` + long + `"}]}`,
			[]Rejection{{Ref: four(0), Index: 0, Message: strings.Repeat("é", 250)}},
		},
		{
			"all", `{"errors":[{"batch_index":0},{"batch_index":1},{"batch_index":2},{"batch_index":3}]}`,
			[]Rejection{{Ref: four(0)}, {Ref: four(1), Index: 1}, {Ref: four(2), Index: 2}, {Ref: four(3), Index: 3}},
		},
	} {
		for _, status := range []int{200, 207} {
			if status == 207 && c.want == nil {
				continue // a 207 that names no error: TestClientTellsFaultsApart
			}
			receipt, err := newTestClient(t, answering(status, c.body)).Send(t.Context(), numbered(4))
			if err != nil {
				t.Errorf("%s, %d: %v", c.name, status, err)
			}
			if diff := differ(Receipt{Rejections: c.want}, receipt); diff != "" {
				t.Errorf("%s, %d: %s", c.name, status, diff)
			}
		}
	}
}

func TestClientDoesNotGuessWhatErrorsAreAbout(t *testing.T) {
	for errs, says := range map[string]string{
		`{"batch_index":0}`:                 "not a list",
		`"none"`:                            "not a list",
		`[{"reason":"invalid"}]`:            "has no batch_index",
		`[{"batch_index":null}]`:            "has the batch_index",
		`[{"batch_index":2}]`:               "in a batch of 2 operations",
		`[{"batch_index":-1}]`:              "has the batch_index",
		`[{"batch_index":"1"}]`:             "has the batch_index",
		`[{"batch_index":0.5}]`:             "has the batch_index",
		`[{"batch_index":1e999}]`:           "has the batch_index",
		`[{"batch_index":0},7]`:             "error 2 of 2 is not an object",
		`[null]`:                            "is not an object",
		`[{"batch_index":0},{"reason":""}]`: "error 2 of 2 has no batch_index",
	} {
		for _, status := range []int{200, 207} {
			receipt, err := newTestClient(t, answering(status, `{"errors":`+errs+`}`)).Send(t.Context(), numbered(2))
			api, ok := errors.AsType[*APIError](err)
			if !ok || api.Class() != Unclear || !api.Temporary() || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", errs, err)
			}
			if diff := differ(Receipt{Unsent: []uint64{100, 101}}, receipt); diff != "" {
				t.Errorf("%s: %s", errs, diff)
			}
		}
	}
}

// endless is an answer that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}
func (e *endless) Close() error { return nil }

func TestClientReadsALimitedAnswer(t *testing.T) {
	body := &endless{}
	c := newTestClientOver(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, Request: r}, nil
	}), nil)
	if _, err := c.Send(t.Context(), numbered(1)); !Temporary(err) {
		t.Error(err)
	}
	if body.read < 1<<20 || body.read > 2<<20 {
		t.Errorf("read %d bytes", body.read)
	}
}

func TestClientNeverFollowsARedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		requests := 0
		c := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			w.Header().Set("Location", "https://user:pass@track-eu.customer.io/api/v2/batch?x="+canaryKey)
			w.WriteHeader(status)
		})
		_, err := c.Send(t.Context(), numbered(1))
		api, ok := errors.AsType[*APIError](err)
		if !ok || api.Class() != Redirected || Temporary(err) || requests != 1 {
			t.Errorf("%d: %d requests, %v", status, requests, err)
		}
		for _, part := range []string{`"https://track-eu.customer.io"`, "CUSTOMERIO_REGION"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %s", err, part)
			}
		}
	}
}

func TestClientGivesUpOnASlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) { pause(r, time.Hour) })
		receipt, err := c.Send(t.Context(), numbered(1))
		if !Temporary(err) || !strings.Contains(err.Error(), "none within 30s") || len(receipt.Unsent) != 1 {
			t.Errorf("%v, %v", receipt, err)
		}
		if elapsed := time.Since(start); elapsed != DefaultTimeout {
			t.Errorf("took %s", elapsed)
		}
	})
}

func TestClientStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("interrupted by the test")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(why) })
		c := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) { pause(r, time.Hour) })
		start := time.Now()
		receipt, err := c.Send(ctx, numbered(1))
		if !errors.Is(err, why) || Temporary(err) || len(receipt.Unsent) != 1 || time.Since(start) != time.Second {
			t.Errorf("%v, %v after %s", receipt, err, time.Since(start))
		}
	})
}

func TestNetworkFaultsAreTemporary(t *testing.T) {
	for _, cause := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, io.EOF, io.ErrUnexpectedEOF, errors.New("no such host")} {
		c := newTestClientOver(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, cause }), nil)
		receipt, err := c.Send(t.Context(), numbered(2))
		api, ok := errors.AsType[*APIError](err)
		if !ok || api.Status != 0 || api.Class() != Unanswered || !Temporary(err) || len(receipt.Unsent) != 2 {
			t.Errorf("%v: %v", cause, err)
		}
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	for _, c := range []struct {
		headers []string
		want    time.Duration
	}{
		{nil, 0},
		{[]string{"Retry-After", "7"}, 7 * time.Second},
		{[]string{"Retry-After", "86400"}, MaxRetryAfter},
		// The server's clock counts, not ours.
		{[]string{"Retry-After", "Mon, 02 Jan 2006 15:04:35 GMT", "Date", "Mon, 02 Jan 2006 15:04:05 GMT"}, 30 * time.Second},
	} {
		for _, status := range []int{429, 503} {
			_, err := newTestClient(t, answering(status, "", c.headers...)).Send(t.Context(), numbered(1))
			if api, _ := asAPIError(err); api == nil || api.RetryAfter != c.want {
				t.Errorf("%d %v: %#v", status, c.headers, err)
			}
		}
	}
}

func TestABatchIsNotReadAfterSendReturns(t *testing.T) {
	var late io.ReadCloser
	c := newTestClientOver(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		late = r.Body
		again, err := r.GetBody()
		if whole, _ := io.ReadAll(again); err != nil || string(whole) != `{"batch":[{"x":1}]}` {
			t.Errorf("%s, %v", whole, err)
		}
		return nil, syscall.ECONNRESET
	}), nil)
	b := NewBatch(Operation{Body: []byte(`{"x":1}`)})
	if _, err := c.Send(t.Context(), b); err == nil {
		t.Fatal("sent")
	}
	if n, err := late.Read(make([]byte, 10)); n != 0 || !errors.Is(err, errReturned) {
		t.Errorf("%d bytes read, %v", n, err)
	}
}

func TestNewClientRefusesUnsafeSettings(t *testing.T) {
	good := ClientOptions{BaseURL: testBase, Credentials: testCredentials}
	for _, base := range []string{
		testBase, testBase + "/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://10.0.0.1/prefix/",
	} {
		o := good
		o.BaseURL = base
		if _, err := NewClient(o); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	for base, says := range map[string]string{
		"":                              "not a URL",
		"track.customer.io":             "not a URL",
		"https://":                      "not a URL",
		"https:opaque":                  "not a URL",
		"https://x.test:port/":          "not a URL",
		"http://track.customer.io":      "not encrypted",
		"http://127.0.0.1.evil.test":    "not encrypted",
		"http://10.0.0.1":               "not encrypted",
		"ftp://x.test":                  "neither https nor http",
		"https://x.test/?a=b":           "query",
		"https://x.test/#a":             "fragment",
		"https://me:hunter22@x.test":    "user name",
		"https://me:hunter22@x.test:no": "not a URL",
	} {
		o := good
		o.BaseURL = base
		_, err := NewClient(o)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter22") {
			t.Errorf("%s: %v", base, err)
		}
	}
	for _, c := range []struct{ site, key, says string }{
		{"", canaryKey, "CUSTOMERIO_SITE_ID is not set"},
		{canarySite, "", "CUSTOMERIO_API_KEY is not set"},
		{canarySite, canaryKey + "\n", "CUSTOMERIO_API_KEY contains"},
		{" " + canarySite, canaryKey, "CUSTOMERIO_SITE_ID contains"},
		{canarySite + ":" + canaryKey, canaryKey, "CUSTOMERIO_SITE_ID contains a colon"},
	} {
		o := good
		o.Credentials = Credentials{NewSecret(c.site), NewSecret(c.key)}
		_, err := NewClient(o)
		if err == nil || !strings.Contains(err.Error(), c.says) || leaks(err.Error()) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
	o := good
	o.CACert = []byte("no PEM")
	if _, err := NewClient(o); err == nil || !strings.Contains(err.Error(), "--ca-cert") {
		t.Error(err)
	}
}
