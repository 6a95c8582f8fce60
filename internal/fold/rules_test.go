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
	keys := NewKeys(KeyOptions{})
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
		for text := w.finish(st, false, keys); len(text) > 0; {
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

// TestTheFirstValueOfManyIsKept has more rows with $set_once than are kept of one key, the first of them null.
// Null is no value, so the first that is not null counts.
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

// TestTheUUIDOfTheNewestRowCounts has rows that say different UUIDs of one person, some at the same time. Among
// those the row that stands last in the input counts, whichever is read first.
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
