package transfer

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// Customer.io ignores an email in an identify if another profile has it (a failed attribute change). If that
// other profile is to be merged into the person's, or gives the email up in this run, the person is identified
// without the email first, and a second time with it after the merges.

// ReasonMergeRejected is for an identify with an email whose other profile was not merged.
const ReasonMergeRejected = "merge_rejected"

// emailsPhase identifies people a second time if another profile had their email, and was merged into theirs
// or has given the email up.
type emailsPhase struct {
	*run
	merges *mergesPhase
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
	out := p.begin(ledger.Emails, 0)
	defer p.progress.Done()
	return out.End(p.deliver(out))
}

// any reports whether somebody's email has to wait.
func (p *emailsPhase) any() bool {
	for person := range p.first.People.People() {
		if person.EmailLate() {
			return true
		}
	}
	return false
}

func (p *emailsPhase) deliver(out *deliver.Phase) error {
	blocked := p.withoutMerge()
	from := p.from[ledger.Emails]
	for person := range p.first.People.People() {
		if err := p.stopped(); err != nil {
			return err
		}
		number := uint64(person.Number)
		if !person.EmailLate() || from.Done(number) || p.rejected[person.Number] {
			continue
		}
		identify, o := p.mappers[0].Person(nil, person)
		var err error
		switch {
		case o.Bucket != mapping.Send || sentBefore(p.first.People, person, identify):
		case p.first.repeats.notRetriedIf(p.first.input.RetryMerges).has(keyOfText(identify)):
		case blocked[person.Number] && number >= from.Next:
			err = out.Deliver(&deliver.Result{End: number + 1, Rejects: []deliver.Reject{mergeRejected(person, identify)}})
		case !blocked[person.Number]:
			err = out.Deliver(&deliver.Result{
				Operations: []customerio.Operation{o.Operation(identify, number)},
				Marks:      []deliver.Mark{markOfPerson(person, identify, &o)},
				End:        number + 1,
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutMerge returns the people, by number, into whose profile another one could not be merged.
func (p *emailsPhase) withoutMerge() map[uint32]bool {
	blocked := map[uint32]bool{}
	for m := range p.merges.mergings() {
		if m.person != nil && (m.outcome.Bucket == mapping.Rejected || p.mergesRefused[m.number] || p.merges.refusedBefore(&m)) {
			blocked[m.person.Number] = true
		}
	}
	return blocked
}

// mergeRejected rejects an identify whose email another profile still has.
func mergeRejected(person *people.Person, identify []byte) deliver.Reject {
	return deliver.Reject{
		Number: uint64(person.Number), Key: keyOfText(identify), Reason: ReasonMergeRejected, Operation: identify,
		Detail: "the profile that has this email could not be merged, so person " + mapping.ShortID(person.DistinctID) + " is sent without it",
	}
}
