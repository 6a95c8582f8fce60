package people

import (
	"fmt"
	"ph2cio/internal/fold"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// TestChangesOfOnePerson presses long histories of few keys into one person: many $set_once with an $unset or
// a snapshot between them, which may arrive before or after those they hide.
func TestChangesOfOnePerson(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"set", "once", "once", "once", "unset", "snapshot"}), 1, fold.MaxOnce).Draw(t, "kinds")
		var rows []row
		for i, kind := range kinds {
			r := row{Event: posthog.Event{Ref: uint64(i), Name: []byte("$set"), DistinctID: []byte("user_1")}}
			r.Timestamp = posthog.Time{Micros: rapid.Int64Range(0, 50).Draw(t, "time") * 1e6, State: posthog.Known}
			object := fmt.Appendf(nil, `{"%s":%d}`,
				rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), rapid.IntRange(1, 9).Draw(t, "value"))
			switch kind {
			case "set":
				r.Set = object
			case "once":
				r.SetOnce = object
			case "unset":
				r.Unset = object
			case "snapshot":
				r.PersonProperties = object
			}
			rows = append(rows, r)
		}
		x := observe(rows, Options{}, 1, rapid.Uint64().Draw(t, "arrival"))
		compareWithModel(t, decide(x, Choice{}), newModel(rows, Options{}, Choice{Who: Identified}))
	})
}

// TestKeyTwiceInOneObject wants the last to count, as everywhere in JSON.
func TestKeyTwiceInOneObject(t *testing.T) {
	t.Parallel()
	for _, e := range []posthog.Event{
		{PersonProperties: b(`{"a":1,"b":1,"a":2}`)},
		{Set: b(`{"a":1,"b":1,"a":2}`)},
		{SetOnce: b(`{"a":1,"b":1,"a":2}`)},
	} {
		e.Name, e.DistinctID = b("$set"), b("user_1")
		if got := attributesOf(t, e); got != `{"a":2,"b":1}` {
			t.Errorf("attributes are %s", got)
		}
	}
}

// TestOneRowSetsAndUnsets holds the order within a row: $set over $set_once, and $unset of what was there
// before alone.
func TestOneRowSetsAndUnsets(t *testing.T) {
	t.Parallel()
	got := attributesOf(t,
		posthog.Event{Name: b("$set"), DistinctID: b("user_1"), Set: b(`{"e":0,"f":null,"g":0}`)},
		posthog.Event{
			Name: b("$set"), DistinctID: b("user_1"),
			Set: b(`{"a":1,"b":1,"e":1}`), SetOnce: b(`{"b":2,"c":2,"d":2,"f":2}`), Unset: b(`["a","d",7,"e","f","g","h"]`),
		})
	if want := `{"a":1,"b":1,"c":2,"d":2}`; got != want {
		t.Errorf("attributes are %s, want %s", got, want)
	}
}

func TestNullHidesAnOlderValue(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("user_1", `{"a":1,"b":null,"c":1}`),
		posthog.Event{Name: b("$set"), DistinctID: b("user_1"), Set: b(`{"a":null}`), SetOnce: b(`{"b":2}`)},
	)
	for keepNull, want := range map[bool]string{false: `{"b":2,"c":1}`, true: `{"a":null,"b":2,"c":1}`} {
		s := decided(Options{KeepNull: keepNull}, Choice{}, rows)
		p, _ := s.Lookup(b("user_1"))
		if got := string(s.AppendAttributes(nil, p)); got != want {
			t.Errorf("keeping nulls %v: attributes are %s, want %s", keepNull, got, want)
		}
	}
}

// TestValuesKeepEveryDigit also wants keys in order, escaped again where they were.
func TestValuesKeepEveryDigit(t *testing.T) {
	t.Parallel()
	got := attributesOf(t, withAttributes("user_1",
		`{ "b" : 12345678901234567890, "\"\\\u0001é" : {"x": [1.50, 1e400]}, "a":"\u00e9" }`))
	if want := `{"\"\\\u0001é":{"x": [1.50, 1e400]},"a":"\u00e9","b":12345678901234567890}`; got != want {
		t.Errorf("attributes are %s, want %s", got, want)
	}
}

func attributesOf(t *testing.T, events ...posthog.Event) string {
	t.Helper()
	s := decided(Options{}, Choice{}, rowsOf(events...))
	p, status := s.Lookup(b("user_1"))
	if status != Sent {
		t.Fatalf("user_1 is %v", status)
	}
	return string(s.AppendAttributes(nil, p))
}

// TestUUIDOfTheNewestRow wants rows of one time told apart, and rows without a person left alone.
func TestUUIDOfTheNewestRow(t *testing.T) {
	t.Parallel()
	uuid := func(n int) []byte { return fmt.Appendf(nil, "b1b32417-b0ba-5954-a245-%012d", n) }
	rows := rowsOf(
		posthog.Event{PersonID: uuid(1)}, posthog.Event{PersonID: uuid(2)}, posthog.Event{PersonID: uuid(3)},
		posthog.Event{PersonID: b("no uuid")}, posthog.Event{}, posthog.Event{PersonID: uuid(4), Personless: true},
	)
	for i := range rows {
		rows[i].Name, rows[i].DistinctID = b("Opened"), b("user_1")
	}
	rows[1].CreatedAt.Micros = rows[2].CreatedAt.Micros
	for seed := range uint64(20) {
		p, _ := decide(observe(rows, Options{PersonIDs: true}, 1, seed), Choice{}).Lookup(b("user_1"))
		if *p.UUID != (rawjson.UUID{0xb1, 0xb3, 0x24, 0x17, 0xb0, 0xba, 0x59, 0x54, 0xa2, 0x45, 15: 3}) {
			t.Errorf("UUID is %x", p.UUID)
		}
	}
}

// TestMoreKeysThanTheTableHolds uses keys beyond maxKeys, which are written in full.
func TestMoreKeysThanTheTableHolds(t *testing.T) {
	t.Parallel()
	var rows []row
	for i := range fold.MaxKeys + 50 {
		key := fmt.Sprintf("key_%05d", i)
		rows = append(rows, rowsOf(
			posthog.Event{Name: b("$set"), DistinctID: b("user_1"), Set: fmt.Appendf(nil, `{"%s":%d}`, key, i)},
			posthog.Event{Name: b("$set"), DistinctID: b("user_1"), SetOnce: fmt.Appendf(nil, `{"%s":"once"}`, key)},
			posthog.Event{Name: b("$set"), DistinctID: b("user_1"), Unset: fmt.Appendf(nil, `["key_%05d"]`, i-i%7)},
		)...)
	}
	for i := range rows {
		rows[i].Ref, rows[i].CreatedAt.Micros = uint64(i), int64(i)
	}
	compareWithModel(t, decided(Options{}, Choice{}, rows), newModel(rows, Options{}, Choice{Who: Identified}))
}

// TestManyOnces passes maxOnce: the first still counts, and the newest after an $unset that comes at last.
func TestManyOnces(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	e := posthog.Event{Name: b("$set"), DistinctID: b("user_1"), CreatedAt: posthog.Time{State: posthog.Known}}
	for i := range 10 * fold.MaxOnce {
		e.Ref, e.CreatedAt.Micros = uint64(i), int64(i)
		e.SetOnce = fmt.Appendf(nil, `{"a":%d,"b":%d}`, i, i)
		x.Observe(&e, false)
	}
	e.SetOnce, e.Unset = nil, b(`["b"]`)
	e.CreatedAt.Micros -= 2
	x.Observe(&e, false)
	s := decide(x, Choice{})
	p, _ := s.Lookup(b("user_1"))
	if got, want := string(s.AppendAttributes(nil, p)), fmt.Sprintf(`{"a":0,"b":%d}`, 10*fold.MaxOnce-2); got != want {
		t.Errorf("attributes are %s, want %s", got, want)
	}
}

// TestNothingNewAllocatesNothing holds for the rows that come by the million.
func TestNothingNewAllocatesNothing(t *testing.T) {
	x := NewIndex(Options{Keep: keepCustom})
	for name, e := range map[string]*posthog.Event{
		"personless": {Name: b("$pageview"), DistinctID: b(visitor), DeviceID: b(visitor), Personless: true},
		"same snapshot": {Name: b("Opened"), DistinctID: b("user_1"), DeviceID: b(visitor), UserID: b("user_1"),
			PersonID: b("b1b32417-b0ba-5954-a245-e60d29e93178"), PersonProperties: snapshotOf(1)},
		"changes": {Name: b("Opened"), DistinctID: b("user_2"), Set: b(`{"a":1}`), Unset: b(`["b"]`)},
	} {
		withMembers(e).CreatedAt.State = posthog.Known
		observe := func() {
			e.Ref++
			e.CreatedAt.Micros++
			x.Observe(e, true)
		}
		for range 100 {
			observe()
		}
		if n := testing.AllocsPerRun(1000, observe); n != 0 {
			t.Errorf("%s: %v allocations a row", name, n)
		}
	}
	s := decide(x, Choice{})
	known, unknown := b("user_1"), b("nobody")
	if n := testing.AllocsPerRun(1000, func() { s.Lookup(known); s.Lookup(unknown) }); n != 0 {
		t.Errorf("%v allocations a lookup", n)
	}
}

// TestKeyThatLooksLikeAnEscape has a key whose plain text is what another key is when escaped.
func TestKeyThatLooksLikeAnEscape(t *testing.T) {
	t.Parallel()
	got := attributesOf(t,
		withAttributes("user_1", `{"x":1,"a\\u0061":2}`),
		withAttributes("user_1", `{"x":1,"a\u0061":3}`))
	if want := `{"aa":3,"x":1}`; got != want {
		t.Errorf("attributes are %s, want %s", got, want)
	}
}
