package people

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"ph2cio/internal/testkit/rulebook"
)

// TestRepeatedLinks says a few links many times, so that most rows are let go, with another choice of merges
// each time: the people, the counts and the merges must be those of the rules.
func TestRepeatedLinks(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		h, random := rulebook.History{}, rand.New(rand.NewPCG(seed, 9))
		ids := []string{"a@x.com", "b", "c", "d", "0195602e-7a11-7c3e-9d55-3f2b61c0aa01", "0195602f-0b22-7e10-8f00-1c2d3e4f5a03"}
		if random.IntN(2) == 0 {
			h.ExportedAt = 75
			for i, id := range ids[:2+random.IntN(3)] {
				h.Persons = append(h.Persons, rulebook.PersonRow{DistinctID: id, PersonID: fmt.Sprintf("0195602e-0000-7c3e-9d55-00000000000%d", i/2), Version: 1})
			}
		}
		for i := range 150 {
			r := rulebook.Row{
				Ref: uint64(i), Name: "$identify", DistinctID: ids[random.IntN(len(ids))], Timestamp: 1 + int64(random.IntN(150)),
				UUID: fmt.Sprintf("%08x-7a11-7c3e-9d55-3f2b61c0aa01", random.Uint32()),
			}
			r.AnonDistinctID = ids[random.IntN(len(ids))]
			switch random.IntN(30) {
			case 0, 1, 2:
				r.Name, r.Alias, r.AnonDistinctID = "$create_alias", r.AnonDistinctID, ""
			case 3:
				r.Name, r.Alias, r.AnonDistinctID = "$pageview", "", ""
			case 4:
				r.Name, r.AnonDistinctID, r.UserID = "$pageview", "", r.DistinctID
			}
			h.Rows = append(h.Rows, r)
		}
		want := rulebook.Resolve(h)
		asked := map[string]bool{}
		for _, l := range want.Links {
			if l.Row.Name == "$identify" && (l.Verdict == rulebook.Accepted || l.Verdict == rulebook.AlreadyOne) {
				asked[l.Target], asked[l.Source] = true, true
			}
		}
		var merges []string
		for id := range asked {
			if p := want.People[id]; p.Kept != id && slices.Contains(p.Anonymous, id) {
				kept := p.Kept
				merges = append(merges, id+" into "+kept)
			}
		}
		slices.Sort(merges)
		wantLinks := told(&want, h).Links
		for _, memory := range []int64{0, tiny} {
			x := indexOf(h, memory, 2*seed)
			settled, err := x.Decide(t.Context(), Choice{Merges: MergeIdentify})
			if err != nil {
				t.Fatal(err)
			}
			if got := tell(settled, h); !maps.Equal(got.Links, wantLinks) || !maps.Equal(got.Who, told(&want, h).Who) {
				t.Fatalf("seed %d, memory %d: links %v and people %v, want %v and %v", seed, memory, got.Links, got.Who, wantLinks, told(&want, h).Who)
			}
			var got []string
			for l := range settled.Merges() {
				got = append(got, l.Value+" into "+l.Person.DistinctID)
			}
			slices.Sort(got)
			if !slices.Equal(got, merges) {
				t.Fatalf("seed %d, memory %d: merges %v, want %v", seed, memory, got, merges)
			}
			x.Close()
		}
	}
}

// TestRepeatedLinksTakeNoMemory looks at what is kept of a link that is said a hundred thousand times.
func TestRepeatedLinksTakeNoMemory(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	defer x.Close()
	for i := range 100_000 {
		x.Observe(eventOf(rulebook.Row{
			Ref: uint64(i), Name: "$identify", DistinctID: fmt.Sprint("user_", i%10), AnonDistinctID: fmt.Sprint("visitor_", i%20),
			Timestamp: int64(i + 1), UUID: fmt.Sprintf("0195602e-7a11-7c3e-9d55-%012x", i),
		}), false)
	}
	kept := int64(0)
	for i := range x.shards {
		kept += x.shards[i].links.Len()
	}
	if most := int64(10 * x.fewLinks); kept > most {
		t.Errorf("%d links are kept, want %d at most", kept, most)
	}
}

// TestLinkThatComesTrue refuses a link first and finds it true later: its last row asks for a merge.
func TestLinkThatComesTrue(t *testing.T) {
	t.Parallel()
	row := func(at int64, name, id, other string) rulebook.Row {
		r := rulebook.Row{Ref: uint64(at), Timestamp: at, UUID: fmt.Sprintf("%08x-7a11-7c3e-9d55-3f2b61c0aa01", at), Name: name, DistinctID: id}
		if name == "$identify" {
			r.AnonDistinctID = other
		} else {
			r.Alias = other
		}
		return r
	}
	known := row(2, "$pageview", "k", "")
	known.IsIdentified = true
	h := rulebook.History{Rows: []rulebook.Row{
		row(1, "$identify", "b", "x"), known, row(3, "$create_alias", "k", visitor), row(4, "$identify", "b", visitor), row(5, "$merge_dangerously", "b", "k"),
	}}
	for more := range 3 {
		h := h
		for i := range more {
			h.Rows = append(slices.Clone(h.Rows), row(int64(10+i), "$identify", "b", visitor))
		}
		x := indexOf(h, 0, 2)
		defer x.Close()
		settled, err := x.Decide(t.Context(), Choice{Merges: MergeIdentify})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for l := range settled.Merges() {
			got = append(got, l.Value)
		}
		want := []string{"x"}
		if more > 0 {
			want = []string{visitor, "x"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("said %d times again: %q are merged, want %q", more, got, want)
		}
	}
}
