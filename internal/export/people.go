package export

import (
	"errors"
	"hash/maphash"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// peopleTogether is how many people are mapped at a time: enough that handing them from one goroutine to another costs
// nothing beside.
const peopleTogether = 256

// mapPeople maps a group of people; it runs on several goroutines at once.
func (r *run) mapPeople(worker int, group []*people.Person) *page {
	p := pages.Get().(*page)
	p.people = int64(len(group))
	from := r.from[ledger.People]
	for _, person := range group {
		ref := uint64(person.Number)
		p.end = ref + 1
		if from.Done(ref) && r.named == nil {
			continue
		}
		text, o := r.mappers[worker].Person(p.text, beforeMerge(person))
		if o.Bucket == mapping.Send {
			if r.mappers[worker].OptedOut {
				p.optedOut = append(p.optedOut, ref)
			}
			r.addPerson(worker, p, person, &o, text)
			continue
		}
		if ref < from.Next {
			continue // rejected then
		}
		key := keyOfPerson(person, nil, &o)
		if r.learned.repeats.turnedDown().has(key) {
			p.turnedDown = append(p.turnedDown, person.Number)
			continue
		}
		p.rejects = append(p.rejects, placedReject{ref, Reject{
			Reason: o.Reason, Detail: o.Detail + ": person " + mapping.ShortID(person.DistinctID), key: key,
		}})
	}
	p.cut()
	return p
}

// keyOfPerson is the key of somebody who is rejected: that of the identify, or of why there can be none.
func keyOfPerson(p *people.Person, identify []byte, o *mapping.Outcome) ledger.Key {
	if o.Bucket == mapping.Send {
		return keyOfText(identify)
	}
	return keyOfText([]byte(o.Reason + "\x00" + p.DistinctID))
}

// addPerson adds an identify to a page, unless an earlier run has sent it, or sent it in vain.
func (r *run) addPerson(worker int, p *page, person *people.Person, o *mapping.Outcome, text []byte) {
	identify := text[len(p.text):]
	ref := uint64(person.Number)
	unchanged := r.unchanged(person, identify) || person.EmailLate() && r.wholeUnchanged(worker, person)
	switch {
	case len(r.learned.repeats.turnedDown()) > 0 && r.learned.repeats.turnedDown().has(keyOfText(identify)):
		p.turnedDown = append(p.turnedDown, person.Number)
	case unchanged && r.named != nil:
		p.add(o.Operation(nil, ref), text) // its identifier is taken
		p.marks = append(p.marks, mark{})
		fallthrough
	case unchanged:
		if p.unchanged == nil {
			p.unchanged = map[uint64]bool{}
		}
		p.unchanged[ref] = true
	default:
		p.add(o.Operation(nil, ref), text)
		p.marks = append(p.marks, r.markOfPerson(o))
	}
}

// unchanged reports whether an identify is what an earlier run has sent, or is made of older data than that: a persons export that
// comes no more has said more than the rows do.
func (r *run) unchanged(p *people.Person, identify []byte) bool {
	state, updated, before := r.learned.People.SentBefore(p)
	return before && (p.Updated < updated || state == xxh3.Hash128(identify).Bytes())
}

// ReasonSameIdentifier is for people whose identifier another one has been identified by. Their events go to that
// profile all the same.
const ReasonSameIdentifier = "same_identifier"

var namedSeed = maphash.MakeSeed()

// dropNamed takes out of a page each identify whose identifier another person has, and those that were sent before the run
// went on.
func (r *run) dropNamed(p *page) (errs error) {
	if r.named == nil {
		return nil
	}
	kept, marks := p.operations[:0], p.marks[:0]
	from := r.from[ledger.People]
	for i, op := range p.operations {
		who := maphash.Comparable(namedSeed, op.Who)
		switch {
		case from.Done(op.Ref) || p.unchanged[op.Ref]:
			r.named[who] = true
			continue
		case !r.named[who]:
			r.named[who] = true
			kept, marks = append(kept, op), append(marks, p.marks[i])
			continue
		case op.Ref < from.Next:
			continue // left out then
		}
		r.peopleRejected[ReasonSameIdentifier]++
		errs = errors.Join(errs, r.reject(op.Ref, &Reject{
			Reason: ReasonSameIdentifier, Detail: "another person has the same identifier", Operation: op.Body, key: keyOfText(op.Body),
		}))
	}
	p.operations, p.marks = kept, marks
	return errs
}
