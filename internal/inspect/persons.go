package inspect

import (
	"maps"
	"slices"

	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
)

// personValues counts the properties of people by name.
type personValues struct {
	byName map[string]*values
	others values
}

// countPersons counts the final properties of all people who would be sent.
func countPersons(settled *people.Settled, workers int) (*personValues, error) {
	total := &personValues{byName: map[string]*values{}}
	count := func(_ int, group []*people.Person) map[string]*values {
		counts := map[string]*values{}
		for _, p := range group {
			for name, value := range settled.Attributes(p) {
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
	const together = 4096 // people, for each of which names are not looked for in what was counted before
	for counts, err := range parallel.Ordered(parallel.Groups(settled.People(), together), workers, count) {
		if err != nil {
			return nil, err
		}
		total.add(counts)
	}
	return total, nil
}

func (t *personValues) add(counts map[string]*values) {
	for _, name := range slices.Sorted(maps.Keys(counts)) { // so that the same names are left when there are too many
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

// inspect tells of the properties of so many people.
func (t *personValues) results(people int64, treat func(name string) string) []Property {
	all := []Property{}
	for name, v := range t.byName {
		all = append(all, v.result(name, treat(name), people))
	}
	sortProperties(all)
	return all
}
