package export

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// An email that another profile has cannot be given to a person as long as that profile is there: the API
// ignores it, with a failed attribute change. Where that profile is merged into the person's, the person is
// identified without the email first, and once more with it after the merges.

// ReasonMergeRejected is for an identify with an email whose other profile was not merged.
const ReasonMergeRejected = "merge_rejected"

// beforeMerge is a person as they are identified before the merges.
func beforeMerge(p *people.Person) *people.Person {
	if p.EmailLate() {
		return p.WithoutEmail()
	}
	return p
}

// wholeUnchanged reports whether the identify with the email is what an earlier run has sent.
func (r *run) wholeUnchanged(worker int, p *people.Person) bool {
	identify, o := r.mappers[worker].Person(nil, p)
	return o.Bucket == mapping.Send && r.unchanged(p, identify)
}

// anyEmails reports whether anybody's email has to wait for a merge.
func (r *run) anyEmails() bool {
	for p := range r.learned.People.People() {
		if p.EmailLate() {
			return true
		}
	}
	return false
}

// sendEmails identifies once more those whose email another profile had, if that was merged.
func (r *run) sendEmails() error {
	if !r.anyEmails() {
		return nil
	}
	out := r.outbox(ledger.Emails, 0, Operations, r.emailRejected)
	defer r.progress.Done()
	return out.end(r.packEmails(out))
}

func (r *run) packEmails(out *outbox) error {
	blocked := r.withoutMerge()
	from := r.from[ledger.Emails]
	for p := range r.learned.People.People() {
		if err := r.stopped(); err != nil {
			return err
		}
		number := uint64(p.Number)
		if !p.EmailLate() || from.Done(number) || r.rejected[p.Number] {
			continue
		}
		body, o := r.mappers[0].Person(nil, p)
		var err error
		switch {
		case o.Bucket != mapping.Send || r.unchanged(p, body):
		case !r.plan.RetryMerges && r.learned.repeats.down.has(keyOfText(body)):
		case blocked[p.Number] && number >= from.Next:
			err = r.dropEmail(out, p, body)
		case !blocked[p.Number]:
			err = r.packEmail(out, o.Operation(body, number), r.markOfPerson(&o))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutMerge are the people, by number, into whose profile one could not be merged.
func (r *run) withoutMerge() map[uint32]bool {
	blocked := map[uint32]bool{}
	for m := range r.mergings() {
		if m.person != nil && (m.outcome.Bucket == mapping.Rejected || r.mergesRefused[m.number] || r.refusedBefore(&m)) {
			blocked[m.person.Number] = true
		}
	}
	return blocked
}

func (r *run) packEmail(out *outbox, op customerio.Operation, m mark) error {
	out.lock.Lock()
	r.tally.built[customerio.Identify]++
	r.keeper.took([]customerio.Operation{op}, []mark{m}, op.Ref+1)
	out.lock.Unlock()
	return r.pack(out, op)
}

// dropEmail rejects an identify whose email another profile still has.
func (r *run) dropEmail(out *outbox, p *people.Person, identify []byte) error {
	out.lock.Lock()
	defer out.lock.Unlock()
	r.keeper.took(nil, nil, uint64(p.Number)+1)
	r.peopleRejected[ReasonMergeRejected]++
	return r.reject(uint64(p.Number), &Reject{
		Reason: ReasonMergeRejected, Operation: identify, key: keyOfText(identify),
		Detail: "the profile that has this email could not be merged, so person " + mapping.ShortID(p.DistinctID) + " is sent without it",
	})
}

// emailRejected hears that the API refused an identify after a merge. The person and their events were sent
// before it.
func (r *run) emailRejected(refusal customerio.Rejection, operation []byte, _ ledger.Key) error {
	r.peopleRejected[apiReason(refusal)]++
	return r.reject(refusal.Ref, refused(refusal, operation))
}
