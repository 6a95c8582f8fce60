package transfer

import (
	"context"

	"ph2cio/internal/ledger"
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
// returns the cause; other errors are trouble with the state or the disk. Call it before Send, which then knows
// how many people it sends.
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
	f.identifies = left.People
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
	ended, sure := r.eventsEnded()
	left.Events = max(0, left.Events-ended)
	left.AtMost = left.AtMost || !sure
}

// eventsEnded counts rows that could be sent and were sent or rejected before the run was resumed. sure is false if it
// may be more.
func (r *run) eventsEnded() (n int64, sure bool) {
	before := &r.delivery.Counts().Before
	refused, rejected := deliver.OfRows(before.Refused), deliver.Sum(before.Rejected)
	ended := max(refused, rejected-r.first.Bad) // the others may be rows that could never be sent
	return before.Sent() + ended, rejected <= ended
}

// eventsExpected is how many events are sent, with those that had an answer when the run was resumed, of which there are
// before. Where eventsLeft has an upper limit, it takes as many of the duplicates to be of people who are sent
// as of the other rows.
func (r *run) eventsExpected(before int64) expected {
	var left Left
	r.eventsLeft(&left)
	f := r.first
	if !left.AtMost && !left.About && len(r.rejected) == 0 {
		return expected{all: before + left.Events, exact: true}
	}
	if counts := f.People.Count(0); counts.Events < f.sendable {
		fresh := f.sendable - f.Repeats + f.repeats.spared.rows
		ended, _ := r.eventsEnded()
		likely := int64(float64(counts.Events)/float64(f.sendable)*float64(fresh)) - ended
		left.Events = min(left.Events, max(0, likely))
	}
	return expected{all: before + left.Events}
}

// mergesLeft counts the merges, and the emails that follow them.
func (r *run) mergesLeft(left *Left) {
	if r.begun <= ledger.Merges {
		left.Merges = (&mergesPhase{run: r}).left()
	}
	if r.begun != ledger.Emails {
		return
	}
	left.People += newEmailsPhase(r, &mergesPhase{run: r}).left()
}
