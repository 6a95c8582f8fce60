package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/spool"
)

// TooManyRejects ends a run whose rejects exceed Plan.MaxRejects.
type TooManyRejects struct{ Rejected, Rows int64 }

func (e *TooManyRejects) Error() string {
	rejected := report.Count(e.Rejected) + " of " + report.Count(e.Rows) + " rows were"
	switch {
	case e.Rows == 1:
		rejected = "the only row was"
	case e.Rejected == 1:
		rejected = "1 of " + report.Count(e.Rows) + " rows was"
	}
	return "stopped: " + rejected + " rejected, which suggests a wrong mapping or a wrong file"
}

// ExitCode is what the program ends with.
func (e *TooManyRejects) ExitCode() int { return exit.Rejects }

// Hint is what to do about it.
func (e *TooManyRejects) Hint() string {
	return "`ph2cio preview` shows which rows and why; to send the others all the same, raise --max-rejects"
}

// Send maps and sends everything, phase after phase: people, events, merges, emails that another profile had. When ctx is cancelled it stops reading,
// lets the requests under way finish within Plan.Grace, and returns the cause. The summary is true in every case.
func Send(ctx context.Context, plan *Plan, learned *Learned) (*Summary, error) {
	started := time.Now()
	run := newRun(ctx, plan, learned)
	defer run.end()
	err := run.resume()
	if err == nil {
		err = run.phases()
	}
	if err == nil && run.tally.read != learned.Rows {
		err = fmt.Errorf("the files have changed since they were first read: they had %s rows, now %s; run again once nothing writes to them",
			report.Count(learned.Rows), report.Count(run.tally.read))
	}
	// A signal that came too late to stop anything did not interrupt the run.
	interrupted := err != nil && ctx.Err() != nil
	if interrupted {
		err = context.Cause(ctx)
	}
	err = errors.Join(err, run.tally.check())
	summary := run.summary()
	summary.Seconds = (learned.Took + time.Since(started)).Seconds()
	summary.Interrupted = interrupted
	return summary, err
}

// run is one pass of sending.
type run struct {
	plan     *Plan
	learned  *Learned
	progress Progress
	tally    *tally
	mappers  []*mapping.Mapper                // one for each worker
	readers  []spool.Reader                   // the same
	rejected map[uint32]bool                  // people whose identify was rejected, by number
	recent   map[uint64]bool                  // Refs that can start a campaign and have no answer yet
	merges   map[uint64]int64                 // in the ledger, by number
	keeper   *keeper                          // of the phase; nil without a ledger
	before   Counters                         // of the run that this one goes on from
	begun    ledger.Phase                     // the phase that it was in
	from     map[ledger.Phase]ledger.Position // where it stopped
	named    map[uint64]bool                  // identifiers that have an identify, by their hash; nil where they cannot meet

	sends           ledger.Phase    // what is being sent now
	mergesRefused   map[uint64]bool // merges that were rejected, by number
	emailsSent      int64           // identifies of people whose email another profile had
	peopleSent      int64
	optedOut        int64 // people whose identify was built without it
	peopleUnchanged int64 // since an earlier run has sent them
	peopleRejected  map[string]int64
	mergesRejected  map[string]int64
	mergePairs      []MergePair // that are sent, the first of them
	examples        []Reject
	corrections     []Correction // the first few

	reading context.Context // done when nothing more is to be read or started
	sending context.Context // done when requests under way must end too, a grace after reading
	stop    context.CancelCauseFunc
	end     context.CancelFunc
}

func newRun(ctx context.Context, plan *Plan, learned *Learned) *run {
	reading, stopReading := context.WithCancelCause(ctx)
	sending, stopSending := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(reading, func() {
		time.AfterFunc(plan.Grace, func() { stopSending(context.Cause(reading)) })
	})
	r := &run{
		plan: plan, learned: learned, progress: plan.progress(), tally: newTally(),
		mergesRefused: map[uint64]bool{}, rejected: map[uint32]bool{}, recent: map[uint64]bool{}, peopleRejected: map[string]int64{}, mergesRejected: map[string]int64{},
		reading: reading, sending: sending, stop: stopReading,
		end: func() { stop(); stopReading(nil); stopSending(nil) },
	}
	if plan.IdentifiersMayMeet {
		r.named = map[uint64]bool{}
	}
	for range plan.workers() {
		mapper := learned.NewMapper(plan.Rules)
		mapper.Refused = r.rejected
		r.mappers = append(r.mappers, mapper)
	}
	r.readers = make([]spool.Reader, len(r.mappers))
	return r
}

// phases sends what an earlier run has not finished.
func (r *run) phases() error {
	for _, phase := range []struct {
		of   ledger.Phase
		send func() error
	}{
		{ledger.People, r.sendPeople},
		{ledger.People, r.settle},
		{ledger.Events, r.sendEvents},
		{ledger.Merges, r.sendLinks},
		{ledger.Merges, r.settleMerges},
		{ledger.Emails, r.sendEmails},
	} {
		if phase.of < r.begun {
			continue
		}
		if err := phase.send(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) sendPeople() error {
	total := int64(r.learned.People.Count(0).Sent)
	out := r.outbox(ledger.People, total, Operations, r.personRejected)
	defer r.progress.Done()
	groups := parallel.Groups(r.learned.People.People(), peopleTogether)
	for page, err := range parallel.Ordered(groups, r.plan.workers(), r.mapPeople) {
		if err == nil {
			err = r.takePeople(out, page)
		}
		if err == nil {
			err = r.stopped() // which sending says only where there is something to send
		}
		if err != nil {
			return out.end(err)
		}
	}
	err := out.end(nil)
	if err == nil {
		r.progress.Advance(total) // also those who need not be sent
	}
	return err
}

// stopped is why nothing more is to be read or started, nil as long as there is no reason.
func (r *run) stopped() error { return context.Cause(r.reading) }

// takePeople counts and packs a group's operations, and leaves out those who cannot be sent: their events are rejected
// with them.
func (r *run) takePeople(out *outbox, page *page) error {
	defer page.release()
	out.lock.Lock()
	errs := r.dropNamed(page)
	r.keeper.took(page.operations, page.marks, page.end)
	r.tally.built[customerio.Identify] += int64(len(page.operations))
	for _, op := range page.operations {
		if _, found := slices.BinarySearch(page.optedOut, op.Ref); found {
			r.optedOut++
		}
	}
	for _, number := range page.turnedDown {
		r.rejected[number] = true
	}
	r.peopleUnchanged += int64(len(page.unchanged))
	for i := range page.rejects {
		one := &page.rejects[i]
		r.peopleRejected[one.Reason]++
		r.rejected[uint32(one.ref)] = true
		errs = errors.Join(errs, r.reject(one.ref, &one.Reject))
	}
	out.answered += page.people - int64(len(page.operations)) // nobody waits for an answer about the others
	r.progress.Advance(out.answered)
	out.lock.Unlock()
	if errs != nil {
		r.leave(out, page.operations)
		return errs
	}
	return r.packAll(out, page.operations)
}

// settle waits until the API has had time to make the people that events and merges will name: it promises no order
// (docs.customer.io/journeys/importing-old-data).
func (r *run) settle() error {
	if r.peopleSent+r.before.Accepted[customerio.Identify] == 0 {
		return nil
	}
	return r.wait("before sending events, so that Customer.io has the people")
}

// settleMerges waits until the API has had time to merge, before people get the emails of what was merged.
func (r *run) settleMerges() error {
	if r.tally.accepted[customerio.Merge]+r.before.Accepted[customerio.Merge] == 0 || !r.anyEmails() {
		return nil
	}
	return r.wait("so that Customer.io has merged the profiles")
}

func (r *run) wait(what string) error {
	if r.plan.Settle <= 0 {
		return nil
	}
	r.progress.Say(fmt.Sprintf("waiting %s %s", r.plan.Settle, what))
	select {
	case <-r.reading.Done():
		return context.Cause(r.reading)
	case <-time.After(r.plan.Settle):
		return nil
	}
}

func (r *run) sendEvents() error {
	out := r.outbox(ledger.Events, r.learned.Bytes, Bytes, r.rowRejected)
	defer r.progress.Done()
	err := out.end(r.readAgain(out))
	if err == nil {
		r.progress.Advance(r.learned.Bytes)
	}
	r.note(out)
	return err
}

// readAgain is the second reading: every group of chunks is mapped, counted and packed, in input order.
func (r *run) readAgain(out *outbox) error {
	for page, err := range parallel.Ordered(together(r.learned.again(r.reading, r.plan)), r.plan.workers(), r.mapChunks) {
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			if !r.learned.knows(trouble) {
				return trouble
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("second reading: %w", err)
		}
		if page.err != nil {
			return page.err
		}
		if err := r.take(out, page); err != nil {
			return err
		}
	}
	return nil
}

// take counts a page of mapped chunks, writes its rejects and packs its operations.
func (r *run) take(out *outbox, page *page) error {
	defer page.release()
	out.lock.Lock()
	r.tally.add(page.tally)
	for _, ref := range page.recent {
		r.recent[ref] = true
	}
	err := errors.Join(r.writeRejects(page.rejects), r.listLate(page.late))
	r.keeper.owes(page.owed)
	r.keeper.took(page.operations, page.marks, page.end)
	out.lock.Unlock()
	out.breathe()
	if err == nil {
		err = r.tooMany(out)
	}
	if err != nil {
		r.leave(out, page.operations)
		return err
	}
	if err := r.packAll(out, page.operations); err != nil {
		return err
	}
	r.progress.Advance(page.bytes)
	r.note(out)
	return nil
}

func (r *run) sendLinks() error {
	if r.learned.People.LinkCount()+len(r.plan.Merges) == 0 {
		return nil
	}
	out := r.outbox(ledger.Merges, 0, Operations, r.linkRejected)
	defer r.progress.Done()
	return out.end(r.merge(out))
}

// packAll packs operations that have been counted as built.
func (r *run) packAll(out *outbox, operations []customerio.Operation) error {
	for i, op := range operations {
		if err := r.pack(out, op); err != nil {
			r.leave(out, operations[i+1:])
			return err
		}
	}
	return nil
}

// pack shows an operation to whoever wants to see it and puts it into a batch.
func (r *run) pack(out *outbox, op customerio.Operation) error {
	if r.plan.Operations != nil {
		if err := r.plan.Operations(op); err != nil {
			r.leave(out, []customerio.Operation{op})
			return err
		}
	}
	return out.put(op)
}

// leave counts operations that were built but reached no batch.
func (r *run) leave(out *outbox, operations []customerio.Operation) {
	out.lock.Lock()
	defer out.lock.Unlock()
	for _, op := range operations {
		r.tally.unsent[op.Action]++
	}
}
