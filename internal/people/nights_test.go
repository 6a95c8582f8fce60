package people

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// nights are runs that tell each other what they have learnt.
type nights struct {
	options Options
	learnt  [][]byte
	sent    []SentPerson

	keepsAll bool // what a night has remembered is never replaced
}

// next learns rows after what the nights before have.
func (n *nights) next(t fataler, rows []row, c Choice, goroutines int, seed uint64) *Directory {
	t.Helper()
	return n.settle(t, observe(rows, n.options, goroutines, seed), c)
}

// settle decides about what an index has observed, after what the nights before have.
func (n *nights) settle(t fataler, x *Index, c Choice) *Directory {
	t.Helper()
	if err := x.Remember(context.Background()); err != nil {
		t.Fatalf("remember: %v", err)
	}
	for _, entry := range n.learnt {
		x.Restore(entry)
	}
	for i := range n.sent {
		x.RestoreSent(&n.sent[i])
	}
	n.options.Seed, n.options.KeyNames = x.Seed(), append(slices.Clip(n.options.KeyNames), x.NewKeys()...)
	s := decide(x, c)
	if s.ReplacesEarlier() {
		n.learnt = nil
	}
	for entry, err := range s.ForLater() {
		if err != nil {
			t.Fatalf("learnt: %v", err)
		}
		if n.keepsAll && entry[0] == beginEntry { // without it runs cannot be told apart
			continue
		}
		n.learnt = append(n.learnt, bytes.Clone(entry))
	}
	return s
}

// send notes that everybody was sent.
func (n *nights) send(s *Directory) {
	for p := range s.People() {
		email := ""
		for key, value := range s.Attributes(p) {
			if key == "email" && !p.withoutEmail {
				email = string(trimmed(value))
			}
		}
		n.sent = append(n.sent, SentPerson{
			DistinctID: p.DistinctID, By: p.By, Value: p.Value, State: [16]byte{byte(len(n.sent))}, Email: p.KnownEmail(EmailSum(email)),
		})
	}
}

// split cuts rows into nights, where cut says.
func split(t *rapid.T, rows []row, mayCut func(before, after *row) bool) [][]row {
	var all [][]row
	start := 0
	for i := range rows {
		if i > start && rapid.Bool().Draw(t, "a new night") && mayCut(&rows[i-1], &rows[i]) {
			all = append(all, rows[start:i])
			start = i
		}
	}
	return append(all, rows[start:])
}

func drawRows(t *rapid.T) (rows []row) {
	for range rapid.IntRange(2, 30).Draw(t, "rows") {
		rows = append(rows, rowGen(uint64(len(rows))).Draw(t, "row"))
	}
	return rows
}

func drawMemory(t *rapid.T) int64 {
	if rapid.Bool().Draw(t, "little memory") {
		return tiny
	}
	return 0
}

// answers are what is settled of each ID.
func answers(s *Directory) (all []string) {
	for _, id := range someIDs {
		p, status := s.Lookup([]byte(id))
		text := fmt.Sprint(id, " ", status)
		if p != nil {
			text += fmt.Sprint(" ", p.DistinctID, " ", p.By, " ", p.Value, " ", p.Updated, " ", p.Events, " ", string(s.AppendAttributes(nil, p)))
		}
		all = append(all, text)
	}
	return all
}

// TestNightsAreAsOneRun cuts an export into nights in the order of ingestion: in the end everything is as if
// all had been read at once. What a night cannot know is left out of the rows: a login, or a person_id, that
// speaks against a link before it, and a login with an ID that looks machine-made.
func TestNightsAreAsOneRun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		for i := range rows {
			rows[i].UserID, rows[i].PersonID, rows[i].IsIdentified = nil, nil, false
			if string(rows[i].Name) == "$identify" && posthog.MachineMade(rows[i].DistinctID) {
				rows[i].Name = []byte("$pageview")
			}
		}
		slices.SortFunc(rows, func(a, b row) int {
			x, y := orderOf(&a.Event, math.MaxInt64), orderOf(&b.Event, math.MaxInt64)
			return x.CompareChange(&y)
		})
		for i := range rows {
			rows[i].Ref = uint64(i)
		}
		c := choiceGen().Draw(t, "choice")
		o := Options{Memory: drawMemory(t), Everybody: true, Events: true, KeepNull: rapid.Bool().Draw(t, "keep null")}
		n := nights{options: o}
		var last *Directory
		later := func(a, b *row) bool { return modelTime(a) < modelTime(b) }
		for _, night := range split(t, rows, later) {
			last = n.next(t, night, c, 3, rapid.Uint64().Draw(t, "arrival"))
		}
		if diff := cmp.Diff(answers(decide(observe(rows, o, 1, 1), c)), answers(last)); diff != "" {
			t.Fatalf("one run -, nights +:\n%s", diff)
		}
	})
}

// TestPersonIDsOfAnyNights cuts rows without links into nights in any order: whoever shares a person_id is
// one person in the end, visitors too, as if all had been read at once.
func TestPersonIDsOfAnyNights(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		for i := range rows {
			r := &rows[i]
			r.UUID[14], r.HasUUID = byte(i+1), true
			r.Name = []byte(rapid.SampledFrom([]string{"$pageview", "Order Completed", "$exception", "$ai_trace"}).Draw(t, "name without a link"))
			r.Personless = rapid.Bool().Draw(t, "personless, often")
			r.PersonID = nil
			if rapid.IntRange(0, 4).Draw(t, "with person_id") > 0 {
				r.PersonID = fmt.Appendf(nil, "b1b32417-b0ba-5954-a245-%012d", rapid.IntRange(1, 4).Draw(t, "person_id"))
			}
		}
		o := Options{Memory: drawMemory(t)}
		n := nights{options: o}
		var last *Directory
		for _, night := range split(t, rows, func(_, _ *row) bool { return true }) {
			last = n.next(t, night, Choice{}, 2, rapid.Uint64().Draw(t, "arrival"))
		}
		once := decide(observe(rows, o, 1, 1), Choice{})
		for _, a := range someIDs {
			for _, b := range someIDs {
				if got, want := areTogether(last, a, b), areTogether(once, a, b); got != want {
					t.Fatalf("%s and %s are together: %v, in one run %v", a, b, got, want)
				}
			}
		}
	})
}

// TestWhomThePersonsExportJoinedStays has a visitor with the person_id of somebody in the persons export, who
// comes again when there is no persons export.
func TestWhomThePersonsExportJoinedStays(t *testing.T) {
	t.Parallel()
	const person = "0195602e-7a11-5c3e-9d55-000000000001"
	first := NewIndex(Options{Persons: true})
	defer first.Close()
	id, _ := rawjson.ParseUUID(b(person))
	first.LearnPerson(&posthog.PersonRow{DistinctIDs: [][]byte{b("user_1")}, PersonID: id, HasPersonID: true})
	first.Observe(&posthog.Event{Name: b("Opened"), DistinctID: b("user_1")}, true)
	first.Observe(&posthog.Event{Ref: 1, Name: b("Looked"), DistinctID: b(visitor), PersonID: b(person), Personless: true}, true)
	if err := first.Remember(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := decide(first, Choice{})
	if !areTogether(s, "user_1", visitor) {
		t.Fatal("the visitor is not the one in the persons export")
	}
	next := NewIndex(Options{Seed: first.Seed()})
	defer next.Close()
	next.Observe(&posthog.Event{Name: b("Looked"), DistinctID: b(visitor), Personless: true}, true)
	for entry, err := range s.ForLater() {
		if err != nil {
			t.Fatal(err)
		}
		next.Restore(entry)
	}
	if !areTogether(decide(next, Choice{}), "user_1", visitor) {
		t.Error("the visitor is nobody when the persons export comes no more")
	}
}

// areTogether reports whether two IDs are one person who is sent.
func areTogether(s *Directory, a, b string) bool {
	p, _ := s.Lookup([]byte(a))
	q, _ := s.Lookup([]byte(b))
	return p != nil && p == q
}

// TestAttributesOfAnyNights cuts an export into nights in any order: attributes are those of one run.
func TestAttributesOfAnyNights(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		for i := range rows { // rows that can only be told apart by their places have other places in each night
			rows[i].UUID[14], rows[i].HasUUID = byte(i+1), true
		}
		c := choiceGen().Draw(t, "choice")
		o := Options{Memory: drawMemory(t), Separate: true, Everybody: true, Events: true}
		n := nights{options: o}
		var last *Directory
		for _, night := range split(t, rows, func(_, _ *row) bool { return true }) {
			if rapid.Bool().Draw(t, "again") { // rows of the night before come again
				night = append(slices.Clone(night), rows[0])
			}
			last = n.next(t, night, c, 2, rapid.Uint64().Draw(t, "arrival"))
		}
		if diff := cmp.Diff(answers(decide(observe(rows, o, 1, 1), c)), answers(last)); diff != "" {
			t.Fatalf("one run -, nights +:\n%s", diff)
		}
	})
}

// TestTheLastStateCounts sends a person three times.
func TestTheLastStateCounts(t *testing.T) {
	t.Parallel()
	rows := rowsOf(posthog.Event{Name: b("Order Completed"), DistinctID: b("user_1")})
	n := nights{}
	for state := range byte(3) {
		s := n.next(t, rows, Choice{}, 1, 1)
		p, _ := s.Lookup([]byte("user_1"))
		if got, _, before := s.SentBefore(p); before != (state > 0) || before && got != [16]byte{state} {
			t.Errorf("night %d: sent before: %v, in state %v", state, before, got)
		}
		n.sent = append(n.sent, SentPerson{DistinctID: "user_1", Value: "user_1", State: [16]byte{state + 1}})
	}
}

// TestCondensedNightsAreAsAllNights has nights whose rows overlap, each twice: where a night may remember
// everything in place of the nights before, and where each night's entries are kept. Both know the same.
func TestCondensedNightsAreAsAllNights(t *testing.T) {
	t.Parallel()
	condensed := 0
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		for i := range rows { // a row that comes again in another night is the same row
			rows[i].UUID[14], rows[i].HasUUID = byte(i+1), true
		}
		o := Options{Memory: drawMemory(t), Everybody: true, Events: true, PersonIDs: rapid.Bool().Draw(t, "PostHog's person IDs")}
		c := choiceGen().Draw(t, "choice")
		some, all := nights{options: o}, nights{options: o, keepsAll: true}
		for range rapid.IntRange(2, 6).Draw(t, "nights") {
			from := rapid.IntRange(0, len(rows)-1).Draw(t, "from")
			night := rows[from:rapid.IntRange(from+1, len(rows)).Draw(t, "to")]
			arrival := rapid.Uint64().Draw(t, "arrival")
			got, want := some.next(t, night, c, 2, arrival), all.next(t, night, c, 2, arrival)
			if got.ReplacesEarlier() {
				condensed++
			}
			if diff := cmp.Diff(answers(want), answers(got)); diff != "" {
				t.Fatalf("all entries -, condensed +:\n%s", diff)
			}
			if diff := cmp.Diff(want.Count(0), got.Count(0)); diff != "" {
				t.Fatalf("counts: all entries -, condensed +:\n%s", diff)
			}
			if rapid.Bool().Draw(t, "sent") {
				some.send(got)
				all.send(want)
			}
		}
	})
	if condensed == 0 {
		t.Error("no night has remembered everything")
	}
}

// TestWhatIsKnownIsRememberedOnce reads the same rows thirty nights long, a few more each night: what is kept
// comes to less than twice what the last night alone would keep.
func TestWhatIsKnownIsRememberedOnce(t *testing.T) {
	t.Parallel()
	for _, memory := range []int64{0, tiny} {
		var rows []row
		n, size := nights{options: Options{Memory: memory}}, func(entries [][]byte) (sum int) {
			for _, entry := range entries {
				sum += len(entry)
			}
			return sum
		}
		for night := range 30 {
			for i := range 10 {
				id := fmt.Sprintf("user_%d_%d", night, i)
				more := rowsOf(
					posthog.Event{Name: b("$pageview"), DistinctID: b("visitor of " + id), PersonID: b(id), Personless: true},
					posthog.Event{Name: b("$identify"), DistinctID: b(id), AnonDistinctID: b("visitor of " + id), PersonID: b(id)},
					withAttributes(id, `{"plan":"pro","seats":12}`))
				for j := range more {
					more[j].Ref = uint64(len(rows))
					more[j].UUID, more[j].HasUUID = rawjson.UUID{byte(night), byte(i), byte(j), 1}, true
					rows = append(rows, more[j])
				}
			}
			n.next(t, rows, Choice{}, 2, 1)
		}
		alone := nights{options: Options{Memory: memory}}
		alone.next(t, rows, Choice{}, 2, 1)
		if got, most := size(n.learnt), 2*size(alone.learnt); got > most {
			t.Errorf("memory %d: 30 nights keep %d bytes, more than %d", memory, got, most)
		}
	}
}

// TestPersonUUIDsOfEarlierNights reads what a night has kept that wanted the UUIDs of persons, in one that does
// not want them, as after {person.id} is taken out of a template, and in one that wants them again.
func TestPersonUUIDsOfEarlierNights(t *testing.T) {
	t.Parallel()
	opened := func(ref uint64) []row {
		rows := rowsOf(posthog.Event{Name: b("Opened"), DistinctID: b("user_1"), PersonID: b("b1b32417-b0ba-5954-a245-000000000001")})
		rows[0].Ref = ref
		return rows
	}
	n := nights{}
	for night, wanted := range []bool{true, false, true} {
		n.options.PersonIDs = wanted
		s := n.next(t, opened(uint64(night)), Choice{}, 1, 1)
		if p, _ := s.Lookup(b("user_1")); p == nil || (p.UUID != nil) != wanted {
			t.Errorf("night %d: the person is %+v", night, p)
		}
		n.send(s)
	}
}
