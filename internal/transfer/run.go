package transfer

import (
	"context"
	"maps"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer/deliver"
)

// run is what the phases of sending share.
type run struct {
	first    *FirstPass
	options  Delivery
	progress Progress
	mappers  []*mapping.Mapper // one for each worker
	delivery *deliver.Delivery

	begun ledger.Phase                     // the phase in which a resumed run was stopped; 0 for a new run
	from  map[ledger.Phase]ledger.Position // how far each phase had come by then

	rejected      map[uint32]bool     // people whose identify was rejected, by number; the mappers read it
	toBeSent      map[uint32][]string // by number, people of whom the ledger has rejected identifies, with their kept distinct IDs then
	refusals      *refusals           // of rows, for details; nil without
	made          *made               // nil if nobody asks for it
	mergesRefused map[uint64]bool     // merges that the API refused, by number
	corrections   []Correction        // the first few
}

// newRun begins a run, or resumes the one of options.Ledger. The run must be closed. It is usable even with
// an error, so that its summary can say that nothing happened.
func newRun(ctx context.Context, first *FirstPass, options Delivery) (*run, error) {
	r := &run{
		first: first, options: options, progress: first.input.progress(), rejected: map[uint32]bool{}, mergesRefused: map[uint64]bool{},
	}
	r.made = newMade(first.fates != nil || options.ListProfiles)
	if first.fates != nil {
		r.refusals = &refusals{personal: first.fates.personal}
	}
	var saved deliver.Ledger // nil without a ledger
	var before deliver.Counters
	var err error
	if stored := options.Ledger; stored != nil {
		saved, r.begun, r.from = stored, stored.Phase, maps.Clone(stored.Positions)
		before, err = deliver.ReadCounters(stored.Counters)
	}
	r.delivery = deliver.New(ctx, options.Options, saved, before)
	r.mappers = first.newMappers()
	for _, mapper := range r.mappers {
		mapper.Refused = r.rejected
	}
	if err == nil && r.saves() {
		err = r.resume()
	}
	return r, err
}

func (r *run) close() { r.delivery.Close() }

// saves reports whether the run saves in a ledger what it does.
func (r *run) saves() bool { return r.options.Ledger != nil }

// begin opens a phase, and shows how many of its operations have an answer. before is how many had one when the
// run was resumed.
func (r *run) begin(phase ledger.Phase, before int64, e expected) (*deliver.Phase, *answered) {
	progress := r.progress
	if e.exact && e.all == before {
		progress = silent{} // nothing is left to send
	}
	shown := newAnswered(progress, r.doing(phase), before, e)
	spec := deliver.Spec{Phase: phase, From: r.from[phase], Progress: func(n, _, _ int64) { shown.answer(n) }, Accepted: r.made.noter(phase)}
	return r.delivery.Begin(spec), shown
}

// doing says what a phase does, for the progress.
func (r *run) doing(phase ledger.Phase) string {
	what := phase.String()
	if phase == ledger.Emails {
		what = "updates after merges"
	}
	if !r.saves() {
		return "preparing " + what // a preview sends nothing
	}
	return "sending " + what
}

// stopped returns why nothing more is to be read or sent; nil if there is no reason.
func (r *run) stopped() error { return r.delivery.Stopped() }

// settle waits until Customer.io has had time to process what was sent. what says what for.
func (r *run) settle(what string) error {
	if r.options.Settle <= 0 {
		return nil
	}
	r.progress.Phase("waiting "+what, int64((r.options.Settle+time.Second-1)/time.Second), Seconds)
	defer r.progress.Done()
	over, second := time.After(r.options.Settle), time.NewTicker(time.Second)
	defer second.Stop()
	for seconds := int64(1); ; seconds++ {
		select {
		case <-r.delivery.Context().Done():
			return r.stopped()
		case <-over:
			return nil
		case <-second.C:
			r.progress.Advance(seconds)
		}
	}
}

// accepted returns how many operations of an action Customer.io has accepted, before the run was stopped too.
func (r *run) accepted(action customerio.Action) int64 {
	c := r.delivery.Counts()
	return c.Accepted[action] + c.Before.Accepted[action]
}

// noteCorrection lists a row that corrects what was sent, among the first few.
func (r *run) noteCorrection(one *deliver.Reject) {
	if len(r.corrections) < mostCorrections {
		r.corrections = append(r.corrections, Correction{one.File, one.Row, one.Line, one.Event, one.EventID})
	}
}
