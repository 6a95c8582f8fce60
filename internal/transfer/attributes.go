package transfer

import (
	"cmp"
	"context"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
)

// AttributeSummary counts what happened to attributes in the operations that were built.
type AttributeSummary struct {
	// OptedOut counts people who have unsubscribed in PostHog, and whose identify does not say so.
	OptedOut int64             `json:"opted_out"`
	Dotted   []DottedAttribute `json:"dotted_attributes,omitempty"`
	Changed  []ChangedName     `json:"changed_attributes,omitempty"`
	// Beyond counts the changed or dotted attributes whose names are not listed, because they came after the
	// first 1000 names.
	Beyond int64 `json:"attributes_beyond,omitempty"`
}

// DottedAttribute is an attribute of people with a dot in its name.
type DottedAttribute struct {
	Name         string `json:"name"`
	People       int64  `json:"people"`
	BesideObject int64  `json:"beside_object"` // of them, those who also have an object named like the part before the dot
}

// ChangedName is an attribute that was sent under another name, or left out to fit.
type ChangedName struct {
	Of      string `json:"of"` // person or event
	Name    string `json:"name"`
	Became  string `json:"became,omitempty"`
	Dropped string `json:"dropped,omitempty"` // why: a kind of values_cut
	Count   int64  `json:"count"`
}

// attributeSummary adds up what all mappers counted. optedOut is AttributeSummary.OptedOut.
func attributeSummary(mappers []*mapping.Mapper, optedOut int64) AttributeSummary {
	s := AttributeSummary{OptedOut: optedOut}
	var changes mapping.Changes
	var dotted mapping.Dotted
	for _, m := range mappers {
		for one, n := range m.Changes.Count {
			changes.Add(one, n)
		}
		for name, n := range m.Dotted.Count {
			dotted.Add(name, n)
		}
		s.Beyond += m.Changes.Beyond + m.Dotted.Beyond
	}
	s.Beyond += changes.Beyond + dotted.Beyond
	for one, n := range changes.Count {
		of := "event"
		if one.Person {
			of = "person"
		}
		s.Changed = append(s.Changed, ChangedName{of, one.Name, one.Became, one.Dropped, n})
	}
	for name, n := range dotted.Count {
		s.Dotted = append(s.Dotted, DottedAttribute{name, n.People, n.BesideObject})
	}
	slices.SortFunc(s.Changed, func(a, b ChangedName) int {
		byName := cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Dropped, b.Dropped))
		return cmp.Or(cmp.Compare(b.Count, a.Count), byName)
	})
	slices.SortFunc(s.Dotted, func(a, b DottedAttribute) int {
		byNumber := cmp.Or(cmp.Compare(b.BesideObject, a.BesideObject), cmp.Compare(b.People, a.People))
		return cmp.Or(byNumber, cmp.Compare(a.Name, b.Name))
	})
	return s
}

// PredictAttributes maps all people without sending them, and counts what would happen to their attributes.
// If no attribute would be changed or have a dot, and nobody has opted out, it maps nobody. It stops when ctx
// is done.
func (f *FirstPass) PredictAttributes(ctx context.Context) (AttributeSummary, error) {
	if len(f.optOuts.addresses)+len(f.optOuts.people) == 0 && !f.People.SomeKey(f.rules.Mapping.Remarkable) {
		return AttributeSummary{}, nil
	}
	mappers := f.newMappers()
	count := func(worker int, group []*people.Person) (optedOut int64) {
		var text []byte
		for _, person := range group {
			var o mapping.Outcome
			if text, o = mappers[worker].Person(text[:0], person); o.Bucket == mapping.Send && mappers[worker].OptedOut {
				optedOut++
			}
		}
		return optedOut
	}
	var optedOut int64
	groups := parallel.Groups(f.People.People(), peopleInGroup)
	for n, err := range parallel.Ordered(groups, f.input.workers(), count) {
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return AttributeSummary{}, err
		}
		optedOut += n
	}
	return attributeSummary(mappers, optedOut), nil
}
