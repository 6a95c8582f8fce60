package customerio

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The canaries must turn up nowhere but in the Authorization header.
const (
	canarySite = "c4n4ry51te0001"
	canaryKey  = "c4n4ryk3y+/=0002"
)

var testCredentials = Credentials{SiteID: NewSecret(canarySite), APIKey: NewSecret(canaryKey)}

const testBase = "https://track.example.test"

// handled answers requests by calling the handler, so that the time of a synctest bubble advances.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// newTestClient is a client of the handler.
func newTestClient(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	return newTestClientOver(t, handled{h}, nil)
}

func newTestClientOver(t *testing.T, over http.RoundTripper, tally *Tally) *Client {
	t.Helper()
	c, err := NewClient(ClientOptions{BaseURL: testBase, Credentials: testCredentials, Transport: over, Tally: tally})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answering answers every request alike.
func answering(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// pause waits like a slow server, until the client goes away.
func pause(r *http.Request, d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}

// fakeAPI answers the first requests by its script, one after the other, and all others by judging each
// operation.
type fakeAPI struct {
	script []http.HandlerFunc
	judge  func(operation map[string]any) *Fault // nil accepts all
	whole  bool                                  // refuses a batch with a fault as a whole, with 400

	lock     sync.Mutex
	received [][]string  // ids of each request
	at       []time.Time // when each came
	accepted []string
}

func (a *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.lock.Lock()
	defer a.lock.Unlock()
	var body struct{ Batch []map[string]any }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		panic(fmt.Sprint("the fake was sent a bad body: ", err))
	}
	var ids []string
	for _, op := range body.Batch {
		ids = append(ids, op["identifiers"].(map[string]any)["id"].(string))
	}
	turn := len(a.received)
	a.received, a.at = append(a.received, ids), append(a.at, time.Now())
	if turn < len(a.script) && a.script[turn] != nil {
		a.script[turn](w, r)
		return
	}
	a.answer(w, body.Batch, ids)
}

func (a *fakeAPI) answer(w http.ResponseWriter, batch []map[string]any, ids []string) {
	type fault struct {
		Index   int    `json:"batch_index"`
		Reason  string `json:"reason"`
		Field   string `json:"field"`
		Message string `json:"message"`
	}
	faults := []fault{}
	var good []string
	for i, op := range batch {
		if a.judge != nil {
			if f := a.judge(op); f != nil {
				faults = append(faults, fault{i, f.Reason, f.Field, f.Message})
				continue
			}
		}
		good = append(good, ids[i])
	}
	switch {
	case len(faults) == 0:
		w.WriteHeader(200)
		_, _ = io.WriteString(w, "{}")
		a.accepted = append(a.accepted, good...)
		return
	case a.whole:
		w.WriteHeader(400)
	default:
		w.WriteHeader(207)
		a.accepted = append(a.accepted, good...)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": faults})
}

// differ returns how two values differ. A nil and an empty list are equal.
func differ(want, got any) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }
