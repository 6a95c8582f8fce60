package export

import (
	"iter"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// peopleTogether is how many people are mapped at a time: enough that handing them from one goroutine to another costs
// nothing beside.
const peopleTogether = 256

// inGroups yields the elements of in, so many at a time.
func inGroups[T any](in iter.Seq[T], size int) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var group []T
		for element := range in {
			if group = append(group, element); len(group) == size {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}

// mapPeople maps a group of people; it runs on several goroutines at once.
func (r *run) mapPeople(worker int, group []*people.Person) *page {
	p := pages.Get().(*page)
	for _, person := range group {
		ref := uint64(person.Number)
		text, o := r.mappers[worker].Person(p.text, person)
		if o.Bucket == mapping.Send {
			p.add(ref, text)
			continue
		}
		p.rejects = append(p.rejects, placedReject{ref, Reject{
			Reason: o.Reason, Detail: o.Detail + ": person " + person.DistinctID,
		}})
	}
	p.cut()
	return p
}
