package deliver

import (
	"bytes"
	"encoding/json"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Reject is one row or operation that could not be sent, with its place and the reason. Its JSON form is
// saved in the state, and is a line in the file of rejects.
type Reject struct {
	File      string          `json:"file,omitempty"`
	Row       int64           `json:"row,omitempty"`  // in its file, from 1, without the header of a CSV
	Line      int64           `json:"line,omitempty"` // in its file, from 1; left out if only the row is known
	Reason    string          `json:"reason"`
	Detail    string          `json:"detail,omitempty"`
	Field     string          `json:"field,omitempty"`     // that the API refused, in its own words
	Operation json.RawMessage `json:"operation,omitempty"` // that the API refused, as it was sent
	Raw       string          `json:"raw,omitempty"`       // the row's first bytes, if it never became an operation

	Event   string `json:"event,omitempty"`    // of a row that never became an operation: the name of its event
	EventID string `json:"event_id,omitempty"` // only of a row that corrects one that was sent: the event's ID in Customer.io

	Number   uint64     `json:"-"` // of the row, person or merge in its phase
	Key      ledger.Key `json:"-"` // by which a later run recognizes it
	EventKey ledger.Key `json:"-"` // the ID of a row's event; zero for anything else
	Person   string     `json:"-"` // the kept distinct ID, of an identify and of a row that is rejected with its person
	Closed   bool       `json:"-"` // it is only listed: not counted as rejected, and never tried again
}

// SetPlace says where the row stands.
func (r *Reject) SetPlace(file string, row int64) { r.File, r.Row = file, row }

// WithoutText returns the reject without the row and the operation. It may be kept.
func (r *Reject) WithoutText() Reject {
	short := *r
	short.Raw, short.Operation = "", nil
	return short
}

// Rejects takes rejects as they happen. Reject is called from one goroutine at a time and must not keep r
// after it returns. An error ends the phase.
type Rejects interface {
	Reject(r *Reject) error
}

// record returns the reject as the ledger saves it.
func (r *Reject) record(phase ledger.Phase) (ledger.Reject, error) {
	line, err := json.Marshal(r)
	return ledger.Reject{Phase: phase, Number: r.Number, Reason: r.Reason, Key: r.Key, Event: r.EventKey, Person: r.Person, Closed: r.Closed, Text: line}, err
}

// refused returns the reject of an operation that the API refused, without the place of its row.
func refused(refusal *customerio.Rejection, op *customerio.Operation, m *Mark) *Reject {
	r := &Reject{
		Reason: apiReason(refusal), Detail: refusal.Message, Field: refusal.Field, Operation: op.Body,
		Number: refusal.Ref, Key: m.Key,
	}
	if m.Person != nil {
		r.Person = m.Person.DistinctID
	}
	switch op.Action {
	case customerio.Event, customerio.Page, customerio.Screen:
		r.EventKey = ledger.Key(op.ID)
	}
	return r
}

// apiPrefix marks the reasons of what the API refused.
const apiPrefix = "api:"

// apiReason returns the reason of a reject that the API refused: its own word, marked as such.
func apiReason(refusal *customerio.Rejection) string {
	if refusal.Reason == "" {
		return apiPrefix + "unnamed"
	}
	return apiPrefix + refusal.Reason
}

// IsRefusal reports whether a reason is the API's, and not one of our own checks.
func IsRefusal(reason string) bool { return strings.HasPrefix(reason, apiPrefix) }

// clone returns a reject that borrows nothing.
func (r *Reject) clone() Reject {
	c := *r
	c.Operation = bytes.Clone(r.Operation)
	return c
}
