package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// ids collects the IDs of the person, and why they are the person's.
type ids struct {
	byID    map[string]*ID
	order   []*ID                     // the same, in the order in which rows name them
	persons map[string]map[string]Row // by person_id, then by distinct ID: the first row that has both
}

func newIDs() *ids {
	return &ids{byID: map[string]*ID{}, persons: map[string]map[string]Row{}}
}

// id returns an ID, which it adds if it is not there.
func (i *ids) id(id string) *ID {
	one := i.byID[id]
	if one == nil {
		one = &ID{ID: id}
		i.byID[id] = one
		i.order = append(i.order, one)
	}
	return one
}

// addRow adds a row of the person to its ID.
func (i *ids) addRow(place Row, e *posthog.Event) {
	one := i.id(string(e.DistinctID))
	one.Rows++
	if at := place.Time; !at.IsZero() {
		if one.First.IsZero() || at.Before(one.First) {
			one.First = at
		}
		if at.After(one.Last) {
			one.Last = at
		}
	}
	if e.PersonID == nil || posthog.WithoutPerson(e.Name) {
		return
	}
	with := i.persons[string(e.PersonID)]
	if with == nil {
		with = map[string]Row{}
		i.persons[string(e.PersonID)] = with
	}
	if _, seen := with[one.ID]; !seen {
		with[one.ID] = place
	}
}

// addLink notes a link that makes an ID the person's. Of several the first one counts, unless a later one
// joined two people at an earlier time.
func (i *ids) addLink(id string, l *Link, joined bool) {
	one := i.id(id)
	if one.Link == nil || joined && l.Place.Time.Before(one.Link.Place.Time) {
		one.Link = l
	}
}

// results lists the IDs, each with why it is the person's: the kept ID first, then by the time of their first
// rows.
func (i *ids) results(who *subject) []ID {
	all := []ID{}
	for _, one := range i.order {
		one.Why = i.why(one, who)
		all = append(all, *one)
	}
	slices.SortStableFunc(all, func(a, b ID) int {
		return cmp.Or(trueLast(!who.keeps(a.ID), !who.keeps(b.ID)), compareTimes(a.First, b.First))
	})
	return all
}

// why says why an ID is the person's.
func (i *ids) why(one *ID, who *subject) string {
	shared := i.shared(one.ID)
	switch {
	case who.keeps(one.ID):
		return "kept ID: " + who.person.Why()
	case len(i.order) == 1:
		return "no row links it to another ID"
	case !who.grouped:
		return "belongs to nobody"
	case one.Link != nil:
		return one.Link.Reason
	case shared != "":
		return shared
	}
	return "linked by the persons export"
}

// shared says with which other ID one has a person_id in common; empty if with none.
func (i *ids) shared(id string) string {
	for _, person := range slices.Sorted(maps.Keys(i.persons)) {
		with := i.persons[person]
		if _, has := with[id]; !has {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(with)) {
			if other != id {
				place := with[other]
				return fmt.Sprintf("its rows have the person_id %s, like those of %s (%s:%d)",
					mapping.ShortID(person), mapping.ShortID(other), place.File, place.Line)
			}
		}
	}
	return ""
}

// compareTimes compares times for sorting, with zero last.
func compareTimes(a, b time.Time) int {
	if a.IsZero() || b.IsZero() {
		return trueLast(a.IsZero(), b.IsZero())
	}
	return a.Compare(b)
}

// trueLast compares conditions for sorting, with true last.
func trueLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
