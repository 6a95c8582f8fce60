package expression

import "slices"

// Uses is what an expression looks at. It lets a caller keep and decode only that.
type Uses struct {
	Fields              []string // of event, such as "uuid"; sorted
	Properties          []string // names of the event's properties; sorted
	AllProperties       bool     // the event's properties as a whole, so that any may matter
	Person              bool     // anything that is known only with the person: event.distinct_id, and all of person
	PersonID            bool     // PostHog's person UUID
	PersonProperties    []string // names of the person's properties; sorted
	AllPersonProperties bool     // the person's properties as a whole
}

// add returns the names with one more, sorted.
func add(names []string, name string) []string {
	at, found := slices.BinarySearch(names, name)
	if found {
		return names
	}
	return slices.Insert(names, at, name)
}
