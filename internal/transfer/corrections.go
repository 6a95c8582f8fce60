package transfer

import (
	"fmt"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer/deliver"
)

// A row may correct an event that an earlier run has sent. PostHog uses the newest version of an event,
// Customer.io the first that it gets, so such a row is skipped and listed. Later runs that read the same
// correction again count it as sent.

// mostCorrections is how many such rows the summary lists. A run that sends writes all of them to its file of
// rejects.
const mostCorrections = 1000

// Correction is a row that corrects an event which was sent before.
type Correction struct {
	File    string `json:"file"`
	Row     int64  `json:"row"`  // in its file, from 1, a CSV's header not counted
	Line    int64  `json:"line"` // in its file, from 1; of Parquet the row
	Event   string `json:"event"`
	EventID string `json:"event_id"` // in Customer.io
}

// lateCorrection returns the entry for a row that corrects what was sent, without its file and row.
func lateCorrection(e *posthog.Event, ids *mapping.EventIDs) deliver.Reject {
	key := ids.Of(e)
	id := key.String()
	return deliver.Reject{
		Number: e.Ref, Key: keyOfCorrection((*ledger.Key)(&key), ids.Content(e)), Closed: true, Line: e.Line, Reason: mapping.ReasonCorrectedLate, Event: string(e.Name), EventID: id,
		Detail: fmt.Sprintf("another version of the event %s was already sent, and Customer.io cannot change it", id),
		Raw:    string(e.Text(maxRaw)),
	}
}
