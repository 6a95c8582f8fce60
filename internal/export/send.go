package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// TooManyRejects ends a run whose rejects exceed Plan.MaxRejects.
type TooManyRejects struct{ Rejected, Rows int64 }

func (e *TooManyRejects) Error() string {
	return fmt.Sprintf("stopped: %s of %s rows were rejected, which looks like a wrong mapping or a wrong file",
		Count(e.Rejected), Count(e.Rows))
}

// Send maps and sends everything, phase after phase: people, events, merges. When ctx is cancelled it stops reading,
// lets the requests under way finish within Plan.Grace, and returns the cause. The summary is true in every case.
func Send(ctx context.Context, plan *Plan, learned *Learned) (*Summary, error) {
	started := time.Now()
	run := newRun(ctx, plan, learned)
	defer run.end()
	err := run.phases()
	err = errors.Join(err, run.tally.check())
	summary := run.summary()
	summary.Seconds = time.Since(started).Seconds()
	summary.Interrupted = ctx.Err() != nil
	return summary, err
}

// run is one pass of sending.
type run struct {
	plan     *Plan
	learned  *Learned
	progress Progress
	tally    *tally
	mappers  []*mapping.Mapper
	personal *mapping.Mapper // maps people and links
	rejected map[uint32]bool // people whose identify was rejected, by number

	peopleSent     int64
	peopleRejected map[string]int64
	examples       []Reject

	reading context.Context
	sending context.Context
	end     context.CancelFunc
}

func newRun(ctx context.Context, plan *Plan, learned *Learned) *run {
	reading, stopReading := context.WithCancelCause(ctx)
	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(reading, func() { time.AfterFunc(plan.Grace, stopSending) })
	return &run{
		plan: plan, learned: learned, progress: plan.progress(), tally: newTally(),
		personal: plan.Rules.NewMapper(learned.People),
		rejected: map[uint32]bool{}, peopleRejected: map[string]int64{},
		reading: reading, sending: sending,
		end: func() { stop(); stopReading(nil); stopSending() },
	}
}

func (r *run) phases() error {
	if err := r.sendPeople(); err != nil {
		return err
	}
	if err := r.settle(); err != nil {
		return err
	}
	if err := r.sendEvents(); err != nil {
		return err
	}
	return r.sendLinks()
}

func (r *run) sendPeople() error {
	total := int64(r.learned.People.Count(0).Sent)
	out := r.outbox("people", total, Operations, r.personRejected)
	defer r.progress.Done()
	var body []byte
	for person := range r.learned.People.People() {
		op, outcome := r.personal.Person(body[:0], person)
		if outcome.Bucket != mapping.Send {
			if err := r.leaveOut(out, person, outcome); err != nil {
				return errors.Join(err, out.finish())
			}
			continue
		}
		body = op
		if err := r.build(out, customerio.Operation{Body: op, Ref: uint64(person.Number)}, customerio.Identify); err != nil {
			return errors.Join(err, out.finish())
		}
	}
	return out.finish()
}

// settle waits until the API has had time to make the people that events and merges will name: it promises no order
// (docs.customer.io/journeys/importing-old-data).
func (r *run) settle() error {
	if r.plan.Settle <= 0 || r.peopleSent == 0 {
		return nil
	}
	r.progress.Say(fmt.Sprintf("waiting %s for the people to settle before their events", r.plan.Settle))
	select {
	case <-r.reading.Done():
		return context.Cause(r.reading)
	case <-time.After(r.plan.Settle):
		return nil
	}
}

func (r *run) sendEvents() error {
	out := r.outbox("events", r.learned.Bytes, Bytes, r.rowRejected)
	defer r.progress.Done()
	r.mappers = nil
	for range r.plan.workers() {
		r.mappers = append(r.mappers, r.plan.Rules.NewMapper(r.learned.People))
	}
	err := r.readAgain(out)
	return errors.Join(err, out.finish())
}

// readAgain is the second reading: every chunk is mapped, counted and packed, in input order.
func (r *run) readAgain(out *outbox) error {
	chunks := posthog.Read(r.reading, r.plan.Sources, r.learned.again())
	for page, err := range ordered(chunks, r.plan.workers(), r.mapChunk) {
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			if trouble.Kind == posthog.Changed {
				return trouble
			}
			continue // the first reading has told
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

// take counts a mapped chunk, writes its rejects and packs its operations.
func (r *run) take(out *outbox, page *page) error {
	defer page.release()
	out.lock.Lock()
	r.tally.add(page.tally)
	err := r.writeRejects(page.rejects)
	out.lock.Unlock()
	if err != nil {
		return err
	}
	if err := r.tooMany(out); err != nil {
		return err
	}
	for i, op := range page.operations {
		if err := r.pack(out, op); err != nil {
			r.leave(out, page.operations[i+1:])
			return err
		}
	}
	r.progress.Advance(page.bytes)
	r.note(out)
	return nil
}

func (r *run) sendLinks() error {
	links := r.learned.People.Links()
	out := r.outbox("merges", 0, Operations, r.linkRejected)
	defer r.progress.Done()
	var body []byte
	var number uint64
	for link := range links {
		if body = r.personal.Link(body[:0], link); len(body) == 0 {
			continue // one of the two has no identifier that fits
		}
		if err := r.build(out, customerio.Operation{Body: body, Ref: number}, customerio.Merge); err != nil {
			return errors.Join(err, out.finish())
		}
		number++
	}
	return out.finish()
}

// build counts and packs an operation that stands for no row.
func (r *run) build(out *outbox, op customerio.Operation, action customerio.Action) error {
	out.lock.Lock()
	r.tally.built[action]++
	out.lock.Unlock()
	return r.pack(out, op)
}

// pack shows an operation to whoever wants to see it and puts it into a batch.
func (r *run) pack(out *outbox, op customerio.Operation) error {
	if r.plan.Operations != nil {
		if err := r.plan.Operations(op.Body); err != nil {
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
		r.tally.unsent[customerio.ActionOf(op.Body)]++
	}
}

// leaveOut counts a person who cannot be sent; their events are rejected with them.
func (r *run) leaveOut(out *outbox, p *people.Person, o mapping.Outcome) error {
	out.lock.Lock()
	defer out.lock.Unlock()
	r.peopleRejected[o.Reason]++
	r.rejected[p.Number] = true
	return r.reject(&Reject{Reason: o.Reason, Detail: o.Detail + ": person " + p.DistinctID})
}
