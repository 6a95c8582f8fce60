package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"ph2cio/internal/mapping"
)

// end puts together what was found.
func (x *explaining) end() *Person {
	for _, id := range x.order {
		one := x.ids[id]
		x.explain(one)
		x.why.IDs = append(x.why.IDs, *one)
	}
	slices.SortStableFunc(x.why.IDs, func(a, b ID) int {
		return cmp.Or(cmp.Compare(behind(a.ID != x.why.Kept), behind(b.ID != x.why.Kept)), compareTimes(a.First, b.First))
	})
	x.explainAttributes()
	return x.why
}

// explainAttributes tells where each attribute came from. One that no row set is from the persons export.
func (x *explaining) explainAttributes() {
	rows := map[string]Attribute{}
	for a := range x.history.Attributes() {
		rows[a.Name] = Attribute{a.Name, string(a.Value), x.places[a.Ref]}
	}
	if x.person == nil {
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			x.why.Attributes = append(x.why.Attributes, rows[name])
		}
		return
	}
	for name, value := range x.learned.People.Attributes(x.person) {
		a := Attribute{Name: name, Value: string(value)}
		if row := rows[name]; row.Value == a.Value {
			a = row
		}
		x.why.Attributes = append(x.why.Attributes, a)
	}
}

// behind is for putting something behind the rest.
func behind(is bool) int {
	if is {
		return 1
	}
	return 0
}

// compareTimes puts no time last.
func compareTimes(a, b time.Time) int {
	if a.IsZero() || b.IsZero() {
		return cmp.Compare(behind(a.IsZero()), behind(b.IsZero()))
	}
	return a.Compare(b)
}

// explain says why an ID is the person's.
func (x *explaining) explain(one *ID) {
	shared := x.shared(one.ID)
	switch {
	case len(x.order) == 1:
		one.Why = "no row links it to another ID"
	case !x.grouped:
		one.Why = "belongs to nobody"
	case one.Link != nil:
		one.Why = one.Link.Reason
	case shared != "":
		one.Why = shared
	default:
		one.Why = "linked by the persons export"
	}
	if one.ID == x.why.Kept {
		one.Why = "kept ID: " + x.person.Why()
	}
}

// shared says with which other ID one had a person_id in common.
func (x *explaining) shared(id string) string {
	for _, person := range slices.Sorted(maps.Keys(x.persons)) {
		with := x.persons[person]
		if _, has := with[id]; !has {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(with)) {
			if other != id {
				return fmt.Sprintf("its rows have the person_id %s, like those of %s (%s)", mapping.ShortID(person), mapping.ShortID(other), placeText(with[other]))
			}
		}
	}
	return ""
}

func placeText(p Row) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }
