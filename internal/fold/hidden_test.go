package fold

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// TestRemovedProperties gives the rows of two runs to a store, and looks for the properties that the entity
// had in the first one and has no more.
func TestRemovedProperties(t *testing.T) {
	t.Parallel()
	set := func(text string) Row { return Row{Set: []byte(text)} }
	unset := func(text string) Row { return Row{Unset: []byte(text)} }
	both := Row{SetOnce: []byte(`{"a":1}`), Unset: []byte(`["a"]`)}
	snapshot := func(text string) Row {
		r := Row{Snapshot: []byte(text), Members: rawjson.WalkMembers(nil, []byte(text))}
		r.Hash()
		return r
	}
	for _, test := range []struct {
		name          string
		first, second []Row // in the order of their times
		want          string
	}{
		{"unset", []Row{set(`{"a":1,"b":2}`)}, []Row{unset(`["a"]`)}, "-a b=2"},
		{"set and unset in one row, twice", []Row{both}, []Row{both, set(`{"b":2}`)}, "-a b=2"},
		{"set again", []Row{set(`{"a":1}`)}, []Row{unset(`["a"]`), set(`{"a":2}`)}, "a=2"},
		{"set to null", []Row{set(`{"a":1}`)}, []Row{set(`{"a":null}`)}, "-a"},
		{"not in a newer snapshot", []Row{snapshot(`{"a":1,"b":2,"c":3}`)}, []Row{snapshot(`{"c":3,"b":2}`)}, "-a b=2 c=3"},
		{"null in a newer snapshot", []Row{snapshot(`{"a":1,"b":2}`)}, []Row{snapshot(`{"a":null,"b":2}`)}, "-a b=2"},
		{"always null", []Row{snapshot(`{"a":null,"b":2}`)}, []Row{snapshot(`{"a":null,"b":3}`)}, "b=3"},
		{"changed before a snapshot", []Row{set(`{"a":1}`)}, []Row{snapshot(`{"b":2}`)}, "-a b=2"},
		{"hidden twice", []Row{snapshot(`{"a":1}`)}, []Row{snapshot(`{"b":2}`), set(`{"c":3}`), snapshot(`{"d":4}`)}, "-a d=4"},
		{"hidden, then set", []Row{snapshot(`{"a":1}`)}, []Row{snapshot(`{"b":2}`), set(`{"a":3}`)}, "a=3 b=2"},
	} {
		for _, removed := range []bool{true, false} {
			t.Run(fmt.Sprint(test.name, " ", removed), func(t *testing.T) {
				t.Parallel()
				keys := NewKeys(KeyOptions{})
				space := spool.NewSpace(t.TempDir(), 1<<20)
				name := func(uint32) Name { return Name{1} }
				at := 0
				learn := func(rows []Row) *Store {
					store := NewStore(keys, space.NewLog(), 1<<20)
					number := uint32(0)
					for i := range rows {
						at++
						rows[i].At = ChangeOrder{Order: identity.Order{At: int64(at)}, Stamp: int64(at), Ref: uint64(at)}
						number = store.Learn(number, 0, &rows[i])
					}
					return &store
				}
				earlier := learn(slices.Clone(test.first))
				earlier.Spill(name)
				store := learn(slices.Clone(test.second))
				for piece, err := range earlier.All() {
					if err != nil {
						t.Fatal(err)
					}
					store.Add(piece, name)
				}
				var got []string
				find := func(Name) (uint32, bool) { return 0, true }
				err := store.Each(1, find, func(_ uint32, st *State, w *Scratch) {
					w.Prune(st, keys)
					for b := w.finish(st, finishing{removed: removed}, nil, keys); len(b) > 0; {
						var p Property
						p, b = ReadProperty(b)
						if name := keys.KeyName(p.Code, p.Inline); p.Removed() {
							got = append(got, "-"+name)
						} else {
							got = append(got, name+"="+string(p.Value))
						}
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				want := strings.Fields(test.want)
				if !removed {
					want = slices.DeleteFunc(want, func(one string) bool { return one[0] == '-' })
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
}
