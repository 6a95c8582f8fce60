package export

import (
	"context"
	"hash/maphash"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
)

// Left is what a run has yet to send, as far as the first reading and the state tell without another reading.
// The zero value is nothing.
type Left struct {
	People int64 // identifies
	Events int64 // rows
	Merges int64 // at most
	AtMost bool  // Events may turn out to be fewer
	About  bool  // Events rest on a sample of visitors
}

// Nothing reports whether nothing at all is left to send.
func (l *Left) Nothing() bool { return l.People+l.Events+l.Merges == 0 && !l.About }

// Left counts what the plan has yet to send. It maps everybody once, and reads no source. It ends early, with
// the cause of ctx, when that is cancelled; other errors are trouble with the state or the disk.
func (l *Learned) Left(ctx context.Context, plan *Plan) (left Left, err error) {
	r := newRun(ctx, plan, l)
	defer r.end()
	if err := r.resume(); err != nil {
		return left, err
	}
	dropped := len(r.rejected) > 0
	if r.begun <= ledger.People {
		var unsendable bool
		if left.People, unsendable, err = r.peopleLeft(ctx); err != nil {
			return left, err
		}
		dropped = dropped || unsendable
	}
	if r.begun <= ledger.Events {
		r.eventsLeft(&left)
		left.AtMost = left.Events > 0 && (left.AtMost || dropped) // events of people who are rejected are rejected
	}
	r.mergesLeft(&left)
	return left, nil
}

// peopleLeft counts the identifies that are to be sent, and tells whether somebody cannot be sent.
func (r *run) peopleLeft(ctx context.Context) (n int64, unsendable bool, err error) {
	groups := parallel.Groups(r.learned.People.People(), peopleTogether)
	for page, err := range parallel.Ordered(groups, r.plan.workers(), r.mapPeople) {
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return n, unsendable, err
		}
		unsendable = unsendable || len(page.rejects)+len(page.turnedDown) > 0
		n += r.identifiesOf(page)
		page.release()
	}
	return n, unsendable, nil
}

// identifiesOf counts the identifies of a page that are to be sent: of people with one identifier the first one's.
func (r *run) identifiesOf(p *page) (n int64) {
	if r.named == nil {
		return int64(len(p.operations))
	}
	from := r.from[ledger.People]
	for _, op := range p.operations {
		who := maphash.Comparable(namedSeed, op.Who)
		if !from.Done(op.Ref) && !p.unchanged[op.Ref] && !r.named[who] {
			n++
		}
		r.named[who] = true
	}
	return n
}

// eventsLeft counts the rows that are to be sent. Each belongs to somebody who is sent, and is one that no
// other row stands for. Which of the repeated rows are those of people who are sent is known only where
// everybody is, or where they were sent before.
func (r *run) eventsLeft(left *Left) {
	l := r.learned
	counts := l.People.Count(0)
	fresh := l.sendable - l.Repeats
	left.Events, left.About, left.AtMost = counts.Events, counts.Estimated && fresh > 0, l.repeats.unfit > 0
	switch {
	case counts.Events == l.sendable:
		left.Events = fresh
	case !l.People.LeavesOutSent() && !r.plan.IdentifiersMayMeet:
		before := l.repeats.earlier.Count() + l.repeats.late.Count() + l.repeats.again
		left.Events -= before
		left.AtMost = left.AtMost || l.Repeats > before
	default:
		left.AtMost = left.AtMost || l.Repeats > 0
	}
	if left.Events > fresh {
		left.Events, left.AtMost = fresh, true
	}
	refused, rejected := ofRows(r.before.Refused), sum(r.before.Rejected)
	ended := max(refused, rejected-l.Bad) // the others may be rows that could never be sent
	left.Events = max(0, left.Events-r.before.Sent()-ended)
	left.AtMost = left.AtMost || rejected > ended
}

// mergesLeft counts the merges, and the emails that follow them.
func (r *run) mergesLeft(left *Left) {
	if r.begun <= ledger.Merges {
		from := r.from[ledger.Merges]
		for m := range r.mergings() {
			if m.outcome.Bucket == mapping.Send && !from.Done(m.number) && !r.refusedBefore(&m) {
				left.Merges++
			}
		}
	}
	if r.begun != ledger.Emails {
		return
	}
	from := r.from[ledger.Emails]
	for p := range r.learned.People.People() {
		if p.EmailLate() && !from.Done(uint64(p.Number)) {
			left.People++
		}
	}
}
