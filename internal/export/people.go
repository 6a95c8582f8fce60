package export

import (
	"bytes"
	"errors"
	"hash/maphash"
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
			Reason: o.Reason, Detail: o.Detail + ": person " + mapping.ShortID(person.DistinctID),
		}})
	}
	p.cut()
	return p
}

// reasonSameIdentifier is for people whose identifier another one has been identified by. Their events go to that
// profile all the same.
const reasonSameIdentifier = "same_identifier"

var namedSeed = maphash.MakeSeed()

// dropNamed takes out of a page each identify whose identifier another person has.
func (r *run) dropNamed(p *page) (errs error) {
	if r.named == nil {
		return nil
	}
	kept := p.operations[:0]
	for _, op := range p.operations {
		who := maphash.Bytes(namedSeed, identifiersOf(op.Body))
		if !r.named[who] {
			r.named[who] = true
			kept = append(kept, op)
			continue
		}
		r.peopleRejected[reasonSameIdentifier]++
		errs = errors.Join(errs, r.reject(&Reject{
			Reason: reasonSameIdentifier, Detail: "another person has the same identifier", Operation: op.Body,
		}))
	}
	p.operations = kept
	return errs
}

// identifiersOf returns the part of an identify that names its person.
func identifiersOf(operation []byte) []byte {
	_, rest, _ := bytes.Cut(operation, []byte(`"identifiers":`))
	opening := []byte(`":"`)
	end := bytes.Index(rest, opening) + len(opening)
	for end < len(rest) && rest[end] != '"' {
		if rest[end] == '\\' {
			end++
		}
		end++
	}
	return rest[:min(end, len(rest))]
}
