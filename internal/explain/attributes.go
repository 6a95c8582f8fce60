package explain

import (
	"maps"
	"slices"

	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// attributes collects the final properties of the person, and the rows that set them.
type attributes struct {
	history *people.History
	rows    map[uint64]Row // that may have set a property, by Ref
}

func newAttributes(history *people.History) *attributes {
	return &attributes{history: history, rows: map[uint64]Row{}}
}

// add takes a row of the person, and what became of it if it is a link.
func (a *attributes) add(place Row, e *posthog.Event, verdict people.Verdict, linked bool) {
	a.history.Add(e, verdict, linked)
	if e.PersonProperties != nil || e.Set != nil || e.SetOnce != nil || e.Unset != nil || e.Added != nil || e.AddedOnce != nil {
		a.rows[e.Ref] = place
	}
}

// results lists the properties, each with the row that set it. One that no row set is from the persons
// export.
func (a *attributes) results(who *subject) []Attribute {
	all, set := []Attribute{}, map[string]Attribute{}
	for one := range a.history.Attributes() {
		set[one.Name] = Attribute{one.Name, string(one.Value), a.rows[one.Ref]}
	}
	if who.person == nil {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			all = append(all, set[name])
		}
		return all
	}
	for name, value := range who.people.Attributes(who.person) {
		one := Attribute{Name: name, Value: string(value)}
		if row := set[name]; row.Value == one.Value {
			one = row
		}
		all = append(all, one)
	}
	return all
}
