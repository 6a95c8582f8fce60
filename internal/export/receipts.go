package export

import (
	"errors"
	"strings"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
	"ph2cio/internal/report"
)

var errGrew = errors.New("the file has grown since it was first read")

// refusedOperation hears of each operation that the API refused; row is the key of the row that it was made
// of, if it was.
type refusedOperation func(refusal customerio.Rejection, operation []byte, row ledger.Key) error

// outbox opens a phase: its extent for the progress, and what to do with each refused operation.
func (r *run) outbox(phase ledger.Phase, total int64, unit Unit, refused refusedOperation) *outbox {
	r.progress.Phase(r.doing(phase), total, unit)
	r.sends = phase
	if r.plan.Ledger != nil {
		r.keeper = newKeeper(r.plan.Ledger, phase, r.from[phase])
		r.keeper.counters = r.counters
	}
	var out *outbox
	out = newOutbox(r, func(b *customerio.Batch, c customerio.Receipt) error {
		if unit == Operations {
			r.progress.Advance(out.answered)
		}
		return r.settled(b, c, refused)
	})
	return out
}

// doing says what a phase does.
func (r *run) doing(phase ledger.Phase) string {
	what := phase.String()
	if phase == ledger.Emails {
		what = "the emails of merged profiles"
	}
	if r.plan.Ledger == nil {
		return "preparing " + what // a preview sends nothing
	}
	return "sending " + what
}

// settled counts what became of each operation of a batch. The outbox's lock is held.
func (r *run) settled(b *customerio.Batch, c customerio.Receipt, refused refusedOperation) error {
	open := map[uint64]bool{}
	for _, ref := range c.Unsent {
		open[ref] = true
	}
	no := map[uint64]customerio.Rejection{}
	for _, rejection := range c.Rejections {
		no[rejection.Ref] = rejection
	}
	var errs error
	for i := range b.Len() {
		op := b.Operation(i)
		if open[op.Ref] {
			r.tally.unsent[op.Action]++
			if b.InDoubt() {
				r.tally.unanswered[op.Action]++
			}
			continue
		}
		mark := r.keeper.settled(op.Ref)
		if rejection, rejected := no[op.Ref]; rejected {
			r.tally.refused[op.Action]++
			errs = errors.Join(errs, refused(rejection, op.Body, mark.row))
			continue
		}
		r.tally.accepted[op.Action]++
		r.accepted(&op, &mark)
	}
	return errs
}

// accepted notes what hangs on an operation that was accepted.
func (r *run) accepted(op *customerio.Operation, mark *mark) {
	if r.recent[op.Ref] {
		delete(r.recent, op.Ref)
		r.tally.recent++
	}
	switch op.Action {
	case customerio.Identify:
		if r.sends == ledger.People {
			r.peopleSent++
		} else {
			r.emailsSent++
		}
		if r.keeper != nil {
			r.keeper.accepted(known(r.learned.People.Person(uint32(op.Ref)), op, mark.email))
		}
	case customerio.Merge:
		if r.keeper != nil {
			r.keeper.merged(r.merges[op.Ref])
		}
	case customerio.Event, customerio.Page, customerio.Screen:
		r.keeper.sent(ledger.Key(op.ID), mark)
	}
}

// known is what the ledger keeps of a person.
func known(p *people.Person, identify *customerio.Operation, email uint64) *ledger.Person {
	return &ledger.Person{
		State: xxh3.Hash128(identify.Body).Bytes(), Kind: string(identify.Who.Key), Value: identify.Who.Value,
		DistinctID: p.DistinctID, Updated: p.Updated, Email: email,
	}
}

// personRejected hears that the API refused an identify; the person's events are rejected with it.
func (r *run) personRejected(refusal customerio.Rejection, operation []byte, _ ledger.Key) error {
	r.rejected[uint32(refusal.Ref)] = true
	r.peopleRejected[apiReason(refusal)]++
	return r.reject(refusal.Ref, refused(refusal, operation))
}

// rowRejected hears that the API refused the operation of a row.
func (r *run) rowRejected(refusal customerio.Rejection, operation []byte, row ledger.Key) error {
	r.tally.rejected[apiReason(refusal)]++
	reject := refused(refusal, operation)
	reject.File, reject.Row = r.learned.places.find(refusal.Ref)
	reject.key = row
	return r.reject(refusal.Ref, reject)
}

// linkRejected hears that the API refused a merge.
func (r *run) linkRejected(refusal customerio.Rejection, operation []byte, _ ledger.Key) error {
	r.mergesRefused[refusal.Ref] = true
	r.mergesRejected[apiReason(refusal)]++
	return r.reject(refusal.Ref, refused(refusal, operation))
}

func refused(refusal customerio.Rejection, operation []byte) *Reject {
	return &Reject{
		Reason: apiReason(refusal), Detail: refusal.Message, Field: refusal.Field, Operation: operation, key: keyOfText(operation),
	}
}

// apiReason marks the API's own words: its reasons are an open set, so they are counted as they come.
func apiReason(refusal customerio.Rejection) string {
	if refusal.Reason == "" {
		return "api:unnamed"
	}
	return "api:" + refusal.Reason
}

// writeRejects writes a page's rejects. The outbox's lock is held.
func (r *run) writeRejects(rejects []placedReject) error {
	for i := range rejects {
		one := &rejects[i].Reject
		one.File, one.Row = r.learned.places.find(rejects[i].ref)
		if err := r.reject(rejects[i].ref, one); err != nil {
			return err
		}
	}
	return nil
}

// reject keeps a reject. number is the row's, or that of the person or merge. The outbox's lock is held.
func (r *run) reject(number uint64, one *Reject) error {
	if len(r.examples) < maxExamples && !r.hasExample(one.Reason) {
		r.examples = append(r.examples, *one)
	}
	if r.keeper != nil {
		return r.keeper.reject(number, one)
	}
	if r.plan.Rejects == nil {
		return nil
	}
	return r.plan.Rejects.Reject(one)
}

// maxExamples is how many rejects the summary shows, each for another reason.
const maxExamples = 5

func (r *run) hasExample(reason string) bool {
	for i := range r.examples {
		if r.examples[i].Reason == reason {
			return true
		}
	}
	return false
}

// tooMany ends the run when more was rejected than the plan allows.
func (r *run) tooMany(out *outbox) error {
	out.lock.Lock()
	defer out.lock.Unlock()
	if rejected := sum(r.tally.rejected); r.plan.MaxRejects.Exceeded(rejected, r.tally.read) {
		return &TooManyRejects{rejected, r.tally.read}
	}
	return nil
}

// note tells the progress where the rows went so far.
func (r *run) note(out *outbox) {
	out.lock.Lock()
	sent, rejected := ofRows(r.tally.accepted), sum(r.tally.rejected)
	out.lock.Unlock()
	requests := r.plan.Tally.Requests.Load()
	parts := []string{report.Plural(sent, "event", "events"), report.Plural(requests, "request", "requests")}
	if rejected > 0 {
		parts = append(parts, report.Plural(rejected, "row", "rows")+" rejected")
	}
	r.progress.Note(strings.Join(parts, ", "))
}

// ValueRemoved is the kind of values_cut for attributes that Customer.io refused and that were left out.
const ValueRemoved = "removed_for_api"

// valuesCut adds up what all mappers changed to fit.
func (r *run) valuesCut() map[string]int64 {
	cut := map[string]int64{}
	for _, m := range r.mappers {
		addAll(cut, m.ValuesCut)
	}
	if removed := r.plan.Tally.Removed.Load(); removed > 0 {
		cut[ValueRemoved] += removed
	}
	if n := r.learned.notNumbers(); n > 0 {
		cut[ValueNotNumber] += n
	}
	return cut
}
