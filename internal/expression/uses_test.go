package expression

import (
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestUses(t *testing.T) {
	for _, test := range []struct {
		text string
		want Uses
	}{
		{`1`, Uses{}},
		{`properties.b ?? event.properties.a.x ?? properties["b"]`, Uses{Properties: []string{"a", "b"}}},
		{`properties`, Uses{AllProperties: true}},
		{`event.properties[event.event]`, Uses{AllProperties: true, Fields: []string{"event"}}},
		{`"plan" in properties`, Uses{AllProperties: true}},
		{`event.uuid + text(event.timestamp)`, Uses{Fields: []string{"timestamp", "uuid"}}},
		{`event.raw_distinct_id`, Uses{Fields: []string{"raw_distinct_id"}}},
		{`event.distinct_id`, Uses{Fields: []string{"distinct_id"}, Person: true}},
		{`person.distinct_id`, Uses{Person: true}},
		{`person.id`, Uses{Person: true, PersonID: true}},
		{`any(person.properties.tags, # == properties.tag)`, Uses{Person: true, PersonProperties: []string{"tags"}, Properties: []string{"tag"}}},
		{`person.properties`, Uses{Person: true, AllPersonProperties: true}},
		{`length(person.properties) > 1`, Uses{Person: true, AllPersonProperties: true}},
		{`let p = properties; p.a`, Uses{AllProperties: true}},
	} {
		if got := compile(t, test.text).Uses(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s uses %+v, want %+v", test.text, got, test.want)
		}
	}
}

// TestOnlyWhatIsNamedIsAskedFor: an expression that comes to no value of the person asks for none.
func TestOnlyWhatIsNamedIsAskedFor(t *testing.T) {
	e := NewEvaluator(nil)
	for text, want := range map[string]int{
		`event.event == "x" and person.properties.plan == "pro"`: 0,
		`properties.plan ?? person.properties.plan`:              0,
		`person.properties.plan`:                                 1,
		`properties.missing ?? person.id`:                        1,
	} {
		asked := 0
		row := rowOf(order)
		row.Person = somebody{properties: `{"plan":"pro"}`, asked: &asked}
		shown(e, compile(t, text), row)
		if asked != want {
			t.Errorf("%s asks the person %d times, want %d", text, asked, want)
		}
	}
}

func TestPersonScope(t *testing.T) {
	p, err := Compile(`person.properties.plan == "pro" and person.id != nil`, PersonScope)
	if err != nil {
		t.Fatal(err)
	}
	e := NewEvaluator(nil)
	row := rowOf("")
	if ok, err := e.Bool(p, &Row{Person: row.Person}); !ok || err != nil {
		t.Error(ok, err)
	}
	if ok, err := e.Bool(p, &Row{}); ok || err != nil {
		t.Error("without a person:", ok, err)
	}
	for text, want := range map[string]string{
		`event.event`:          `line 1, column 7: there is no event here, only a person (person.properties.NAME, person.id and person.distinct_id can be used)`,
		`1 + properties.plan`:  `line 1, column 16: there is no event here, only a person (person.properties.NAME, person.id and person.distinct_id can be used)`,
		`event.properties.a.b`: `line 1, column 18: there is no event here, only a person (person.properties.NAME, person.id and person.distinct_id can be used)`,
		`properties`:           `line 1, column 1: there is no event here, only a person (person.properties.NAME, person.id and person.distinct_id can be used)`,
		`plan`:                 `line 1, column 1: plan is not a name that is known here (did you mean person.properties.plan?)`,
	} {
		_, err := Compile(text, PersonScope)
		checkError(t, text, err, want)
	}
}

func TestConditions(t *testing.T) {
	e := NewEvaluator(nil)
	for text, want := range map[string]bool{
		`properties.ok`: true, `properties.no`: false, `properties.missing`: false, `nil`: false, `properties.count > 2`: true, `properties.missing ?? true`: true,
	} {
		p, err := CompileCondition(text, EventScope)
		if err != nil {
			t.Fatal(text, err)
		}
		if got, err := e.Bool(p, rowOf(order)); got != want || err != nil {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
	}
	_, err := CompileCondition(` properties.count * 2`, EventScope)
	checkError(t, "a number", err, `line 1, column 19: a condition is a boolean, but the result of * is a number (compare it, as in properties.count > 0)`)
	p, err := CompileCondition(`properties.plan`, EventScope)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Bool(p, rowOf(order))
	checkError(t, "a text", err, `line 1, column 12: a condition is a boolean, but properties.plan is a text (compare it, as in properties.plan == "pro", or use bool(...))`)
}

// TestRowsWithoutValues: a row of which nothing is filled in has nil everywhere, also for an Evaluator of
// which nothing is.
func TestRowsWithoutValues(t *testing.T) {
	var e Evaluator
	for _, text := range []string{
		`properties`, `properties.a`, `person.properties`, `person.properties.a`, `person.id`, `person.distinct_id`, `event.uuid`, `event.timestamp`,
		`event.elements_chain`, `event.distinct_id`, `event.raw_distinct_id`, `unix("2026-03-04")`,
	} {
		if got := shown(&e, compile(t, text), &Row{}); got != "nil" {
			t.Errorf("%s gives %s", text, got)
		}
	}
}

// TestFunctions runs the examples that help shows.
func TestFunctions(t *testing.T) {
	all := Functions()
	seen := map[string]bool{}
	e := NewEvaluator(parseDate)
	for _, f := range all {
		if f.Does == "" || seen[f.Name()] || !strings.Contains(f.Example, f.Name()+"(") {
			t.Errorf("%s is listed twice, says nothing or has no example", f.Usage)
		}
		seen[f.Name()] = true
		if got := shown(e, compile(t, f.Example), &Row{}); got != f.Gives {
			t.Errorf("%s gives %s, want %s", f.Example, got, f.Gives)
		}
	}
	if len(all) != len(functions)+len(loops)+1 {
		t.Errorf("%d functions are listed", len(all))
	}
}

// TestNamesAreListed compiles each name that help lists.
func TestNamesAreListed(t *testing.T) {
	for _, name := range Names() {
		if name.Is == "" {
			t.Errorf("%s says nothing", name.Name)
		}
		compile(t, name.Name)
	}
}

// TestManyGoroutinesShareAProgram is for the race detector.
func TestManyGoroutinesShareAProgram(t *testing.T) {
	p := compile(t, `sort(map(properties.cart.items, upper(.sku)))[0] matches "A" and properties.plan in ["free", "pro"]`)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			e := NewEvaluator(parseDate)
			for range 100 {
				if got := shown(e, p, rowOf(order)); got != "true" {
					t.Error(got)
				}
			}
		})
	}
	group.Wait()
}
