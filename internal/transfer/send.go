package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer/deliver"
)

// Send maps and sends everything, phase after phase: people, events, merges, emails that another profile had.
// When ctx is done it stops reading, gives the requests under way Options.Grace to finish, and returns the
// cause. The summary is true even if there is an error.
func Send(ctx context.Context, first *FirstPass, options Delivery) (*Summary, error) {
	started := time.Now()
	run, err := newRun(ctx, first, options)
	defer run.close()
	phases := newPhases(run)
	if err == nil {
		err = phases.send()
	}
	counts := run.delivery.Counts()
	if err == nil && counts.Read != first.Rows {
		err = fmt.Errorf("the files have changed since they were first read: they had %s rows, now %s; run again once nothing writes to them",
			report.Count(first.Rows), report.Count(counts.Read))
	}
	// A signal that came too late to stop anything did not interrupt the run.
	interrupted := err != nil && ctx.Err() != nil
	if interrupted {
		err = context.Cause(ctx)
	}
	err = errors.Join(err, counts.Check())
	summary := run.summary(ending{
		optedOut: phases.people.optedOut, merges: phases.merges.pairs,
		took: first.Took + time.Since(started), interrupted: interrupted,
	})
	if run.saves() {
		summary.Reached = phases.reached()
	}
	return summary, err
}

// Unsent returns the summary of a run that has sent nothing, because something prevented it after the first
// pass. No row is in its Rows.
func Unsent(first *FirstPass) *Summary {
	run, _ := newRun(context.Background(), first, DryRun(nil)) // without a ledger there is no error
	defer run.close()
	return run.summary(ending{took: first.Took})
}

// reached returns how far the phases have come.
func (p *phases) reached() Reached {
	counts := p.people.delivery.Counts()
	before := &counts.Before
	r := Reached{People: before.People() + counts.PeopleSent(), Events: before.Sent() + deliver.OfRows(counts.Accepted)}
	switch {
	case p.people.shown != nil:
		r.AllPeople, _ = p.people.shown.total()
		r.AllPeople = max(r.People, r.AllPeople-counts.Refused[customerio.Identify]) // those are not sent again when the run is resumed
	case p.begun > ledger.People:
		r.AllPeople = r.People
	default:
		expected := p.people.expected(before.People())
		r.AllPeople, _ = expected.total()
	}
	if p.events.shown != nil {
		r.AllEvents, r.About = p.events.shown.total()
		r.AllEvents = max(r.Events, r.AllEvents-deliver.OfRows(counts.Refused))
	} else if expected := p.events.eventsExpected(before.Sent()); p.begun <= ledger.Events {
		r.AllEvents, r.About = expected.total()
	} else {
		r.AllEvents = r.Events
	}
	return r
}

// phases are those of a run, in the order in which they are sent.
type phases struct {
	begun  ledger.Phase
	people *peoplePhase
	events *eventsPhase
	merges *mergesPhase
	emails *emailsPhase
}

func newPhases(r *run) *phases {
	merges := &mergesPhase{run: r}
	return &phases{r.begun, newPeoplePhase(r), newEventsPhase(r), merges, newEmailsPhase(r, merges)}
}

// send sends what the run has not finished before it was stopped.
func (p *phases) send() error {
	if err := p.events.countBefore(); err != nil {
		return err
	}
	for _, phase := range []struct {
		of   ledger.Phase
		send func() error
	}{
		{ledger.People, p.people.send},
		{ledger.People, p.people.settle},
		{ledger.Events, p.events.send},
		{ledger.Merges, p.merges.send},
		{ledger.Merges, p.emails.settle},
		{ledger.Emails, p.emails.send},
	} {
		if phase.of < p.begun {
			continue
		}
		if err := phase.send(); err != nil {
			return err
		}
	}
	return nil
}
