package people

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// TestFusedPeople lists those under whom several logins with different emails share a person_id, the worst
// first. Logins that a link has joined are meant to be one, and so is one login with two emails.
func TestFusedPeople(t *testing.T) {
	t.Parallel()
	says := func(id, person, email string) posthog.Event {
		return posthog.Event{Name: b("Signed Up"), DistinctID: b(id), PersonID: b(person), Set: fmt.Appendf(nil, `{"email":%q}`, email)}
	}
	rows := rowsOf(
		says("emp-1", "p", "ada@host.example"), says("emp-2", "p", "bob@host.example"),
		says("eve", "q", "eve@host.example"), says("fay", "q", "fay@host.example"), says("gus", "q", "gus@host.example"),
		says("same-1", "r", "hal@host.example"), says("same-2", "r", "HAL@host.example"),
		says("changed", "s", "ian@host.example"), says("changed", "s", "jan@host.example"),
		says("kim@host.example", "t", "none"), says("liz@host.example", "t", "none"),
		says("old", "u", "mia@host.example"), says("new", "v", "nan@host.example"),
		posthog.Event{Name: b("$merge_dangerously"), DistinctID: b("new"), Alias: b("old"), PersonID: b("v")},
		says(visitor, "w", "oda@host.example"), says("oda", "w", "oda@other.example"),
	)
	for _, memory := range []int64{0, tiny} {
		worst, n := decided(Options{Memory: memory}, Choice{}, rows).SeveralLogins()
		want := []SeveralLogins{
			{"eve", []string{"eve", "fay", "gus"}, []string{"eve@host.example", "fay@host.example", "gus@host.example"}, 3, 3},
			{"emp-1", []string{"emp-1", "emp-2"}, []string{"ada@host.example", "bob@host.example"}, 2, 2},
			{"kim@host.example", []string{"kim@host.example", "liz@host.example"}, []string{"kim@host.example", "liz@host.example"}, 2, 2},
		}
		if diff := cmp.Diff(want, worst); diff != "" || n != len(want) {
			t.Errorf("%d people, fused (-want +got):\n%s", n, diff)
		}
	}
}

// TestFusedByThePersonsExport has two logins of one person of the persons export.
func TestFusedByThePersonsExport(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{Persons: true})
	defer x.Close()
	for _, id := range []string{"emp-1", "emp-2"} {
		x.LearnPerson(&posthog.PersonRow{DistinctIDs: [][]byte{b(id)}, PersonID: rawjson.UUID{1}, HasPersonID: true})
		x.Observe(&posthog.Event{Name: b("Signed Up"), DistinctID: b(id), Set: fmt.Appendf(nil, `{"email":"%s@host.example"}`, id)}, true)
	}
	if worst, n := decide(x, Choice{}).SeveralLogins(); n != 1 || worst[0].LoginCount != 2 {
		t.Errorf("fused: %v, want one with two logins", worst)
	}
}
