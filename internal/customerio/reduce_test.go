package customerio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// identifies is a batch of one identify for each of the attributes, with Refs from 100.
func identifies(attributes ...string) *Batch {
	b := NewBatch()
	for i, a := range attributes {
		who := Identifier{ID, fmt.Sprint("p", i)}
		b.add(Operation{Body: AppendIdentify(nil, who, []byte(a), 0), Ref: uint64(100 + i), Action: Identify, Who: who})
	}
	return b
}

// picky is an API that refuses attributes whose value is "bad", each with a fault of its own, and people
// whose "worse" is true for another reason.
func picky(t *testing.T, requests *[]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Batch []struct {
				Identifiers struct{ ID string }
				Attributes  map[string]any
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		encoded, _ := json.Marshal(body)
		*requests = append(*requests, string(encoded))
		faults := []map[string]any{}
		for i, op := range body.Batch {
			for name, value := range op.Attributes {
				switch {
				case value == "bad":
					faults = append(faults, map[string]any{
						"batch_index": i, "reason": "invalid", "field": "attributes." + name, "message": "bad",
					})
				case name == "worse":
					faults = append(faults, map[string]any{"batch_index": i, "reason": "worse", "field": "name"})
				}
			}
		}
		if len(faults) > 0 {
			w.WriteHeader(207)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": faults})
	}
}

func TestRefusedAttributesAreLeftOut(t *testing.T) {
	var requests []string
	tally := new(Tally)
	client := newTestClient(t, picky(t, &requests))
	receipt, err := Reduced(client, tally).Send(t.Context(), identifies(
		`{"plan":"pro"}`,
		`{"plan":"pro","note":"bad"}`,
		`{"a.b":"bad","\u0063\"\\":"bad","keep":12345678901234567890}`,
		`{}`,
	))
	if err != nil || len(receipt.Rejections) != 0 || len(receipt.Unsent) != 0 {
		t.Errorf("%+v, %v", receipt, err)
	}
	if len(requests) != 2 {
		t.Fatalf("%d requests", len(requests))
	}
	want := `{"Batch":[{"Identifiers":{"ID":"p1"},"Attributes":{"plan":"pro"}},{"Identifiers":{"ID":"p2"},"Attributes":{"keep":12345678901234567000}}]}`
	if diff := cmp.Diff(want, requests[1]); diff != "" {
		t.Error("the second request:", diff)
	}
	if tally.Reductions.Load() != 2 || tally.Removed.Load() != 3 {
		t.Errorf("%d repairs, %d removed", tally.Reductions.Load(), tally.Removed.Load())
	}
}

func TestWhatIsRefusedAgainIsRejectedWithTheLastAnswer(t *testing.T) {
	second := `{"errors":[{"batch_index":1,"reason":"final","field":"attributes.a"}]}`
	api := &fakeAPI{script: []http.HandlerFunc{
		answering(207, `{"errors":[{"batch_index":0,"reason":"r","field":"name"},
			{"batch_index":1,"reason":"first","field":"attributes.a"},{"batch_index":3,"reason":"first","field":"attributes.a"},
			{"batch_index":4,"reason":"r","field":"name"}]}`),
		answering(207, second),
	}}
	tally := new(Tally)
	receipt, err := Reduced(newTestClientOver(t, handled{api}, nil), tally).
		Send(t.Context(), identifies(`{"a":1}`, `{"a":1}`, `{"a":1}`, `{"a":1,"plan":2}`, `{"a":1}`))
	want := Receipt{Rejections: []Rejection{
		{Ref: 100, Index: 0, Reason: "r", Field: "name"},
		{Ref: 103, Index: 3, Reason: "final", Field: "attributes.a"},
		{Ref: 104, Index: 4, Reason: "r", Field: "name"},
	}}
	if diff := differ(want, receipt); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if len(api.received) != 2 || tally.Reductions.Load() != 1 || tally.Removed.Load() != 1 {
		t.Errorf("%d requests, %d repairs", len(api.received), tally.Reductions.Load())
	}
}

func TestWhatCannotBeMendedIsRejectedAtOnce(t *testing.T) {
	for name, faults := range map[string]string{
		"another field":            `{"batch_index":0,"field":"name"}`,
		"no field":                 `{"batch_index":0}`,
		"all attributes":           `{"batch_index":0,"field":"attributes"}`,
		"an empty name":            `{"batch_index":0,"field":"attributes."}`,
		"a name that is not there": `{"batch_index":0,"field":"attributes.b"}`,
		"another field too":        `{"batch_index":0,"field":"attributes.a"},{"batch_index":0,"field":"name"}`,
		"_update":                  `{"batch_index":0,"field":"attributes._update"}`,
	} {
		api := &fakeAPI{script: []http.HandlerFunc{answering(207, `{"errors":[`+faults+`]}`)}}
		receipt, err := Reduced(newTestClientOver(t, handled{api}, nil), nil).
			Send(t.Context(), identifies(`{"a":1,"_update":true}`, `{}`))
		if err != nil || len(receipt.Rejections) != 1 || receipt.Rejections[0].Ref != 100 || len(api.received) != 1 {
			t.Errorf("%s: %+v, %v, %d requests", name, receipt, err, len(api.received))
		}
	}
}

// The API may name one attribute at a time, of several operations, and one that is not there beside one that
// is.
func TestReducingContinuesWhileTheAPINamesAttributesThatAreThere(t *testing.T) {
	api := &fakeAPI{script: []http.HandlerFunc{
		answering(207, `{"errors":[{"batch_index":0,"reason":"r","field":"attributes.a"},
			{"batch_index":1,"reason":"r","field":"attributes.a"},{"batch_index":1,"reason":"r","field":"attributes.gone"},
			{"batch_index":3,"reason":"r","field":"attributes.a"}]}`),
		answering(207, `{"errors":[{"batch_index":1,"reason":"r","field":"attributes.b"},
			{"batch_index":2,"reason":"r","field":"attributes.b"}]}`),
		answering(207, `{"errors":[{"batch_index":0,"reason":"r","field":"attributes.c.d"},
			{"batch_index":1,"reason":"last","field":"attributes.b"}]}`),
	}}
	tally := new(Tally)
	receipt, err := Reduced(newTestClientOver(t, handled{api}, nil), tally).Send(t.Context(), identifies(
		`{"a":1}`, `{"a":1,"b":2,"c":{"d":3},"e":4}`, `{"a":1}`, `{"a":1,"b":2}`))
	if diff := differ(Receipt{Rejections: []Rejection{
		{Ref: 103, Index: 3, Reason: "last", Field: "attributes.b"},
	}}, receipt); diff != "" || err != nil {
		t.Error(diff, err)
	}
	want := [][]string{{"p0", "p1", "p2", "p3"}, {"p0", "p1", "p3"}, {"p1", "p3"}, {"p1"}}
	if diff := cmp.Diff(want, api.received); diff != "" {
		t.Error(diff)
	}
	if tally.Reductions.Load() != 2 || tally.Removed.Load() != 4 {
		t.Errorf("%d repairs, %d removed", tally.Reductions.Load(), tally.Removed.Load())
	}
}

// Events, pages and screens are retried without the attribute as people are. All else of them stays.
func TestReducedEventsKeepTheRest(t *testing.T) {
	var bodies []string
	picky := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		for _, name := range []string{"one", "two", "three"} {
			if strings.Contains(string(body), name) {
				answering(207, `{"errors":[{"batch_index":0,"field":"attributes.`+name+`"}]}`)(w, r)
				return
			}
		}
		answering(200, "{}")(w, r)
	}
	for _, action := range []Action{Event, Page, Screen} {
		tracked := Tracked{Name: []byte("n"), ID: orderID, Timestamp: 1772615727}
		who := Identifier{ID, "p"}
		item := AppendTracked(nil, action, who, tracked, []byte(`{"one":1,"two":2,"three":3,"order":"o-1"}`))
		bodies = nil
		receipt, err := Reduced(newTestClient(t, picky), nil).Send(t.Context(), NewBatch(Operation{Body: item, Ref: 7}))
		if err != nil || len(receipt.Rejections) > 0 {
			t.Errorf("%s: %+v, %v", action, receipt, err)
		}
		want := bodyHead + string(AppendTracked(nil, action, who, tracked, []byte(`{"order":"o-1"}`))) + bodyTail
		if len(bodies) != 4 || bodies[3] != want {
			t.Errorf("%s: %d requests, the last %s", action, len(bodies), bodies[len(bodies)-1])
		}
	}
}

func TestAnAPIThatNamesEveryAttributeGetsABoundedNumberOfRequests(t *testing.T) {
	requests := 0
	one := func(w http.ResponseWriter, r *http.Request) {
		answering(207, fmt.Sprintf(`{"errors":[{"batch_index":0,"field":"attributes.a%d"}]}`, requests))(w, r)
		requests++
	}
	attributes := map[string]int{}
	for i := range 3 * maxReductions {
		attributes[fmt.Sprint("a", i)] = i
	}
	encoded, _ := json.Marshal(attributes)
	receipt, err := Reduced(newTestClient(t, one), nil).Send(t.Context(), identifies(string(encoded)))
	if err != nil || len(receipt.Rejections) != 1 || requests != maxReductions+1 {
		t.Errorf("%d requests, %+v, %v", requests, receipt, err)
	}
}

// The run ends between two retries: operations without a bad attribute stay rejected, the others have no
// outcome.
func TestAFailedSecondReductionLosesNothing(t *testing.T) {
	api := &fakeAPI{script: []http.HandlerFunc{
		answering(207, `{"errors":[{"batch_index":0,"field":"attributes.a"},{"batch_index":2,"field":"attributes.a"},
			{"batch_index":3,"reason":"r","field":"name"},{"batch_index":4,"field":"attributes.a"}]}`),
		answering(207, `{"errors":[{"batch_index":1,"field":"attributes.b"},{"batch_index":2,"reason":"x","field":"name"}]}`),
		answering(401, ""),
	}}
	receipt, err := Reduced(newTestClientOver(t, handled{api}, nil), nil).Send(t.Context(), identifies(
		`{"a":1}`, `{}`, `{"a":1,"b":2}`, `{}`, `{"a":1}`))
	want := Receipt{Unsent: []uint64{102}, Rejections: []Rejection{
		{Ref: 103, Index: 3, Reason: "r", Field: "name"}, {Ref: 104, Index: 4, Reason: "x", Field: "name"},
	}}
	if diff := differ(want, receipt); diff != "" || err == nil {
		t.Error(diff, err)
	}
}

func TestAFailedReductionLosesNothing(t *testing.T) {
	first := answering(207, `{"errors":[{"batch_index":0,"reason":"r","field":"name"},{"batch_index":1,"field":"attributes.a"}]}`)
	api := &fakeAPI{script: []http.HandlerFunc{first, answering(401, "")}}
	tally := new(Tally)
	receipt, err := Reduced(newTestClientOver(t, handled{api}, nil), tally).
		Send(t.Context(), identifies(`{"a":1}`, `{"a":1}`, `{"a":1}`))
	want := Receipt{Rejections: []Rejection{{Ref: 100, Reason: "r", Field: "name"}}, Unsent: []uint64{101}}
	if diff := differ(want, receipt); diff != "" {
		t.Error(diff)
	}
	if refusal, ok := asAPIError(err); !ok || refusal.Class() != Unauthorized || tally.Reductions.Load() != 0 {
		t.Errorf("%v, %d repairs", err, tally.Reductions.Load())
	}
}

// Half of a batch has outcomes when the run ends: operations that could be retried without an attribute are
// left for the next run.
func TestARunThatEndsLeavesReductionsForTheNext(t *testing.T) {
	half := answering(207, `{"errors":[{"batch_index":1,"reason":"r","field":"attributes.a"}]}`)
	api := &fakeAPI{script: []http.HandlerFunc{answering(400, "{}"), half, answering(401, "")}}
	receipt, err := Reduced(Bisected(newTestClientOver(t, handled{api}, nil), nil), nil).
		Send(t.Context(), identifies(`{"a":1}`, `{"a":1}`, `{"a":1}`, `{"a":1}`))
	if diff := differ(Receipt{Rejections: []Rejection{}, Unsent: []uint64{101, 102, 103}}, receipt); diff != "" || err == nil {
		t.Error(diff, err)
	}
	if len(api.received) != 3 {
		t.Errorf("%d requests", len(api.received))
	}
}

func TestAReductionThatIsRefusedWholeIsBisected(t *testing.T) {
	first := answering(207, `{"errors":[{"batch_index":0,"field":"attributes.a"},{"batch_index":2,"field":"attributes.a"}]}`)
	refuse := answering(400, `{"errors":[{"reason":"still bad"}]}`)
	api := &fakeAPI{script: []http.HandlerFunc{first, refuse, refuse}}
	receipt, err := Reduced(Bisected(newTestClientOver(t, handled{api}, nil), nil), nil).
		Send(t.Context(), identifies(`{"a":1}`, `{"a":1}`, `{"a":1}`))
	want := Receipt{Rejections: []Rejection{{Ref: 100, Reason: "still bad"}}}
	if diff := differ(want, receipt); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if diff := cmp.Diff([]string{"p2"}, api.accepted); diff != "" {
		t.Error(diff)
	}
}

// An API that refuses a batch as a whole when all of it is bad does not end the run over attributes that can
// be left out.
func TestReductionsAreNoSystemicRefusals(t *testing.T) {
	var long strings.Builder
	long.WriteString(`{"keep":1`)
	for i := range maxRefusedInARow + 5 {
		fmt.Fprintf(&long, `,"a%02d":"bad"`, i)
	}
	api := &fakeAPI{whole: true, judge: func(op map[string]any) *Fault {
		attributes, _ := op["attributes"].(map[string]any)
		for name, value := range attributes {
			if value == "bad" {
				return &Fault{Reason: "invalid", Field: "attributes." + name}
			}
		}
		return nil
	}}
	var bad []string
	for range maxRefusedInARow + 5 {
		bad = append(bad, `{"a":"bad"}`)
	}
	sender := Reduced(Bisected(newTestClientOver(t, handled{api}, nil), nil), nil)
	for _, b := range []*Batch{identifies(bad...), identifies(long.String() + "}")} {
		receipt, err := sender.Send(t.Context(), b)
		if err != nil || len(receipt.Rejections) > 0 {
			t.Errorf("%d rejected, %v", len(receipt.Rejections), err)
		}
	}
	if want := len(bad) + 1; len(api.accepted) != want {
		t.Errorf("%d accepted, want %d", len(api.accepted), want)
	}
}

func TestAnErrorBeforeAnythingIsDecidedPassesThrough(t *testing.T) {
	receipt, err := Reduced(newTestClient(t, answering(503, "")), nil).Send(t.Context(), identifies(`{}`, `{}`))
	var api *APIError
	if !errors.As(err, &api) || len(receipt.Unsent) != 2 {
		t.Errorf("%v, %v", receipt, err)
	}
}

func TestWithoutAttributes(t *testing.T) {
	for _, c := range []struct {
		attributes string
		names      []string
		want       string // "" when none of the names is there
	}{
		{`{"a":1}`, []string{"a"}, `{}`},
		{`{"a":1,"b":2,"c":3}`, []string{"b"}, `{"a":1,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, []string{"a", "c"}, `{"b":2}`},
		{`{"a":1,"b":2,"a":3}`, []string{"a"}, `{"b":2}`},
		{`{ "a" : [1, {"b":"}"}] , "b":"\"]}" }`, []string{"a"}, `{"b":"\"]}"}`},
		{`{ "a" : [1, {"b":"}"}] , "b":"\"]}" }`, []string{"b"}, `{"a":[1, {"b":"}"}]}`},
		{`{"a.b":1,"a":{"b":2}}`, []string{"a.b"}, `{"a":{"b":2}}`},
		{`{"a":{"b":2,"c":[3]}}`, []string{"a.b"}, `{"a":{"c":[3]}}`},
		{`{"a":{"b.c":{"d":1},"e":2}}`, []string{"a.b.c.d"}, `{"a":{"b.c":{},"e":2}}`},
		{`{"a":{"x":1},"a.b":{"c":2}}`, []string{"a.b.c"}, `{"a":{"x":1},"a.b":{}}`},
		{`{"\u0061\"\\\/":1,"b":2}`, []string{`a"\/`}, `{"b":2}`},
		{`{"a\\u0062":1,"ab":2}`, []string{"ab"}, `{"a\\u0062":1}`},
		{`{"naïve 🎉":1,"\ud83c\udf89":2}`, []string{"🎉"}, `{"naïve 🎉":1}`},
		{`{"":1,"b":2}`, []string{""}, `{"b":2}`},
		{`{"a":1e999,"b":12345678901234567890.10}`, []string{"a"}, `{"b":12345678901234567890.10}`},
		{`{"a":1}`, []string{"b"}, ""},
		{`{"a":1}`, []string{"b", "a", "c"}, `{}`},
		{`{"a":1}`, []string{"a.b"}, ""},
		{`{"a":[{"b":1}]}`, []string{"a.0.b"}, ""},
		{`[]`, []string{"a"}, ""},
		{`"attributes"`, []string{"a"}, ""},
	} {
		before := `{"type":"person","name":"attributes",`
		got, removed := withoutAttributes([]byte(before+`"attributes":`+c.attributes+`,"id":"x"}`), c.names)
		want := before + `"attributes":` + c.want + `,"id":"x"}`
		if c.want == "" {
			want = ""
		}
		if string(got) != want || (removed > 0) != (c.want != "") {
			t.Errorf("%s without %q: %s, %d removed", c.attributes, c.names, got, removed)
		}
	}
	if _, removed := withoutAttributes([]byte(`{"type":"person"}`), []string{"a"}); removed > 0 {
		t.Error("removed from no attributes")
	}
}

// decoded keeps numbers as they are written.
func decoded(t *testing.T, text []byte) (value map[string]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func FuzzWithoutAttributes(f *testing.F) {
	f.Add(`{"a":1,"b":[{"c":"}"}]}`, "a")
	f.Add(`{"\u0061.b":{"c":1},"d":null}`, "a.b")
	f.Add(`{"a":{"b":"\\\""}}`, "a.b")
	f.Add(`{"a":"`, "a")
	f.Add("{\"\xff\":1}", "\uFFFD")
	f.Fuzz(func(t *testing.T, attributes, name string) {
		operation := []byte(`{"action":"identify","attributes":` + attributes + `}`)
		got, removed := withoutAttributes(operation, []string{name})
		ok := removed > 0
		if !json.Valid(operation) {
			return // that it did not panic is enough
		}
		if ok && !json.Valid(got) {
			t.Fatalf("%s without %q: %s", operation, name, got)
		}
		whole := decoded(t, operation)
		if len(whole) != 2 {
			return // the attributes close their object and open another
		}
		inner, isObject := whole["attributes"].(map[string]any)
		_, there := inner[name]
		if there && strings.ToValidUTF8(attributes, "") == attributes && !ok {
			t.Fatalf("%s: %q was not found", operation, name)
		}
		if ok && !isObject {
			t.Fatalf("%s: removed from no object: %s", operation, got)
		}
		if ok && there {
			delete(inner, name)
			if diff := cmp.Diff(whole, decoded(t, got)); diff != "" {
				t.Fatalf("%s without %q: %s", operation, name, diff)
			}
		}
	})
}
