package export

import (
	"errors"
	"fmt"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// A row may correct an event after that was sent: PostHog keeps the newest version of an event, Customer.io
// the first that it is sent. Such a row is skipped and listed.

// mostCorrections is how many of them the summary lists; a run that sends writes all of them to its rejects.
const mostCorrections = 1000

// Correction is a row that corrects an event which was sent before.
type Correction struct {
	File    string `json:"file"`
	Row     int64  `json:"row"`  // in its file, from 1, a CSV's header not counted
	Line    int64  `json:"line"` // in its file, from 1
	Event   string `json:"event"`
	EventID string `json:"event_id"` // in Customer.io
}

// correctLate counts and lists a row that corrects what was sent.
func (p *page) correctLate(e *posthog.Event, ids *mapping.EventIDs) {
	p.tally.row(mapping.Outcome{Bucket: mapping.Skipped, Reason: mapping.ReasonCorrectedLate})
	id := ids.Of(e).String()
	p.late = append(p.late, placedReject{e.Ref, Reject{
		Line: e.Line, Reason: mapping.ReasonCorrectedLate, Event: string(e.Name), EventID: id, closed: true,
		Detail: fmt.Sprintf("another version of the event %s was already sent, and Customer.io cannot change it", id),
		Raw:    string(e.Row[:min(len(e.Row), maxRaw)]),
	}})
}

// listLate lists a page's rows that correct what was sent. The outbox's lock is held.
func (r *run) listLate(late []placedReject) (errs error) {
	for i := range late {
		one := &late[i].Reject
		one.File, one.Row = r.learned.places.find(late[i].ref)
		r.noteLate(one)
		switch {
		case r.keeper != nil:
			errs = errors.Join(errs, r.keeper.reject(late[i].ref, one))
		case r.plan.Rejects != nil:
			errs = errors.Join(errs, r.plan.Rejects.Reject(one))
		}
	}
	return errs
}

func (r *run) noteLate(one *Reject) {
	if len(r.corrections) < mostCorrections {
		r.corrections = append(r.corrections, Correction{one.File, one.Row, one.Line, one.Event, one.EventID})
	}
}
