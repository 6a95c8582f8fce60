package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRefusalUntilTheAttributeIsGone(t *testing.T) {
	refusal := Refusal{Match: "bad", Field: "attributes.plan", Reason: "invalid", Message: "no <plan> & so on"}
	for name, operation := range map[string]func(attributes string) string{
		"name": func(a string) string { return eventOf("u", "bad", `,"attributes":{`+a+`}`) },
		"id":   func(a string) string { return eventOf("u", "n", `,"id":"bad","attributes":{`+a+`}`) },
		"who":  func(a string) string { return identify("bad", a) },
		"object": func(a string) string {
			return ofObject("identify", `,"identifiers":{"object_type_id":"1","object_id":"bad"},"attributes":{`+a+`}`)
		},
	} {
		b := newBox(t, faults(Faults{Refuse: []Refusal{refusal}}))
		a := b.batch(identify("good", `"plan":1`), operation(`"plan":1,"b":2`))
		got := a.faults(t)
		if a.status != 207 || len(got) != 1 || *got[0].Index != 1 || got[0].Field != "attributes.plan" ||
			got[0].Reason != "invalid" ||
			!strings.Contains(a.body, "no <plan> & so on") {
			t.Errorf("%s: %d %s, want the second refused over its plan", name, a.status, a.body)
		}
		b.accepts(operation(`"b":2`))
		refusal := refusal
		refusal.Always = true
		_ = b.SetFaults(Faults{Refuse: []Refusal{refusal}})
		if a := b.batch(operation(`"b":2`)); a.status != 207 {
			t.Errorf("%s: %d, want it refused always", name, a.status)
		}
	}
}

func TestRefusalOfMergesAndByContent(t *testing.T) {
	b := newBox(t, faults(Faults{Refuse: []Refusal{{Match: "sick", Field: "secondary.id"}, {Contains: `"poison"`}}}))
	for operation, want := range map[string]int{
		merge("p", "sick"):                       207,
		merge("sick", "s"):                       207,
		merge("p", "s"):                          200,
		identify("u", `"a":["poison"]`):          207,
		identify("u", `"a":"poisonous"`):         200,
		eventOf("u", "Sick", ""):                 200,
		eventOf("u", "sick person", ""):          200,
		identify("u", `"name":"sick"`):           200,
		of("event", `,"identifiers":{"id":"x"}`): 200,
	} {
		if a := b.batch(operation); a.status != want {
			t.Errorf("%s: %d, want %d", operation, a.status, want)
		}
	}
	all := newBox(t, faults(Faults{Refuse: []Refusal{{Reason: "down"}}}))
	if a := all.batch(identify("u", "")); a.status != 207 {
		t.Errorf("a refusal without a text: %d, want 207 for all", a.status)
	}
}

func TestRefusalOfTheWholeRequest(t *testing.T) {
	good, poison := eventOf("u", "good", ""), eventOf("u", "poison", "")
	for status, want := range map[int]int{0: 400, 400: 400, 413: 413, 422: 422} {
		b := newBox(t, faults(Faults{Refuse: []Refusal{{Match: "poison", Whole: true, Status: status, Field: "batch",
			Reason: "invalid"}}}))
		if a := b.batch(good, poison, good); a.status != want || want == 413 != strings.HasPrefix(a.body, "<html>") {
			t.Errorf("%d %s, want %d", a.status, a.body, want)
		}
		if s := b.Stats(); s.Accepted != 0 || s.Items != 0 {
			t.Errorf("%+v, want nothing of it applied", s)
		}
		b.accepts(good)
		if a := b.entity(poison); a.status != want {
			t.Errorf("alone: %d, want %d", a.status, want)
		}
	}
}

func TestMangledErrors(t *testing.T) {
	bad := `{"type":"nothing"}`
	const first, last = `{"batch_index":1,"field":"type","message":"must be one of person, object, delivery","reason":"invalid"}`,
		`{"batch_index":2,"field":"type","message":"must be one of person, object, delivery","reason":"invalid"}`
	without := func(members ...string) string {
		text := first + "," + last
		for _, m := range members {
			text = strings.ReplaceAll(text, m, "")
		}
		return `{"errors":[` + text + `]}`
	}
	for name, c := range map[string]struct {
		mangle []Mangle
		want   string
	}{
		"reason":       {[]Mangle{NoReason}, without(`,"reason":"invalid"`)},
		"field":        {[]Mangle{NoField}, without(`"field":"type",`)},
		"message":      {[]Mangle{NoMessage}, without(`"message":"must be one of person, object, delivery",`)},
		"index":        {[]Mangle{NoIndex}, without(`"batch_index":1,`, `"batch_index":2,`)},
		"repeated":     {[]Mangle{Repeated}, `{"errors":[` + first + "," + last + "," + first + `]}`},
		"out of order": {[]Mangle{OutOfOrder}, `{"errors":[` + last + "," + first + `]}`},
		"out of range": {[]Mangle{OutOfRange}, `{"errors":[` + first + "," + last +
			`,{"batch_index":10,"reason":"invalid"}]}`},
		"negative": {[]Mangle{NegativeIndex}, `{"errors":[` + first + "," + last +
			`,{"batch_index":-1,"reason":"invalid"}]}`},
		"text index": {[]Mangle{TextIndex}, strings.NewReplacer("1,", `"1",`, "2,", `"2",`).Replace(without())},
		"fraction":   {[]Mangle{FractionIndex}, strings.NewReplacer("1,", `1.5,`, "2,", `2.5,`).Replace(without())},
		"huge": {[]Mangle{HugeIndex}, strings.NewReplacer("1,", `100000000000000000000,`, "2,",
			`100000000000000000000,`).Replace(without())},
		"not objects": {[]Mangle{NotObjects}, `{"errors":["must be one of person, object, delivery",` +
			`"must be one of person, object, delivery"]}`},
		"not an array": {[]Mangle{NotAnArray}, `{"errors":` + first + `}`},
		"null":         {[]Mangle{NullErrors}, `{"errors":null}`},
		"empty":        {[]Mangle{EmptyErrors}, `{"errors":[]}`},
		"two":          {[]Mangle{NoReason, Repeated, NoField}, ""},
	} {
		b := newBox(t, faults(Faults{Mangle: c.mangle}))
		a := b.batch(identify("u", ""), bad, bad)
		if c.want != "" && a.body != c.want || a.status != 207 {
			t.Errorf("%s: %d %s, want %s", name, a.status, a.body, c.want)
		}
		if name == "two" && (strings.Count(a.body, "batch_index") != 3 || strings.Contains(a.body, "reason") ||
			strings.Contains(a.body, "field")) {
			t.Errorf("%s: %s, want three errors without reason and field", name, a.body)
		}
		b.accepts(identify("u", "")) // without an error there is nothing to spoil
	}
}

func TestMangledAtRandom(t *testing.T) {
	ask := func(seed uint64) (all string) {
		b := newBox(t, faults(Faults{Mangle: []Mangle{OmitAtRandom}, MangleSeed: seed}))
		for range 20 {
			all += b.batch(`7`, `8`).body
		}
		return all
	}
	all := ask(1)
	for _, member := range []string{"reason", "field", "message"} {
		if n := strings.Count(all, `"`+member+`"`); n == 0 || n == 40 {
			t.Errorf("%s stands in %d of 40 errors, want some", member, n)
		}
	}
	if all != ask(1) || all == ask(2) {
		t.Error("what is left out must follow from the seed")
	}
}

func TestClockSkewIsInTheDateHeader(t *testing.T) {
	b := newBox(t, faults(Faults{ClockSkew: Duration(-2 * time.Hour)}))
	if got := b.batch(identify("u", "")).header.Get("Date"); got != "Wed, 04 Mar 2026 10:00:00 GMT" {
		t.Errorf("Date %q, want two hours less", got)
	}
	if p := b.person("id", "u"); !p.Created.Equal(noon) {
		t.Errorf("created %v: the skew is the header's alone", p.Created)
	}
}

func TestFaultsOverHTTP(t *testing.T) {
	b := newBox(t)
	document := `{"answers":[{"status":503,"next":2,"body":"html"}],"delay":"150ms","apply":{"delay":"2s","seed":7}}`
	if a := b.send("POST", "/sandbox/faults", document); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if f := b.Faults(); f.Delay != Duration(150*time.Millisecond) || f.Apply.Seed != 7 || len(f.Answers) != 1 {
		t.Errorf("faults %+v", f)
	}
	a := b.send("GET", "/sandbox/faults", "")
	var shown, want any
	if err := json.Unmarshal([]byte(a.body), &shown); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal([]byte(document), &want)
	if fmt.Sprint(shown) != fmt.Sprint(want) {
		t.Errorf("shows %s, want %s", a.body, document)
	}
	for i, want := range []int{503, 503, 200} {
		if a := b.entity(identify("u", "")); a.status != want {
			t.Errorf("request %d: %d, want %d", i, a.status, want)
		}
	}
	if a := b.send("POST", "/sandbox/flush", ""); a.status != 200 || len(b.People()) != 1 {
		t.Errorf("flush: %d, %d people", a.status, len(b.People()))
	}
	if a := b.send("POST", "/sandbox/reset", ""); a.status != 200 || len(b.People()) != 0 || len(b.Requests()) != 0 ||
		b.Stats().Requests != 0 || len(b.Faults().Answers) != 0 {
		t.Errorf("reset: %d, %+v", a.status, b.Stats())
	}
	for _, bad := range []string{"", "{", "[]", `{"answer":[]}`, `{} {}`, `{"delay":"soon"}`, `{"delay":7}`,
		`{"delay":"-1s"}`,
		`{"answers":[{"next":1}]}`, `{"answers":[{"status":100}]}`, `{"answers":[{"status":503,"body":"xml"}]}`,
		`{"answers":[{"status":503,"on":"people"}]}`, `{"answers":[{"status":503,"probability":2}]}`,
		`{"mangle":["all"]}`, `{"refuse":[{"status":200}]}`, `{"rate_limit":{"rate":-1}}`,
		`{"rate_limit":{"rate":1,"retry_after":"x"}}`} {
		if a := b.send("POST", "/sandbox/faults", bad); a.status != 400 || a.body == "" {
			t.Errorf("%s: %d %s, want 400", bad, a.status, a.body)
		}
	}
	b.accepts(identify("still", ""))
}

func TestNewRefusesImpossibleFaults(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "mangle") {
			t.Errorf("panic %v, want one that names the fault", p)
		}
	}()
	New(Options{Faults: Faults{Mangle: []Mangle{"all"}}})
}
