package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestT1RegionTellsTheTruth(t *testing.T) {
	read := func(a seen) (got struct {
		URL           string
		Region        string
		EnvironmentID int `json:"environment_id"`
	}) {
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != 200 {
			t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		return got
	}
	if got := read(newBox(t).send("GET", regionPath, "")); got.URL != "http://sandbox.test" || got.Region != "us" ||
		got.EnvironmentID != 1 {
		t.Errorf("by default %+v, want the URL that was called, us, 1", got)
	}
	for _, host := range []Region{US, EU} {
		b := newBox(t, func(o *Options) {
			o.Region, o.Host, o.AccountURL, o.EnvironmentID = EU, host, "http://eu.test", 42
		})
		if got := read(b.send("GET", regionPath, "")); got.URL != "http://eu.test" || got.Region != "eu" ||
			got.EnvironmentID != 42 {
			t.Errorf("on the %s host %+v, want the EU account's", host, got)
		}
	}
}

func TestT2OnlyBasicCredentialsOfTheAccount(t *testing.T) {
	own := func(o *Options) { o.SiteID, o.APIKey = "site", "secret-key" }
	body := `{"batch":[` + identify("u", "") + `]}`
	cases := map[string]func(*http.Request){
		"none":      func(r *http.Request) { r.Header.Del("Authorization") },
		"bearer":    func(r *http.Request) { r.Header.Set("Authorization", "Bearer secret-key") },
		"not basic": func(r *http.Request) { r.Header.Set("Authorization", "Basic ~~~") },
		"site":      func(r *http.Request) { r.SetBasicAuth("other", "secret-key") },
		"key":       func(r *http.Request) { r.SetBasicAuth("site", "other") },
		"no key":    func(r *http.Request) { r.SetBasicAuth("site", "") },
		"no site":   func(r *http.Request) { r.SetBasicAuth("", "secret-key") },
	}
	for name, change := range cases {
		for path, method := range map[string]string{batchPath: "POST", entityPath: "POST", regionPath: "GET"} {
			b := newBox(t, own)
			if a := b.send(method, path, body, change); a.status != 401 || a.body != `{"meta":{"error":"Unauthorized"}}` {
				t.Errorf("%s on %s: %d %s, want 401", name, path, a.status, a.body)
			}
			if len(b.People()) != 0 {
				t.Errorf("%s on %s: was applied", name, path)
			}
		}
	}
	newBox(t, own).accepts(identify("u", ""))
	for _, name := range []string{"none", "bearer", "no key", "no site"} {
		if a := newBox(t).send("POST", batchPath, body, cases[name]); a.status != 401 {
			t.Errorf("any credentials: %s: %d, want 401", name, a.status)
		}
	}
	if a := newBox(t).send("POST", batchPath, body, cases["key"]); a.status != 200 {
		t.Errorf("any credentials: %d, want 200", a.status)
	}
	empty := newBox(t, own, switches(Switches{EmptyUnauthorized: true}))
	if a := empty.send("POST", batchPath, body, cases["key"]); a.status != 401 || a.body != "" ||
		a.header["Content-Type"] != nil {
		t.Errorf("empty: %d %q %v, want 401 and nothing", a.status, a.body, a.header)
	}
}

func TestT3WrongRegionRedirects(t *testing.T) {
	for status, want := range map[int]int{0: 301, 307: 307} {
		b := newBox(t, func(o *Options) { o.Region, o.Host, o.AccountURL = EU, US, "http://eu.test" },
			switches(Switches{RedirectStatus: status}))
		a := b.send("POST", batchPath, `{"batch":[`+identify("u", "")+`]}`)
		if a.status != want || a.header.Get("Location") != "http://eu.test/api/v2/batch" {
			t.Errorf("%d to %q, want %d to the EU", a.status, a.header.Get("Location"), want)
		}
		if len(b.People()) != 0 {
			t.Error("the redirected batch was applied")
		}
	}
}

func TestT4AmericanAccountOnEuropeanHost(t *testing.T) {
	for status, want := range map[int]int{0: 401, 403: 403} {
		b := newBox(t, func(o *Options) { o.Region, o.Host = US, EU }, switches(Switches{WrongRegionStatus: status}))
		if a := b.entity(identify("u", "")); a.status != want || a.header.Get("Location") != "" {
			t.Errorf("%d %v, want %d", a.status, a.header, want)
		}
		if len(b.People()) != 0 {
			t.Error("the refused operation was applied")
		}
	}
}

func TestT5UnknownPathsAndMethods(t *testing.T) {
	for call, want := range map[string]int{
		"GET /api/v2/batch":                        405,
		"PUT /api/v2/entity":                       405,
		"POST /api/v1/accounts/region":             405,
		"POST /api/v2/batch/":                      404,
		"POST /api/v1/merge_customers":             404,
		"PUT /api/v1/customers/1":                  404,
		"POST /api/v1/customers/1/events":          404,
		"POST /api/v1/events":                      404,
		"GET /":                                    404,
		"POST //api/v2/batch":                      404,
		"GET /sandbox/nothing":                     404,
		"POST /sandbox/people":                     405,
		"GET /sandbox/reset":                       405,
		"DELETE /sandbox/faults":                   405,
		"POST /api/v2/batch?anything=after&that=1": 200,
	} {
		method, path, _ := strings.Cut(call, " ")
		a := newBox(t).send(method, path, `{"batch":[`+identify("u", "")+`]}`)
		if a.status != want {
			t.Errorf("%s: %d, want %d", call, a.status, want)
		}
		if want >= 400 && !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %v, want a text body", call, a.header)
		}
	}
	if a := newBox(t).send("GET", batchPath, ""); a.header.Get("Allow") != "POST" {
		t.Errorf("Allow is %q, want POST", a.header.Get("Allow"))
	}
}

// padded makes a body of exactly n bytes of one.
func padded(body string, n int) string {
	return body[:len(body)-1] + strings.Repeat(" ", n-len(body)) + "}"
}

func TestT6Oversize(t *testing.T) {
	batch, entity := `{"batch":[`+identify("u", "")+`]}`, identify("v", "")
	check := func(b *box, path, body string, want int) seen {
		t.Helper()
		a := b.send("POST", path, body)
		if a.status != want {
			t.Errorf("%d bytes to %s: %d %s, want %d", len(body), path, a.status, a.body, want)
		}
		if (want == 200) != (len(b.People()) == 1) {
			t.Errorf("%d bytes to %s: %d people", len(body), path, len(b.People()))
		}
		return a
	}
	check(newBox(t), batchPath, padded(batch, 500_000), 200)
	check(newBox(t), batchPath, padded(batch, 500_001), 400)
	check(newBox(t), batchPath, padded(batch, 5_000_000), 400)
	check(newBox(t), entityPath, padded(entity, 32_000), 200)
	check(newBox(t), entityPath, padded(entity, 32_001), 400)
	check(newBox(t), entityPath, entity+strings.Repeat(" ", 32_000-len(entity)), 200)
	check(newBox(t), entityPath, entity+strings.Repeat(" ", 32_001-len(entity)), 400)
	small := limits(Limits{BatchBytes: 200})
	check(newBox(t, small), batchPath, padded(batch, 200), 200)
	if got := check(newBox(t, small), batchPath, padded(batch, 201), 400).faults(t); len(got) != 1 ||
		got[0].Field != "batch" {
		t.Errorf("errors %+v, want one on batch", got)
	}
	a := check(newBox(t, switches(Switches{OversizeHTML: true})), batchPath, padded(batch, 500_001), 413)
	if !strings.HasPrefix(a.body, "<html>") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("%v %s, want HTML", a.header, a.body)
	}
}

func TestT7BodyIsNoBatch(t *testing.T) {
	good := identify("u", "")
	for _, body := range []string{
		"", " ", "{", "nonsense", `{"batch":[` + good + `]`, `{"batch":[` + good + `]} x`, `{"batch":[` + good + `,]}`,
		"[" + good + "]", "null", "7", `"batch"`,
		"{}", `{"Batch":[` + good + `]}`, `{"events":[` + good + `]}`,
		`{"batch":null}`, `{"batch":{}}`, `{"batch":"` + `x"}`, `{"batch":` + good + `}`,
		`{"batch":[]}`, `{"batch":[` + good + `],"batch":[]}`,
		"\x1f\x8b\x08\x00\x00", `{"batch":[{"type":"person","x":NaN}]}`,
	} {
		b := newBox(t)
		a := b.send("POST", batchPath, body)
		if got := a.faults(t); a.status != 400 || len(got) != 1 || got[0].Field != "batch" || got[0].Reason != "invalid" ||
			got[0].Index != nil {
			t.Errorf("%q: %d %s, want 400 on batch", body, a.status, a.body)
		}
		if s := b.Stats(); s.Items != 0 || s.People != 0 {
			t.Errorf("%q: something was looked at: %+v", body, s)
		}
	}
	for _, body := range []string{"", "{", "[]", "7", `"x"`} {
		if a := newBox(t).entity(body); a.status != 400 || len(a.faults(t)) != 1 {
			t.Errorf("entity %q: %d %s, want 400", body, a.status, a.body)
		}
	}
	b := newBox(t)
	if a := b.send("POST", batchPath, " \r\n\t{ \"other\" : [ { } ] , \"batch\" : [ "+good+" ] } \n"); a.status != 200 {
		t.Errorf("space and other members: %d %s, want 200", a.status, a.body)
	}
	few := newBox(t, limits(Limits{BatchItems: 2}))
	few.accepts(good, good)
	if a := few.batch(good, good, good); a.status != 400 {
		t.Errorf("over the limit of operations: %d, want 400", a.status)
	}
}

func TestT10Success(t *testing.T) {
	b := newBox(t)
	for _, a := range []seen{b.batch(identify("u", ""), identify("v", "")), b.entity(identify("w", ""))} {
		if a.status != 200 || a.body != "{}" || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%d %s %v, want 200 {} as JSON", a.status, a.body, a.header)
		}
		if got := a.header.Get("Date"); got != "Wed, 04 Mar 2026 12:00:00 GMT" {
			t.Errorf("Date %q, want the sandbox's own time", got)
		}
	}
	if n := len(b.People()); n != 3 {
		t.Errorf("%d people, want 3", n)
	}
}

func TestT11PartialSuccess(t *testing.T) {
	bad := `{"type":"nothing"}`
	for _, as200 := range []bool{false, true} {
		b := newBox(t, switches(Switches{PartialAs200: as200}))
		a := b.batch(bad, identify("u", ""), bad, bad, identify("v", ""))
		if want := map[bool]int{false: 207, true: 200}[as200]; a.status != want {
			t.Errorf("%d, want %d", a.status, want)
		}
		var indexes []int
		for _, f := range a.faults(t) {
			indexes = append(indexes, *f.Index)
		}
		if fmt.Sprint(indexes) != "[0 2 3]" || len(b.People()) != 2 {
			t.Errorf("refused %v, %d people, want 0 2 3 and both others", indexes, len(b.People()))
		}
		if s := b.Stats(); s.Items != 5 || s.Accepted != 2 || s.Rejected != 3 {
			t.Errorf("%+v, want 5 = 2 + 3", s)
		}
		if r := b.Requests()[0]; r.Items != 5 || r.Rejected != 3 {
			t.Errorf("%+v, want 3 of 5", r)
		}
	}
}

func TestT11EveryError(t *testing.T) {
	long := strings.Repeat("x", 1001)
	operation := identify("u", `"a":"`+long+`","b":1,"c":"`+long+`"`)
	if got := newBox(t).batch(operation).faults(t); len(got) != 1 || got[0].Field != "attributes.a" {
		t.Errorf("%+v, want the first error alone", got)
	}
	got := newBox(t, switches(Switches{EveryError: true})).batch(operation).faults(t)
	if len(got) != 2 || *got[0].Index != 0 || *got[1].Index != 0 || got[1].Field != "attributes.c" {
		t.Errorf("%+v, want both under one index", got)
	}
}

func TestT12AllRefused(t *testing.T) {
	bad := `{"type":"nothing"}`
	for as400, want := range map[bool]int{false: 207, true: 400} {
		b := newBox(t, switches(Switches{AllBadAs400: as400}))
		a := b.batch(bad, bad)
		if got := a.faults(t); a.status != want || len(got) != 2 || *got[1].Index != 1 {
			t.Errorf("%d %s, want %d with both", a.status, a.body, want)
		}
		if a := b.batch(bad, identify("u", "")); a.status != 207 {
			t.Errorf("partial: %d, want 207", a.status)
		}
	}
}

// A sandbox with a name tells it, and how often it has forgotten everything. Others answer as the API does.
func TestTheRegionCallTellsTheLife(t *testing.T) {
	life := func(s *Sandbox) string {
		r := httptest.NewRequest("GET", "http://127.0.0.1"+regionPath, nil)
		r.SetBasicAuth("a", "b")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var answer struct{ Sandbox string }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Sandbox == "" && strings.Contains(w.Body.String(), "sandbox\"") {
			t.Error(w.Body.String())
		}
		return answer.Sandbox
	}
	if got := life(New(Options{})); got != "" {
		t.Errorf("%q", got)
	}
	s := New(Options{Life: "k3"})
	if first, again := life(s), life(s); first != "k3-1" || again != first {
		t.Error(first, again)
	}
	s.Reset()
	if got := life(s); got != "k3-2" {
		t.Errorf("%q", got)
	}
}
