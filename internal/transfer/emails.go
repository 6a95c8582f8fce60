package transfer

import (
	"iter"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// Customer.io ignores an email in an identify if another profile has it (a failed attribute change). If that
// other profile is to be merged into the person's, or gives the email up in this run, the person is identified
// without the email first, and a second time with it after the merges.
//
// A merge gives a profile the attributes that it does not have. If unset attributes are removed, a person into
// whose profile another one was merged is therefore identified after that, to remove what the person in
// PostHog does not have.

// ReasonMergeRejected is for an identify with an email whose other profile was not merged.
const ReasonMergeRejected = "merge_rejected"

// emailsPhase identifies people after the merges: those who get an email that another profile had, and those
// whose profile may have got attributes by a merge that they do not have.
type emailsPhase struct {
	*run
	merges *mergesPhase
	tries  *mapping.Mapper // maps identifies that may not be sent; nothing uses its counts
	shown  *answered
}

func newEmailsPhase(r *run, merges *mergesPhase) *emailsPhase {
	return &emailsPhase{run: r, merges: merges, tries: r.first.NewMapper()}
}

// settle waits until Customer.io has had time to merge, before people get the emails of the merged profiles.
// Profiles that give an email up have done so since the people phase, which has settled before the events.
func (p *emailsPhase) settle() error {
	if p.accepted(customerio.Merge) == 0 || !p.any() {
		return nil
	}
	return p.run.settle("so that Customer.io has merged the profiles")
}

func (p *emailsPhase) send() error {
	if !p.any() {
		return nil
	}
	out, shown := p.begin(ledger.Emails, 0, expected{all: p.left()})
	p.shown = shown
	defer p.progress.Done()
	return out.End(p.deliver(out))
}

// any reports whether anybody is to be identified.
func (p *emailsPhase) any() bool {
	for range p.people() {
		return true
	}
	return false
}

// people yields those who are to be identified, in the order of their numbers.
func (p *emailsPhase) people() iter.Seq[*people.Person] {
	merged, _ := p.merges.targets()
	return func(yield func(*people.Person) bool) {
		for person := range p.first.People.People() {
			if (person.EmailLate() || merged[person.Number] && p.mayRemove(person)) && !yield(person) {
				return
			}
		}
	}
}

// mayRemove reports whether the profile of a person may have got attributes by a merge that the person does
// not have.
func (p *emailsPhase) mayRemove(person *people.Person) bool {
	if !p.first.rules.Mapping.RemovesUnset() && !person.FreesEmail() || isOlder(p.first.People, person) {
		return false
	}
	if _, o := p.tries.Person(nil, person); o.Bucket != mapping.Send {
		return false
	}
	removing, _ := p.tries.Removals(nil, person, mapping.RemoveAll)
	return len(removing) > 0
}

func (p *emailsPhase) deliver(out *deliver.Phase) error {
	merged, blocked := p.merges.targets()
	from := p.from[ledger.Emails]
	for person := range p.people() {
		if err := p.stopped(); err != nil {
			return err
		}
		number := uint64(person.Number)
		// If the identify of who gives the email up was rejected, their profile still has it. Then a later run
		// sends the email, once that person has given it up.
		if giver, ok := person.EmailFrom(); from.Done(number) || p.rejected[person.Number] || ok && p.rejected[giver] {
			continue
		}
		identify, o := p.mappers[0].Person(nil, person)
		if o.Bucket != mapping.Send {
			continue
		}
		mark := p.markOfPerson(person, identify, &o)
		body, removes := p.withRemovals(identify, person, &mark, merged[person.Number])
		var err error
		switch {
		case isOlder(p.first.People, person), !removes && sentSame(p.first.People, person, identify):
		case p.first.repeats.notRetriedIf(p.first.input.RetryMerges).has(mark.Key):
		case blocked[person.Number] && number >= from.Next:
			err = out.Deliver(&deliver.Result{End: number + 1, Rejects: []deliver.Reject{mergeRejected(person, identify)}})
		case !blocked[person.Number]:
			p.shown.made(1, 0)
			err = out.Deliver(&deliver.Result{
				Operations: []customerio.Operation{o.Operation(body, number)}, Marks: []deliver.Mark{mark}, End: number + 1,
			})
		}
		if err != nil {
			return err
		}
	}
	p.shown.allMade()
	return nil
}

// left counts those who have not been identified yet, some of whom may need it no more.
func (p *emailsPhase) left() (n int64) {
	from := p.from[ledger.Emails]
	for person := range p.people() {
		if !from.Done(uint64(person.Number)) {
			n++
		}
	}
	return n
}

// withRemovals returns the identify of a person, who was mapped last, with what it is to remove after a merge
// into their profile, and whether that is anything. It sets in the mark what is removed by then.
func (p *emailsPhase) withRemovals(identify []byte, person *people.Person, mark *deliver.Mark, merged bool) (body []byte, removes bool) {
	what := mapping.RemoveNew
	if merged {
		what = mapping.RemoveAll
	}
	removing, gone := p.mappers[0].Removals(nil, person, what)
	mark.Person.Removed = gone
	if merged && len(removing) > 0 {
		return removing, true
	}
	return identify, false
}

// mergeRejected rejects an identify whose email another profile still has.
func mergeRejected(person *people.Person, identify []byte) deliver.Reject {
	return deliver.Reject{
		Number: uint64(person.Number), Key: keyOfText(identify), Person: person.DistinctID, Reason: ReasonMergeRejected, Operation: identify,
		Detail: "the profile that has this email could not be merged, so person " + mapping.ShortID(person.DistinctID) + " is sent without it",
	}
}
