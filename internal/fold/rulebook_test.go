package fold

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
	"ph2cio/internal/testkit/rulebook"
)

// TestAttributesAreThoseOfTheRules folds small histories of a few IDs that become one, and compares with what
// the rulebook says. Rows arrive in any order, and states may go to disk after each.
func TestAttributesAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		arrival := rapid.Permutation(rows).Draw(t, "arrival")
		for id, person := range rulebook.Resolve(rulebook.History{Rows: rows, All: true}).People {
			want := asText(person.Attributes)
			ids := linkedTo(id, rows)
			if got := foldedBy(t, ids, arrival, rapid.Bool().Draw(t, "on disk")); got != want {
				t.Fatalf("attributes of %v are\n%s, want\n%s", ids, got, want)
			}
			if got := rememberedBy(ids, arrival); got != want {
				t.Fatalf("the history of %v says\n%s, want\n%s", ids, got, want)
			}
		}
	})
}

var someIDs = []string{"user_1", "user_2", "user_3"}

// drawRows draws rows that change attributes, and links that nothing refuses, each at a time of its own.
func drawRows(t *rapid.T) (rows []rulebook.Row) {
	for i := range rapid.IntRange(1, 14).Draw(t, "rows") {
		one := rulebook.Row{
			Ref: uint64(i), Name: "$set", DistinctID: rapid.SampledFrom(someIDs).Draw(t, "id"),
			CreatedAt: int64(i+1) * 1e6, Timestamp: int64(i+1) * 1e6,
		}
		object := func(label string) string {
			return asText(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.SampledFrom([]string{"1", "2", `"x"`, "null"}), 1, 3).Draw(t, label))
		}
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			one.Name = "$merge_dangerously"
			one.Alias = rapid.SampledFrom(someIDs).Filter(func(id string) bool { return id != one.DistinctID }).Draw(t, "other")
		case 1:
			one.PersonProperties = object("snapshot")
		case 2:
			one.SetOnce = object("$set_once")
		case 3:
			one.Unset = []string{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "$unset")}
		case 4:
			one.Set, one.Unset = object("$set"), []string{"a"}
		default:
			one.Set = object("$set")
		}
		if one.Alias == "" && one.PersonProperties == "" && rapid.IntRange(0, 2).Draw(t, "snapshot too") == 0 {
			one.PersonProperties = object("snapshot after the changes")
		}
		rows = append(rows, one)
	}
	return rows
}

// linkedTo returns all IDs that links make one with an ID.
func linkedTo(id string, rows []rulebook.Row) []string {
	ids := []string{id}
	for range someIDs {
		for _, r := range rows {
			if r.Alias != "" && slices.Contains(ids, r.DistinctID) != slices.Contains(ids, r.Alias) {
				ids = append(ids, r.DistinctID, r.Alias)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// rowOf is a row as folding wants it.
func rowOf(r *rulebook.Row) Row {
	text := func(s string) []byte {
		if s == "" {
			return nil
		}
		return []byte(s)
	}
	row := Row{
		At:      ChangeOrder{Order: identity.Order{At: r.CreatedAt}, Stamp: r.Timestamp, Ref: r.Ref},
		SetOnce: text(r.SetOnce), Set: text(r.Set), Snapshot: text(r.PersonProperties),
	}
	if r.Unset != nil {
		row.Unset = fmt.Appendf(nil, `["%s"]`, strings.Join(r.Unset, `","`))
	}
	if row.Snapshot != nil {
		row.Members = rawjson.WalkMembers(nil, row.Snapshot)
		row.Hash()
	}
	return row
}

// numberOf is the number of an ID.
func numberOf(id string) uint32 { return uint32(slices.Index(someIDs, id)) }

// nameOf is what an ID goes by on disk.
func nameOf(number uint32) Name { return Name{byte(number)} }

// joiningsOf are the links of rows, in the order of their times.
func joiningsOf(rows []rulebook.Row) (all []Joining) {
	for _, r := range rows {
		if r.Alias != "" {
			row := rowOf(&r)
			all = append(all, Joining{Target: numberOf(r.DistinctID), Source: numberOf(r.Alias), At: row.At, Kind: OfLink})
		}
	}
	slices.SortFunc(all, func(a, b Joining) int { return a.At.CompareChange(&b.At) })
	return all
}

// foldedBy is what a store and parts make of the rows of an entity with these IDs.
func foldedBy(t *rapid.T, ids []string, rows []rulebook.Row, onDisk bool) string {
	space := spool.NewSpace(".", math.MaxInt64)
	keys := NewKeys(KeyOptions{})
	store := NewStore(keys, space.NewLog(), 1<<20)
	states := map[string]uint32{}
	for i := range rows {
		r := &rows[i]
		if !slices.Contains(ids, r.DistinctID) {
			continue
		}
		row := rowOf(r)
		states[r.DistinctID] = store.Learn(states[r.DistinctID], numberOf(r.DistinctID), &row)
		switch {
		case onDisk && i%3 == 0:
			store.Forget(nameOf)
			clear(states)
		case onDisk:
			store.Spill(nameOf)
		}
	}
	if onDisk {
		store.Spill(nameOf)
	}
	parts := NewParts(space, 1, nil)
	find := func(name Name) (uint32, bool) { return uint32(name[0]), true }
	err := store.Each(uint32(len(someIDs)), find, func(owner uint32, st *State, w *Scratch) { parts.Give(0, owner, st, w) })
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range joiningsOf(rows) {
		if slices.Contains(ids, someIDs[j.Target]) {
			parts.GiveJoining(0, j.Append(nil))
		}
	}
	attributes := map[string]string{}
	for part := range parts.Len() {
		err := parts.Fold(part, keys, func(entity uint32, f Folded) {
			final := parts.Final(entity, parts.Finish(entity, f, false, keys))
			text, err := parts.Read(new(spool.Reader), final)
			if err != nil {
				t.Fatal(err)
			}
			for len(text) > 0 {
				var p Property
				p, text = ReadProperty(text)
				attributes[keys.KeyName(p.Code, p.Inline)] = string(p.Value)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return asText(attributes)
}

// rememberedBy is what a history makes of them.
func rememberedBy(ids []string, rows []rulebook.Row) string {
	h := NewHistory(NewKeys(KeyOptions{}))
	for i := range rows {
		if slices.Contains(ids, rows[i].DistinctID) {
			row := rowOf(&rows[i])
			h.Learn(numberOf(rows[i].DistinctID), &row)
		}
	}
	for _, j := range joiningsOf(rows) {
		if slices.Contains(ids, someIDs[j.Target]) {
			h.Join(j)
		}
	}
	attributes := map[string]string{}
	for _, a := range h.Attributes() {
		if !bytes.Equal(a.Value, nullValue) {
			attributes[a.Name] = string(a.Value)
		}
	}
	return asText(attributes)
}

// asText writes attributes as a JSON object.
func asText(attributes map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		all = append(all, fmt.Sprintf(`"%s":%s`, key, attributes[key]))
	}
	return "{" + strings.Join(all, ",") + "}"
}
