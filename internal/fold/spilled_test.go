package fold

import (
	"fmt"
	"math"
	"testing"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// TestTheUUIDOfTheNewestRowIsThatOnDiskToo spills the state after each row that has a UUID.
func TestTheUUIDOfTheNewestRowIsThatOnDiskToo(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		store := NewStore(NewKeys(KeyOptions{}), spool.NewSpace(".", math.MaxInt64).NewLog(), math.MaxInt)
		for _, i := range order {
			row := rowAt([]int64{4, 5, 5}[i], uint64(i))
			row.UUID = fmt.Appendf(nil, "00000000-0000-0000-0000-0000000000%02x", i)
			store.Learn(0, 0, &row)
			store.Forget(nameOf)
		}
		err := store.Each(1, findOwner, func(_ uint32, st *State, _ *Scratch) {
			if id, known := st.PersonUUID(); !known || id[15] != 2 {
				t.Errorf("read in the order %v: the UUID is %x, %t", order, id, known)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// findOwner returns the owner that nameOf names.
func findOwner(name Name) (uint32, bool) { return uint32(name[0]), name[0] < 4 }

// TestAStoreTakesThePiecesOfAnother moves the states of one store to another, which has some in memory. Those
// of the other count as learnt later, and an owner that is not wanted is left out.
func TestAStoreTakesThePiecesOfAnother(t *testing.T) {
	keys, space := NewKeys(KeyOptions{}), spool.NewSpace(".", math.MaxInt64)
	one, other := NewStore(keys, space.NewLog(), 10), NewStore(keys, space.NewLog(), math.MaxInt)
	learn := func(s *Store, owner uint32, at int64, set string) {
		row := rowAt(at, uint64(at))
		row.Set = []byte(set)
		s.Learn(0, owner, &row)
	}
	if one.Full() || one.Spilled() || one.Count() != 0 {
		t.Error("an empty store is full or has states")
	}
	learn(&one, 1, 1, `{"a":"one"}`)
	learn(&one, 2, 2, `{"b":"one"}`)
	learn(&one, 9, 2, `{"c":"one"}`)
	if !one.Full() || one.Spilled() || one.Count() != 3 {
		t.Errorf("full: %t, spilled: %t, %d states", one.Full(), one.Spilled(), one.Count())
	}
	learn(&other, 1, 3, `{"a":"other","d":1}`)
	one.Forget(nameOf)
	if one.Full() || !one.Spilled() || one.Count() != 0 {
		t.Errorf("forgotten, and full: %t, spilled: %t, %d states", one.Full(), one.Spilled(), one.Count())
	}
	pieces := 0
	for piece, err := range one.All() {
		if err != nil {
			t.Fatal(err)
		}
		pieces++
		other.Add(piece, nameOf)
	}
	if pieces != 3 {
		t.Errorf("%d pieces, want 3", pieces)
	}
	got := map[uint32]string{}
	err := other.Each(4, findOwner, func(owner uint32, st *State, w *Scratch) {
		w.Prune(st, keys)
		for text := w.finish(st, finishing{}, nil, keys); len(text) > 0; {
			var p Property
			p, text = ReadProperty(text)
			got[owner] += keys.KeyName(p.Code, p.Inline) + "=" + string(p.Value) + " "
		}
	})
	if err != nil || len(got) != 2 || got[1] != `a="other" d=1 ` || got[2] != `b="one" ` {
		t.Errorf("%v, got %v", err, got)
	}
}

// TestValueIsThatOfFinish asks for the value of single properties, with the place of the row that set it.
func TestValueIsThatOfFinish(t *testing.T) {
	keys := NewKeys(KeyOptions{Names: []string{"a", "b", "c", "d", "none"}})
	store := NewStore(keys, nil, math.MaxInt)
	snapshot, once, set := rowAt(1, 1), rowAt(2, 2), rowAt(3, 3)
	snapshot.Snapshot = []byte(`{"a":1,"b":null,"c":1}`)
	snapshot.Members = rawjson.WalkMembers(nil, snapshot.Snapshot)
	snapshot.Hash()
	once.SetOnce, once.Unset = []byte(`{"a":2,"b":2,"d":2}`), []byte(`["c"]`)
	set.Set = []byte(`{"d":3}`)
	state := uint32(0)
	for _, row := range []*Row{&snapshot, &set, &once} {
		state = store.Learn(state, 0, row)
	}
	st := store.state(state)
	new(Scratch).Prune(st, keys)
	for code, want := range []string{FirstKey: "1 of row 1", FirstKey + 1: "2 of row 2", FirstKey + 2: "", FirstKey + 3: "3 of row 3", FirstKey + 4: ""} {
		if code == 0 {
			continue
		}
		got := ""
		if value, at, ok := st.Value(uint32(code)); ok {
			got = fmt.Sprintf("%s of row %d", value, at.Ref)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", keys.KeyName(uint32(code), nil), got, want)
		}
	}
	if got := st.updated(); got != 3 {
		t.Errorf("updated at %d, want 3", got)
	}
}
