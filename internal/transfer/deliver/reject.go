package deliver

import (
	"bytes"
	"encoding/json"
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Reject is one row or operation that could not be sent, with its place and reason. Its JSON form is what the
// state keeps and what the file of rejects has in a line.
type Reject struct {
	File      string          `json:"file,omitempty"`
	Row       int64           `json:"row,omitempty"`  // in its file, from 1, a CSV's header not counted
	Line      int64           `json:"line,omitempty"` // in its file, from 1; left out where only the row is known
	Reason    string          `json:"reason"`
	Detail    string          `json:"detail,omitempty"`
	Field     string          `json:"field,omitempty"`     // the API's, of what it refused
	Operation json.RawMessage `json:"operation,omitempty"` // what the API refused, as it was sent
	Raw       string          `json:"raw,omitempty"`       // the row's first bytes, where it never became an operation

	Event   string `json:"event,omitempty"`    // of a row that corrects one that was sent: its event
	EventID string `json:"event_id,omitempty"` // of the same: in Customer.io

	Number uint64     `json:"-"` // of the row, person or merge in its phase
	Key    ledger.Key `json:"-"` // by which a later run knows it again
	Closed bool       `json:"-"` // only listed: it is not counted as rejected, and never to be tried again
}

// Rejects takes what could not be sent, as it happens. Reject is called from one goroutine at a time; what it
// is given is borrowed until it returns. An error ends the sending.
type Rejects interface {
	Reject(r *Reject) error
}

// record returns the reject as the ledger keeps it.
func (r *Reject) record(phase ledger.Phase) (ledger.Reject, error) {
	line, err := json.Marshal(r)
	return ledger.Reject{Phase: phase, Number: r.Number, Reason: r.Reason, Key: r.Key, Closed: r.Closed, Text: line}, err
}

// refused returns the reject of an operation that the API refused.
func refused(refusal *customerio.Rejection, body []byte, key ledger.Key) *Reject {
	return &Reject{
		Reason: apiReason(refusal), Detail: refusal.Message, Field: refusal.Field, Operation: body,
		Number: refusal.Ref, Key: key,
	}
}

// apiReason marks the API's own words: its reasons are an open set, so they are counted as they come.
func apiReason(refusal *customerio.Rejection) string {
	if refusal.Reason == "" {
		return "api:unnamed"
	}
	return "api:" + refusal.Reason
}

// mostExamples is how many rejects are examples, each for another reason.
const mostExamples = 5

// withExample adds a reject to the examples if it is the first of its reason and there is room. Its operation
// is copied.
func withExample(examples []Reject, r *Reject) []Reject {
	same := func(e Reject) bool { return e.Reason == r.Reason }
	if r.Closed || len(examples) == mostExamples || slices.ContainsFunc(examples, same) {
		return examples
	}
	example := *r
	example.Operation = bytes.Clone(r.Operation)
	return append(examples, example)
}
