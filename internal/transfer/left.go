package transfer

import (
	"context"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer/deliver"
)

// Left is what a run has yet to send, as far as it can be known after the first pass. The zero value is
// nothing.
type Left struct {
	People int64 // identifies
	Events int64 // rows
	Merges int64 // at most
	AtMost bool  // Events may turn out to be fewer
	About  bool  // Events rest on a sample of visitors
}

// Nothing reports whether nothing at all is left to send.
func (l *Left) Nothing() bool { return l.People+l.Events+l.Merges == 0 && !l.About }

// Left counts what the run has yet to send. It maps everybody once, and reads no source. When ctx is done it
// returns the cause; other errors are trouble with the state or the disk.
func (f *FirstPass) Left(ctx context.Context) (left Left, err error) {
	r, err := newRun(ctx, f, Delivery{Ledger: f.input.Resumed})
	defer r.close()
	if err != nil {
		return left, err
	}
	dropped := len(r.rejected) > 0
	if r.begun <= ledger.People {
		var unsendable bool
		if left.People, unsendable, err = newPeoplePhase(r).left(ctx); err != nil {
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

// eventsLeft counts the rows that are to be sent: of people who are sent, without the duplicates. It is exact
// only if all rows are sent, or if all duplicates were sent before. Otherwise nobody knows yet whose rows the
// duplicates are, and the count is an upper limit.
func (r *run) eventsLeft(left *Left) {
	f := r.first
	counts := f.People.Count(0)
	spared := &f.repeats.spared // not among the rows that could be sent
	repeats := f.Repeats - spared.rows
	fresh := f.sendable - repeats
	left.Events, left.About, left.AtMost = counts.Events, counts.Estimated && fresh > 0, f.repeats.unfit > 0
	switch {
	case counts.Events == f.sendable:
		left.Events = fresh
	case !f.People.LeavesOutSent() && !r.first.rules.IdentifiersMayMeet:
		sent := f.repeats.earlier.Count() - spared.earlier + f.repeats.late.Count() + f.repeats.sentAgain
		left.Events -= sent
		left.AtMost = left.AtMost || repeats > sent
	default:
		left.AtMost = left.AtMost || repeats > 0
	}
	if left.Events > fresh {
		left.Events, left.AtMost = fresh, true
	}
	before := &r.delivery.Counts().Before
	refused, rejected := deliver.OfRows(before.Refused), deliver.Sum(before.Rejected)
	ended := max(refused, rejected-f.Bad) // the others may be rows that could never be sent
	left.Events = max(0, left.Events-before.Sent()-ended)
	left.AtMost = left.AtMost || rejected > ended
}

// mergesLeft counts the merges, and the emails that follow them.
func (r *run) mergesLeft(left *Left) {
	if r.begun <= ledger.Merges {
		from, merges := r.from[ledger.Merges], &mergesPhase{run: r}
		for m := range merges.mergings() {
			if m.outcome.Bucket == mapping.Send && !from.Done(m.number) && !merges.refusedBefore(&m) {
				left.Merges++
			}
		}
	}
	if r.begun != ledger.Emails {
		return
	}
	from, emails := r.from[ledger.Emails], newEmailsPhase(r, &mergesPhase{run: r})
	for p := range emails.people() {
		if !from.Done(uint64(p.Number)) {
			left.People++
		}
	}
}
