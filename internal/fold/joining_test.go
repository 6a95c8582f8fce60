package fold

import (
	"fmt"
	"strings"
	"testing"

	"ph2cio/internal/identity"
)

// placeAt is a place in the order of changes.
func placeAt(at int64) ChangeOrder { return ChangeOrder{Order: identity.Order{At: at}, Stamp: at} }

// TestWhenIDsBecameOnePerson has the rows of three IDs, and reasons why they are one person. A later value
// replaces an earlier one of the same person. When two persons merge, the link's target keeps its values.
func TestWhenIDsBecameOnePerson(t *testing.T) {
	link := func(target, source uint32, at int64) Joining {
		return Joining{Target: target, Source: source, At: placeAt(at), Kind: OfLink}
	}
	in := func(set, id uint32) Joining { return Joining{Target: id, Source: set, Kind: OfSet} }
	exported := func(id uint32, at int64) Joining {
		return Joining{Target: id, Source: 70, At: placeAt(at), Kind: OfExport}
	}
	anytime := Joining{Target: 0, Source: 1, Kind: Anytime}
	for _, c := range []struct {
		name     string
		joinings []Joining
		want     string // a is 1 of ID 0, 2 of ID 1, which came later; b is of ID 1 and c of ID 2
	}{
		{"nothing says when", nil, "a=2 b=2 c=3"},
		{"a link", []Joining{link(0, 1, 20)}, "a=1 b=2 c=3"},
		{"a link in the other direction", []Joining{link(1, 0, 20)}, "a=2 b=2 c=3"},
		{"a link before the rows", []Joining{link(0, 1, 5)}, "a=2 b=2 c=3"},
		{"a set that links do not join completely", []Joining{in(50, 0), in(50, 1), in(50, 2), link(0, 1, 20)}, "a=2 b=2 c=3"},
		{"a set that a link joins", []Joining{in(50, 0), in(50, 1), link(0, 1, 20)}, "a=1 b=2 c=3"},
		{"two sets", []Joining{in(50, 0), in(51, 1), in(50, 2), in(51, 2), link(0, 1, 20)}, "a=2 b=2 c=3"},
		{"an export before the link", []Joining{exported(0, 15), exported(1, 15), link(0, 1, 20)}, "a=2 b=2 c=3"},
		{"an export after the link", []Joining{exported(0, 30), exported(1, 30), link(0, 1, 20)}, "a=1 b=2 c=3"},
		{"an export at the time of the link", []Joining{exported(0, 20), exported(1, 20), link(0, 1, 20)}, "a=1 b=2 c=3"},
		{"a link without a time first", []Joining{anytime, link(0, 1, 20)}, "a=2 b=2 c=3"},
		{"two links, the second of IDs that are one already", []Joining{link(0, 1, 20), link(1, 0, 30)}, "a=1 b=2 c=3"},
		{"all by links", []Joining{link(0, 1, 20), link(2, 0, 30)}, "a=1 b=2 c=3"},
	} {
		h := NewHistory(NewKeys(KeyOptions{}))
		for id, set := range []string{`{"a":1}`, `{"a":2,"b":2}`, `{"c":3}`} {
			row := rowAt(int64(10+id), uint64(id))
			row.Set = []byte(set)
			h.Learn(uint32(id), &row)
		}
		for _, j := range c.joinings {
			h.Join(j)
		}
		var got []string
		for _, one := range h.Attributes() {
			got = append(got, fmt.Sprintf("%s=%s", one.Name, one.Value))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
}

// TestAMergedPersonIsChangedLater has rows of both IDs after their link, and of the target a row between.
func TestAMergedPersonIsChangedLater(t *testing.T) {
	h := NewHistory(NewKeys(KeyOptions{}))
	for ref, one := range []struct {
		id  uint32
		at  int64
		set string
	}{{0, 1, `{"a":1,"x":1,"y":1,"z":1}`}, {1, 2, `{"a":2,"b":2}`}, {1, 25, `{"b":3}`}, {0, 26, `{"c":4}`}} {
		row := rowAt(one.at, uint64(ref))
		row.Set = []byte(one.set)
		h.Learn(one.id, &row)
	}
	h.Join(Joining{Target: 0, Source: 1, At: placeAt(20), Kind: OfLink})
	var got strings.Builder
	for _, one := range h.Attributes() {
		got.WriteString(fmt.Sprintf("%s=%s of row %d, ", one.Name, one.Value, one.Ref))
	}
	if want := "a=1 of row 0, b=3 of row 2, c=4 of row 3, x=1 of row 0, y=1 of row 0, z=1 of row 0, "; got.String() != want {
		t.Errorf("got %s want %s", got.String(), want)
	}
}

func TestJoiningsAreReadAsWritten(t *testing.T) {
	place := ChangeOrder{Order: identity.Order{At: 5, UUID: [16]byte{6}}, Stamp: 7, Ref: 8}
	for _, want := range []Joining{
		{Target: 3, Source: 4, At: place, Kind: OfLink}, {Target: 3, Source: 4, At: place, Kind: OfExport},
		{Target: 3, Source: 4, Kind: OfSet}, {Target: 3, Source: 4, Kind: Anytime},
	} {
		text := want.Append(nil)
		if got := ReadJoining(text); got != want || JoiningTarget(text) != 3 {
			t.Errorf("%+v became %+v with the target %d", want, got, JoiningTarget(text))
		}
	}
}
