package fold

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// rowAt is a row of a time that changes nothing.
func rowAt(at int64, ref uint64) Row {
	return Row{At: ChangeOrder{Order: identity.Order{At: at}, Stamp: at, Ref: ref}}
}

// finalOf folds the rows of one ID and returns its final attributes without null, and PostHog's UUID of the
// person.
func finalOf(t *testing.T, rows []Row) (attributes string, uuid string) {
	t.Helper()
	keys := NewKeys(KeyOptions{Added: always})
	store, state := NewStore(keys, spool.NewSpace(".", math.MaxInt64).NewLog(), math.MaxInt), uint32(0)
	for i := range rows {
		if rows[i].Snapshot != nil {
			rows[i].Members = rawjson.WalkMembers(nil, rows[i].Snapshot)
			rows[i].Hash()
		}
		state = store.Learn(state, 0, &rows[i])
	}
	all := map[string]string{}
	err := store.Each(1, nil, func(_ uint32, st *State, w *Scratch) {
		if id, said := st.PersonUUID(); said {
			uuid = fmt.Sprintf("%x", id[:])
		}
		w.Prune(st, keys)
		for text := w.finish(st, finishing{keepNull: false}, nil, keys); len(text) > 0; {
			var p Property
			p, text = ReadProperty(text)
			all[keys.KeyName(p.Code, p.Inline)] = string(p.Value)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return asText(all), uuid
}

// TestAKeyThatIsNullIsThere has a snapshot in which a key is null, and a later row that both sets and removes
// the key. PostHog removes a key that is there, if only as null, and otherwise gives it the value.
func TestAKeyThatIsNullIsThere(t *testing.T) {
	for snapshot, want := range map[string]string{
		`{"a":null,"b":1}`: `{"b":1}`,
		`{"b":1}`:          `{"a":2,"b":1}`,
	} {
		before, after := rowAt(1, 1), rowAt(2, 2)
		before.Snapshot = []byte(snapshot)
		after.Set, after.Unset = []byte(`{"a":2}`), []byte(`["a"]`)
		for _, rows := range [][]Row{{before, after}, {after, before}} {
			if got, _ := finalOf(t, rows); got != want {
				t.Errorf("after %s the attributes are %s, want %s", snapshot, got, want)
			}
		}
	}
}

// TestTheFirstValueOfManyIsKept has more rows with $set_once than are kept of one key, the first of them
// null. Null is no value, so the first that is not null counts.
func TestTheFirstValueOfManyIsKept(t *testing.T) {
	var rows []Row
	for i := range int64(3 * MaxOnce) {
		one := rowAt(i, uint64(i))
		one.SetOnce = fmt.Appendf(nil, `{"a":%d}`, i)
		if i < 3 {
			one.SetOnce = []byte(`{"a":null}`)
		}
		rows = append(rows, one)
	}
	if got, _ := finalOf(t, rows); got != `{"a":3}` {
		t.Errorf("the attributes are %s, want the first value that is not null, 3", got)
	}
}

// TestTheUUIDOfTheNewestRowCounts has rows that say different UUIDs of one person, some at the same time.
// Among those the row that stands last in the input counts, whichever is read first.
func TestTheUUIDOfTheNewestRowCounts(t *testing.T) {
	said := func(at int64, ref uint64, last byte) Row {
		r := rowAt(at, ref)
		r.UUID = fmt.Appendf(nil, "00000000-0000-0000-0000-0000000000%02x", last)
		return r
	}
	rows := []Row{said(5, 1, 0x01), said(7, 2, 0x02), said(7, 3, 0x03), said(6, 4, 0x04)}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 1, 0, 3}, {1, 3, 2, 0}} {
		var read []Row
		for _, i := range order {
			read = append(read, rows[i])
		}
		if _, uuid := finalOf(t, slices.Clone(read)); uuid != "00000000000000000000000000000003" {
			t.Errorf("read in the order %v: the UUID is %s, want that of the third row", order, uuid)
		}
	}
}

// TestASnapshotThatComesAgainUndoesChanges has the same snapshot before and after a change.
func TestASnapshotThatComesAgainUndoesChanges(t *testing.T) {
	first, change, again := rowAt(1, 1), rowAt(2, 2), rowAt(3, 3)
	first.Snapshot, again.Snapshot = []byte(`{"a":1}`), []byte(`{"a":1}`)
	change.Set = []byte(`{"a":2}`)
	if got, _ := finalOf(t, []Row{first, change, again}); got != `{"a":1}` {
		t.Errorf("the attributes are %s, want those of the newest snapshot", got)
	}
	h := NewHistory(NewKeys(KeyOptions{}))
	for _, r := range []Row{first, change, again} {
		if r.Snapshot != nil {
			r.Members = rawjson.WalkMembers(nil, r.Snapshot)
			r.Hash()
		}
		h.Learn(0, &r)
	}
	if all := h.Attributes(); len(all) != 1 || string(all[0].Value) != "1" || all[0].Ref != 3 {
		t.Errorf("the history is %+v, want the value and the row of the newest snapshot", all)
	}
}

// TestARowThatIsThereTwiceCountsOnce has a row that gives a key to whoever has none, and removes it from
// whoever has one. Two rows with the same uuid are one row.
func TestARowThatIsThereTwiceCountsOnce(t *testing.T) {
	row := func(ref uint64, uuid byte) Row {
		r := rowAt(1, ref)
		r.At.UUID = [16]byte{uuid}
		r.Set, r.Unset = []byte(`{"a":2}`), []byte(`["a"]`)
		return r
	}
	if got, _ := finalOf(t, []Row{row(1, 7), row(2, 7)}); got != `{"a":2}` {
		t.Errorf("one row twice gives %s, want what it gives once", got)
	}
	if got, _ := finalOf(t, []Row{row(1, 7), row(2, 8)}); got != `{}` {
		t.Errorf("two rows give %s, want that the second removes what the first gives", got)
	}
}

// TestFactsOfTheNewestRowOfAllIDs has two IDs of one person. The ID with the older snapshot has the newest
// row that says PostHog's UUID of the person, and also the newest change, which is read before an older one.
func TestFactsOfTheNewestRowOfAllIDs(t *testing.T) {
	keys := NewKeys(KeyOptions{})
	space := spool.NewSpace(".", math.MaxInt64)
	store := NewStore(keys, space.NewLog(), math.MaxInt)
	uuid := func(last byte) []byte { return fmt.Appendf(nil, "00000000-0000-0000-0000-0000000000%02x", last) }
	var states [2]uint32
	learn := func(owner uint32, r Row) {
		if r.Snapshot != nil {
			r.Members = rawjson.WalkMembers(nil, r.Snapshot)
			r.Hash()
		}
		states[owner] = store.Learn(states[owner], owner, &r)
	}
	older, newer, said, last, earlier := rowAt(5, 1), rowAt(7, 2), rowAt(8, 3), rowAt(9, 4), rowAt(6, 5)
	older.Snapshot, newer.Snapshot, newer.UUID, said.UUID = []byte(`{"a":1}`), []byte(`{"a":2}`), uuid(1), uuid(2)
	last.Set, earlier.Set = []byte(`{"b":1}`), []byte(`{"c":1}`)
	learn(0, older)
	learn(1, newer)
	learn(0, said)
	learn(0, last)
	learn(0, earlier)
	parts := NewParts(space, 1, nil)
	err := store.Each(2, nil, func(owner uint32, st *State, w *Scratch) { parts.Give(0, owner, st, w) })
	if err != nil {
		t.Fatal(err)
	}
	folded := 0
	for part := range parts.Len() {
		err := parts.Fold(part, keys, func(_ uint32, f Folded) {
			folded++
			if id, ok := f.PersonUUID(); !ok || id[15] != 2 {
				t.Errorf("the UUID is %x, %v, want that of the newest row", id, ok)
			}
			if f.Updated != 9 {
				t.Errorf("the newest row is of %d, want 9", f.Updated)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if folded != 1 {
		t.Errorf("%d entities, want 1", folded)
	}
}

// TestARowsOwnChangesOverItsSnapshot has rows with a snapshot and changes. PostHog takes most snapshots after
// the changes, but some before them.
func TestARowsOwnChangesOverItsSnapshot(t *testing.T) {
	for _, c := range []struct{ snapshot, setOnce, set, unset, want string }{
		{snapshot: `{"a":null}`, setOnce: `{"a":1}`, want: `{"a":1}`},
		{snapshot: `{"a":2}`, setOnce: `{"a":1}`, want: `{"a":2}`},
		{snapshot: `{"a":1}`, set: `{"a":2}`, want: `{"a":2}`},
		{snapshot: `{"a":1}`, setOnce: `{"b":1}`, set: `{"b":2}`, want: `{"a":1,"b":2}`},
		{snapshot: `{"a":1,"b":1}`, unset: `["b"]`, want: `{"a":1}`},
		{snapshot: `{"a":2}`, set: `{"a":2}`, unset: `["a"]`, want: `{"a":2}`}, // it was not removed
		{snapshot: `{"b":1}`, set: `{"a":2}`, unset: `["a"]`, want: `{"b":1}`}, // it was removed
	} {
		row := rowAt(1, 1)
		for text, field := range map[*string]*[]byte{&c.snapshot: &row.Snapshot, &c.setOnce: &row.SetOnce, &c.set: &row.Set, &c.unset: &row.Unset} {
			if *text != "" {
				*field = []byte(*text)
			}
		}
		if got, _ := finalOf(t, []Row{row}); got != c.want {
			t.Errorf("%+v: the attributes are %s", c, got)
		}
	}
}
