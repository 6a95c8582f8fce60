package inspect

import (
	"maps"
	"slices"

	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
)

// personValues counts the values of people's properties. Like totals it counts the names after the first
// 10,000 together.
type personValues struct {
	byName map[string]*values
	others values
}

// countPersons counts the final properties of all people who would be sent. An error is trouble with the
// disk.
func countPersons(directory *people.Directory, workers int) (*personValues, error) {
	total := &personValues{byName: map[string]*values{}}
	count := func(_ int, group []*people.Person) map[string]*values {
		counts := map[string]*values{}
		for _, p := range group {
			for name, value := range directory.Attributes(p) {
				v := counts[name]
				if v == nil {
					v = &values{}
					counts[name] = v
				}
				v.add(value)
			}
		}
		return counts
	}
	const groupSize = 4096 // people; the counts of a group are added to the total at once
	for counts, err := range parallel.Ordered(parallel.Groups(directory.People(), groupSize), workers, count) {
		if err != nil {
			return nil, err
		}
		total.add(counts)
	}
	return total, nil
}

// add adds the counts of a group of people.
func (t *personValues) add(counts map[string]*values) {
	// Sorted, so that of too many names always the same ones are counted together.
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		v, to := counts[name], t.byName[name]
		switch {
		case to != nil:
			to.addAll(v)
		case len(t.byName) < maxNames && len(name) <= maxNameLength:
			t.byName[name] = v
		default:
			t.others.addAll(v)
		}
	}
}

// results lists the properties of so many people. treat returns what becomes of a property by its name.
func (t *personValues) results(people int64, treat func(name string) string) []Property {
	all := []Property{}
	for name, v := range t.byName {
		all = append(all, v.result(name, treat(name), people))
	}
	sortProperties(all)
	return all
}
