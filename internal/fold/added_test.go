package fold

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// always says that rows may add any key.
func always(string) bool { return true }

// saying makes a row from words such as "snapshot:{...}".
func saying(at int, words ...string) Row {
	row := rowAt(int64(at), uint64(at))
	for _, word := range words {
		what, object, _ := strings.Cut(word, ":")
		text := []byte(object)
		switch what {
		case "set":
			row.Set = text
		case "once":
			row.SetOnce = text
		case "unset":
			row.Unset = text
		case "added":
			row.Added = text
		case "addedonce":
			row.AddedOnce = text
		case "snapshot":
			row.Snapshot, row.Members = text, rawjson.WalkMembers(nil, text)
			row.Hash()
		}
	}
	return row
}

// foldedOnDisk is finalOf with a state that goes to disk after each row.
func foldedOnDisk(t testing.TB, rows []Row) string {
	t.Helper()
	keys := NewKeys(KeyOptions{Added: always})
	store := NewStore(keys, spool.NewSpace(".", math.MaxInt64).NewLog(), math.MaxInt)
	for i := range rows {
		store.Learn(0, 0, &rows[i])
		store.Forget(nameOf)
	}
	all := map[string]string{}
	err := store.Each(1, findOwner, func(_ uint32, st *State, w *Scratch) {
		w.Prune(st, keys)
		for text := w.finish(st, finishing{}, nil, keys); len(text) > 0; {
			var p Property
			p, text = ReadProperty(text)
			all[keys.KeyName(p.Code, p.Inline)] = string(p.Value)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return asText(all)
}

// remembered returns the attributes by History, which tells who set them.
func remembered(rows []Row) string {
	h, all := NewHistory(NewKeys(KeyOptions{Added: always})), map[string]string{}
	for i := range rows {
		h.Learn(0, &rows[i])
	}
	for _, one := range h.Attributes() {
		if string(one.Value) != null {
			all[one.Name] = string(one.Value)
		}
	}
	return asText(all)
}

// TestSnapshotsDoNotHideWhatIsAdded: a snapshot knows nothing of what rows add besides their own changes.
func TestSnapshotsDoNotHideWhatIsAdded(t *testing.T) {
	for _, test := range []struct {
		name string
		rows []Row
		want string
	}{
		{"a newer snapshot", []Row{saying(1, `added:{"a":1}`), saying(2, `snapshot:{"b":2}`), saying(3, `snapshot:{"b":3}`)}, `{"a":1,"b":3}`},
		{"one that has the key", []Row{saying(1, `added:{"a":1}`), saying(2, `snapshot:{"a":2}`)}, `{"a":1}`},
		{"on a row with a snapshot", []Row{saying(1, `added:{"a":1}`, `snapshot:{"a":2,"b":2}`), saying(2, `snapshot:{"a":2}`)}, `{"a":1}`},
		{"the same snapshot again", []Row{saying(1, `snapshot:{"b":2}`), saying(2, `snapshot:{"b":2}`, `added:{"a":1}`), saying(3, `snapshot:{"b":2}`)}, `{"a":1,"b":2}`},
		{"over the row's own change", []Row{saying(1, `set:{"a":2,"b":2}`, `added:{"a":1}`)}, `{"a":1,"b":2}`},
		{"a later own change", []Row{saying(1, `added:{"a":1}`), saying(2, `set:{"a":2}`)}, `{"a":2}`},
		{"a later own change after a snapshot", []Row{saying(1, `added:{"a":1}`), saying(2, `snapshot:{"b":2}`), saying(3, `set:{"a":2}`)}, `{"a":2,"b":2}`},
		{"a later removal", []Row{saying(1, `added:{"a":1}`), saying(2, `snapshot:{"b":2}`), saying(3, `unset:["a"]`)}, `{"b":2}`},
		{"a later own change with a snapshot", []Row{saying(1, `added:{"a":1}`), saying(2, `set:{"a":2}`, `snapshot:{"a":2}`)}, `{"a":2}`},
		{"a later own change before a snapshot", []Row{saying(1, `added:{"a":1}`), saying(2, `set:{"a":2}`), saying(3, `snapshot:{"a":3}`)}, `{"a":3}`},
		{"a later removal with a snapshot", []Row{saying(1, `added:{"a":1}`), saying(2, `unset:["a"]`, `snapshot:{"b":2}`)}, `{"b":2}`},
		{"once, and a later removal", []Row{saying(1, `addedonce:{"a":1}`), saying(2, `unset:["a"]`), saying(3, `snapshot:{"b":2}`)}, `{"b":2}`},
		{"an own change before", []Row{saying(1, `set:{"a":2}`, `snapshot:{"a":2}`), saying(2, `added:{"a":1}`), saying(3, `snapshot:{"a":2}`)}, `{"a":1}`},
		{"over the row's own change, and a snapshot", []Row{saying(1, `set:{"a":2}`, `added:{"a":1}`, `snapshot:{"a":2}`), saying(2, `snapshot:{"a":2}`)}, `{"a":1}`},
		{"after a later own change", []Row{saying(1, `added:{"a":1}`), saying(2, `set:{"a":2}`, `snapshot:{"a":2}`), saying(3, `added:{"a":3}`), saying(4, `snapshot:{"a":2}`)}, `{"a":3}`},
		{"the last of two", []Row{saying(1, `added:{"a":1}`), saying(2, `snapshot:{"b":2}`), saying(3, `added:{"a":2}`)}, `{"a":2,"b":2}`},
		{"the last of one object", []Row{saying(1, `added:{"a":1,"a":3}`), saying(2, `snapshot:{"b":2}`)}, `{"a":3,"b":2}`},
		{"the first once", []Row{saying(1, `addedonce:{"a":1}`), saying(2, `snapshot:{"b":2}`), saying(3, `addedonce:{"a":2}`), saying(4, `addedonce:{"a":3}`)}, `{"a":1,"b":2}`},
		{"once, and a snapshot that has the key", []Row{saying(1, `addedonce:{"a":1}`), saying(2, `snapshot:{"a":2}`)}, `{"a":2}`},
		{"once, and a snapshot with null", []Row{saying(1, `addedonce:{"a":1}`), saying(2, `snapshot:{"a":null}`)}, `{"a":1}`},
		{"both", []Row{saying(1, `addedonce:{"a":1}`), saying(2, `added:{"a":2}`), saying(3, `snapshot:{}`)}, `{"a":2}`},
	} {
		for range 6 {
			if got, _ := finalOf(t, test.rows); got != test.want {
				t.Errorf("%s: %s, not %s", test.name, got, test.want)
			}
			if got := foldedOnDisk(t, test.rows); got != test.want {
				t.Errorf("%s, on disk: %s, not %s", test.name, got, test.want)
			}
			if got := remembered(test.rows); got != test.want {
				t.Errorf("%s, by the history: %s, not %s", test.name, got, test.want)
			}
			permute(test.rows)
		}
	}
}

// permute brings rows into the next of a few orders.
func permute(rows []Row) {
	for i := range rows {
		j := (i*2 + 1) % len(rows)
		rows[i], rows[j] = rows[j], rows[i]
	}
}

// TestTheOrderOfReadingDoesNotMatterForWhatIsAdded folds random rows in two orders, in memory and on disk.
func TestTheOrderOfReadingDoesNotMatterForWhatIsAdded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows []Row
		for i := range rapid.IntRange(1, 9).Draw(rt, "rows") {
			var words []string
			for _, what := range []string{"set", "once", "unset", "added", "addedonce", "snapshot"} {
				if rapid.IntRange(0, 2).Draw(rt, what) == 0 {
					words = append(words, fmt.Sprintf(`%s:{"%s":%d}`, what, rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key"), i))
				}
			}
			rows = append(rows, saying(i+1, words...))
		}
		want, _ := finalOf(t, rows)
		other := rapid.Permutation(rows).Draw(rt, "order")
		got, _ := finalOf(t, other)
		if disk, history := foldedOnDisk(t, other), remembered(other); got != want || disk != want || history != want {
			rt.Fatalf("%s, in another order %s, on disk %s, by the history %s", want, got, disk, history)
		}
	})
}

// TestWhatIsAddedWhenPersonsMerge: a snapshot of the merged person hides nothing of what both had.
func TestWhatIsAddedWhenPersonsMerge(t *testing.T) {
	h := NewHistory(NewKeys(KeyOptions{Added: always}))
	for id, rows := range [][]Row{
		{saying(1, `added:{"a":1,"b":1}`), saying(2, `snapshot:{"c":1,"b":2}`)},
		{saying(3, `addedonce:{"d":2}`), saying(6, `snapshot:{"c":2,"e":1}`)},
	} {
		for i := range rows {
			h.Learn(uint32(id), &rows[i])
		}
	}
	for _, at := range []int64{5, 8} {
		h.joinings = []Joining{{Target: 0, Source: 1, At: placeAt(at), Kind: OfLink}}
		all := map[string]string{}
		for _, one := range h.Attributes() {
			all[one.Name] = string(one.Value)
		}
		want := map[int64]string{5: `{"a":1,"b":1,"c":2,"d":2,"e":1}`, 8: `{"a":1,"b":1,"c":1,"d":2,"e":1}`}[at]
		if got := asText(all); got != want {
			t.Errorf("merged at %d: %s, not %s", at, got, want)
		}
	}
}

// TestWhatIsOvertakenWhenPersonsMerge: what a row has added before an own change of the key stays overtaken.
func TestWhatIsOvertakenWhenPersonsMerge(t *testing.T) {
	h := NewHistory(NewKeys(KeyOptions{Added: always}))
	for id, rows := range [][]Row{
		{saying(1, `added:{"a":1,"b":1}`), saying(2, `set:{"a":2}`, `snapshot:{"a":2}`)},
		{saying(3, `added:{"d":1}`), saying(4, `unset:["d"]`), saying(6, `snapshot:{"c":2}`)},
	} {
		for i := range rows {
			h.Learn(uint32(id), &rows[i])
		}
	}
	for _, at := range []int64{5, 8} {
		h.joinings = []Joining{{Target: 0, Source: 1, At: placeAt(at), Kind: OfLink}}
		all := map[string]string{}
		for _, one := range h.Attributes() {
			all[one.Name] = string(one.Value)
		}
		want := map[int64]string{5: `{"b":1,"c":2}`, 8: `{"a":2,"b":1,"c":2}`}[at]
		if got := asText(all); got != want {
			t.Errorf("merged at %d: %s, not %s", at, got, want)
		}
	}
}
