package people

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// TestPeopleWithoutUUIDAreOneEach joins the IDs of each row that names no person, and takes its properties.
func TestPeopleWithoutUUIDAreOneEach(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{Persons: true})
	defer x.Close()
	x.LearnPerson(&posthog.PersonRow{DistinctIDs: [][]byte{b("b"), b("a")}})
	x.SetExportWritten(1 << 60)
	x.LearnPerson(&posthog.PersonRow{DistinctIDs: [][]byte{b("c")}, HasProperties: true, Properties: b(`{"n":1}`), Members: foundMembers(b(`{"n":1}`))})
	for _, r := range rowsOf(withAttributes("a", "{}"), withAttributes("b", "{}"), withAttributes("c", "{}")) {
		x.Observe(&r.Event, r.sends)
	}
	s := decide(x, Choice{})
	var got []string
	for p := range s.People() {
		got = append(got, p.DistinctID+" "+string(s.AppendAttributes(nil, p)))
	}
	if diff := cmp.Diff([]string{"a {}", `c {"n":1}`}, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

// TestUnmappedIDHasNoPerson takes an ID away from its person by a row that names no person, whichever row
// comes first.
func TestUnmappedIDHasNoPerson(t *testing.T) {
	t.Parallel()
	person := rawjson.UUID{1}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}} {
		exported := []*posthog.PersonRow{
			{DistinctIDs: [][]byte{b("a")}, PersonID: person, HasPersonID: true, Version: 1},
			{DistinctIDs: [][]byte{b("b")}, PersonID: person, HasPersonID: true, Version: 1},
			{DistinctIDs: [][]byte{b("b")}, MappingDeleted: true, Version: 2},
		}
		x := NewIndex(Options{Persons: true})
		for _, i := range order {
			x.LearnPerson(exported[i])
		}
		for _, r := range rowsOf(withAttributes("a", "{}"), withAttributes("b", "{}")) {
			x.Observe(&r.Event, r.sends)
		}
		if n := decide(x, Choice{}).Count(0).Sent; n != 2 {
			t.Errorf("in the order %v: %d people, want 2", order, n)
		}
		x.Close()
	}
}

// TestPersonsThatBecomeOneHaveTheLastOnesAttributes joins three persons of the export by a younger person_id:
// the one with the largest UUID counts, run after run.
func TestPersonsThatBecomeOneHaveTheLastOnesAttributes(t *testing.T) {
	t.Parallel()
	for range 20 {
		x := NewIndex(Options{Persons: true})
		for i, id := range []string{"a", "b", "c"} {
			text := b(`{"from":"` + id + `"}`)
			x.LearnPerson(&posthog.PersonRow{
				DistinctIDs: [][]byte{b(id)}, PersonID: rawjson.UUID{1, 15: byte(i)}, HasPersonID: true, Version: 1,
				HasProperties: true, Properties: text, Members: foundMembers(text),
			})
		}
		x.SetExportWritten(1)
		for i, id := range []string{"a", "b", "c"} {
			x.Observe(&posthog.Event{
				Ref: uint64(i), Name: b("Order"), DistinctID: b(id), PersonID: b("01000000-0000-0000-0000-0000000000ff"),
				CreatedAt: posthog.Time{Micros: 2, State: posthog.Known},
			}, true)
		}
		s := decide(x, Choice{})
		if n := s.Count(0).Sent; n != 1 {
			t.Fatalf("%d people, want 1", n)
		}
		for p := range s.People() {
			if got := string(s.AppendAttributes(nil, p)); got != `{"from":"c"}` {
				t.Fatalf("%s has %s, want what the last person says", p.DistinctID, got)
			}
		}
		x.Close()
	}
}
