package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestInspectionNeedsNoCredentials(t *testing.T) {
	b := newBox(t, func(o *Options) { o.SiteID, o.APIKey = "site", "secret-key" })
	b.accepts(identify("u", `"n":12345678901234567890.10,"html":"<b>"`),
		eventOf("u", "e", `,"id":"`+ulid1+`","attributes":{"big":1234567890123456789012}`),
		`{"type":"person","identifiers":{"id":"u"},"action":"identify","timestamp":"x"}`, ofObject("identify", acme))
	nobody := func(r *http.Request) { r.Header.Del("Authorization") }
	for path, want := range map[string][]string{
		"people":     {`"id":"u"`, `"n":12345678901234567890.10`, `"html":"<b>"`, `"events":1`},
		"objects":    {`"object_id":"acme"`},
		"events":     {`"sent_as":{"id":"u"}`, `"big":1234567890123456789012`, `"id":"` + ulid1 + `"`},
		"arrivals":   {`{"` + ulid1 + `":1}`},
		"activities": {`"type":"timestamp_rewritten"`, `"who":"id u"`},
		"stats":      {`"requests":1`, `"accepted":4`, `"statuses":{"200":1}`, `"person.identify":2`, `"people_created":1`},
		"requests":   {`"status":200`, `"items":4`, `"time":"2026-03-04T12:00:00Z"`, `"path":"/api/v2/batch"`},
		"faults":     {`{}`},
	} {
		a := b.send("GET", "/sandbox/"+path, "", nobody)
		if a.status != 200 || a.header.Get("Content-Type") != "application/json" || !json.Valid([]byte(a.body)) {
			t.Errorf("%s: %d %v %s", path, a.status, a.header, a.body)
		}
		for _, part := range want {
			if !strings.Contains(a.body, part) {
				t.Errorf("%s: %s, want %s in it", path, a.body, part)
			}
		}
		if again := b.send("GET", "/sandbox/"+path, "", nobody); again.body != a.body {
			t.Errorf("%s: another order the second time", path)
		}
	}
	if n := b.Stats().Requests; n != 1 {
		t.Errorf("%d requests, want the inspection left out", n)
	}
	for _, path := range []string{"people", "objects", "events", "activities", "requests"} {
		if a := newBox(t).send("GET", "/sandbox/"+path, ""); a.body != "[]\n" {
			t.Errorf("empty %s: %q", path, a.body)
		}
	}
}

func TestListsAreInOrder(t *testing.T) {
	b := newBox(t)
	for i := range 50 {
		b.accepts(eventOf(fmt.Sprint("u", 50-i), fmt.Sprint(i), ""))
	}
	for i, p := range b.People() {
		if p.ID != fmt.Sprint("u", 50-i) {
			t.Fatalf("person %d is %s, want the order of creation", i, p.ID)
		}
	}
	for i, e := range b.Events() {
		if e.Name != fmt.Sprint(i) {
			t.Fatalf("event %d is %s, want the order of arrival", i, e.Name)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	b := newBox(t, limits(Limits{KeptRequests: 3, KeptEvents: 4, KeptIDs: 5, KeptActivities: 2, Profiles: 6}))
	for i := range 6 {
		b.accepts(eventOf(fmt.Sprint(i), fmt.Sprint(i), `,"timestamp":"x","id":"`+fmt.Sprint("id", i)+`"`))
	}
	if a := b.entity(identify("one too many", "")); a.status != 507 || b.Stats().People != 6 {
		t.Errorf("%d, %d people, want 507 and 6", a.status, b.Stats().People)
	}
	if got := b.names(); got != "2 3 4 5" {
		t.Errorf("events %s, want the newest four", got)
	}
	if got := b.Requests(); len(got) != 3 || got[2].Status != 507 {
		t.Errorf("requests %+v, want the newest three", got)
	}
	if a := b.Activities(); len(a) != 2 || a[1].Who != "id 5" {
		t.Errorf("activities %+v, want the newest two", a)
	}
	if a := b.Arrivals(); len(a) != 5 || a["id0"] != 0 {
		t.Errorf("arrivals %v, want the newest five", a)
	}
	if s := b.Stats(); s.Requests != 7 || s.EventsStored != 6 || s.EventsForgotten != 2 {
		t.Errorf("%+v, want the totals of all", s)
	}
}

func TestFormOfRequestsIsCounted(t *testing.T) {
	b := newBox(t)
	body := `{"batch":[` + identify("u", `"a":"`+"\xff"+`"`) + `]}`
	b.send("POST", batchPath, body, func(r *http.Request) { r.Header.Set("Content-Type", "text/json") })
	b.send("POST", batchPath, `{"batch":[`+identify("u", "")+`]}`,
		func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-8") })
	b.accepts(identify("u", ""))
	if s := b.Stats(); s.NotJSONType != 1 || s.NotUTF8 != 1 || s.Accepted != 3 || s.Bytes == 0 {
		t.Errorf("%+v, want one of each", s)
	}
}

func TestLogAndCredentials(t *testing.T) {
	var lines []string
	b := newBox(t, func(o *Options) {
		o.SiteID, o.APIKey = "site-canary", "key-canary"
		o.Log = func(line string) { lines = append(lines, line) }
	})
	b.site, b.key = "site-canary", "key-canary"
	b.batch(identify("u", ""), "7")
	b.send("GET", regionPath, "")
	b.send("GET", "/api/v1/%1b%5B31mred%0A", "")
	b.key = "wrong-canary"
	b.batch(identify("u", ""))
	_ = b.SetFaults(Faults{Answers: []Answer{{Reset: true}}})
	b.key = "key-canary"
	b.batch(identify("u", ""))
	b.send("GET", "/sandbox/stats", "")
	want := []string{
		`POST /api/v2/batch 207 items=2 rejected=1 bytes=92`,
		`GET /api/v1/accounts/region 200 items=0 rejected=0 bytes=0`,
		`GET "/api/v1/\x1b[31mred\n" 404 items=0 rejected=0 bytes=0`,
		`POST /api/v2/batch 401 items=0 rejected=0 bytes=90`,
		`POST /api/v2/batch none items=0 rejected=0 bytes=0`,
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("log:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	var all strings.Builder
	all.WriteString(strings.Join(lines, "\n") + fmt.Sprintf("%+v %#v", b.Sandbox.store.options, b.Sandbox.store.account))
	for _, path := range []string{"people", "events", "stats", "requests", "faults", "activities"} {
		all.WriteString(b.send("GET", "/sandbox/"+path, "").body)
	}
	if strings.Contains(all.String(), "canary") {
		t.Errorf("credentials in %s", all.String())
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	b := newBox(t, faults(Faults{RateLimit: RateLimit{Rate: 1000, Burst: 60}, Mangle: []Mangle{OmitAtRandom}}))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 10 {
				b.batch(identify(fmt.Sprint("u", j), `"a":1`), eventOf(fmt.Sprint("u", i), "e", `,"id":"`+ulid1+`"`),
					"7", merge("u1", "u2"))
				b.send("GET", "/sandbox/people", "")
				b.Stats()
			}
		})
	}
	group.Wait()
	s := b.Stats()
	if s.Requests != 80 || s.Statuses["207"] != 60 || s.Statuses["429"] != 20 {
		t.Errorf("%+v, want 60 of 80 let through", s.Statuses)
	}
	if s.Items != 240 || s.Accepted != 180 || s.Rejected != 60 || s.EventsStored != 1 || s.Deduped != 59 {
		t.Errorf("%+v, want 3 of 4 accepted and one event", s)
	}
	if s.MaxInFlight < 1 || s.MaxInFlight > 8 {
		t.Errorf("%d in flight at most, want 1 to 8", s.MaxInFlight)
	}
}
