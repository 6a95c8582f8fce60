package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox/workspace"
)

// noon is when tests begin.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// box is a sandbox with a clock of its own and a client beside it.
type box struct {
	*Sandbox
	t      *testing.T
	now    time.Time
	client http.RoundTripper
	site   string // credentials
	key    string
}

func newBox(t *testing.T, change ...func(*Options)) *box {
	t.Helper()
	b := &box{t: t, now: noon, site: "site", key: "secret-key"}
	o := Options{Clock: func() time.Time { return b.now }}
	for _, f := range change {
		f(&o)
	}
	b.Sandbox = New(o)
	b.client = InProcess(b.Sandbox)
	return b
}

func switches(s Switches) func(*Options) { return func(o *Options) { o.Switches = s } }
func limits(l Limits) func(*Options)     { return func(o *Options) { o.Limits = l } }
func faults(f Faults) func(*Options)     { return func(o *Options) { o.Faults = f } }

// seen is an answer as a client sees it.
type seen struct {
	status int
	header http.Header
	body   string
	err    error
}

// send makes a request as a good client does.
func (b *box) send(method, path, body string, change ...func(*http.Request)) seen {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, "http://sandbox.test"+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.SetBasicAuth(b.site, b.key)
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	response, err := b.client.RoundTrip(r)
	if err != nil {
		return seen{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return seen{response.StatusCode, response.Header, string(text), err}
}

func (b *box) batch(operations ...string) seen {
	b.t.Helper()
	return b.send("POST", "/api/v2/batch", `{"batch":[`+strings.Join(operations, ",")+`]}`)
}

func (b *box) entity(operation string) seen {
	b.t.Helper()
	return b.send("POST", "/api/v2/entity", operation)
}

// accepts sends operations that must all be accepted.
func (b *box) accepts(operations ...string) {
	b.t.Helper()
	if a := b.batch(operations...); a.status != 200 || a.body != "{}" {
		b.t.Fatalf("batch: %d %s %v, want 200 {}\n%s", a.status, a.body, a.err, strings.Join(operations, "\n"))
	}
}

// gotFault is an error as a client reads it.
type gotFault struct {
	Index   *int `json:"batch_index"`
	Reason  string
	Field   string
	Message string
}

func (a seen) faults(t *testing.T) []gotFault {
	t.Helper()
	var body struct{ Errors []gotFault }
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return body.Errors
}

// refuses sends an operation between two good ones: alone it must be refused, and nothing of it stored.
func (b *box) refuses(operation, field, reason string) {
	b.t.Helper()
	const good = `{"type":"person","identifiers":{"id":"n"},"action":"event","name":"ok"}`
	before := b.Stats()
	a := b.batch(good, operation, good)
	got := a.faults(b.t)
	if a.status != 207 || len(got) != 1 || got[0].Index == nil || *got[0].Index != 1 {
		b.t.Fatalf("batch: %d %s, want 207 with batch_index 1\n%.300s", a.status, a.body, operation)
	}
	if got[0].Field != field || got[0].Reason != reason || got[0].Message == "" {
		b.t.Errorf("refused for %+v, want field %q, reason %q\n%.300s", got[0], field, reason, operation)
	}
	alone := b.entity(operation)
	got = alone.faults(b.t)
	// A single operation over its limit is refused as a request, before anything else.
	if alone.status != 400 || len(got) != 1 || got[0].Index != nil || got[0].Field != field {
		b.t.Errorf("entity: %d %s, want 400 with field %q", alone.status, alone.body, field)
	}
	if after := b.Stats(); after.EventsStored != before.EventsStored+2 || after.Accepted != before.Accepted+2 {
		b.t.Errorf("%d events stored, %d accepted, want the two neighbours alone\n%.300s",
			after.EventsStored-before.EventsStored, after.Accepted-before.Accepted, operation)
	}
}

// person returns a profile that must exist.
func (b *box) person(key, value string) workspace.Person {
	b.t.Helper()
	p, ok := b.Person(key, value)
	if !ok {
		b.t.Fatalf("no person with %s %q; people: %+v", key, value, b.People())
	}
	return p
}

// has checks a person's attributes, each as its JSON.
func (b *box) has(id string, want map[string]string) {
	b.t.Helper()
	got := map[string]string{}
	for name, v := range b.person("id", id).Attributes {
		got[name] = string(v)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("attributes of %s (-want +got):\n%s", id, diff)
	}
}

func identify(id, attributes string) string {
	return `{"type":"person","identifiers":{"id":"` + id + `"},"action":"identify","attributes":{` + attributes + `}}`
}

// event has more members, such as `,"id":"..."`.
func eventOf(id, name, more string) string {
	return `{"type":"person","identifiers":{"id":"` + id + `"},"action":"event","name":"` + name + `"` + more + `}`
}

func merge(primary, secondary string) string {
	return `{"type":"person","action":"merge","primary":{"id":"` + primary + `"},"secondary":{"id":"` + secondary + `"}}`
}
