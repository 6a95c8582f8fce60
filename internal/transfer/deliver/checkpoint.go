package deliver

import (
	"encoding/json"
	"errors"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// maxUnsavedRejects is how many bytes of rejects may be unsaved before Deliver blocks.
const maxUnsavedRejects = 1 << 20

// checkpoint collects what the next checkpoint of a phase saves. Phase.lock guards it. A nil checkpoint,
// which a delivery without a ledger has, collects nothing.
type checkpoint struct {
	phase    ledger.Phase
	acks     acks
	step     ledger.Step // without phase, position and counters
	size     int         // bytes of the rejects in step
	changed  bool        // since the last cut
	requests int         // whose answers are in no saved checkpoint
}

// advance adds the next part of the phase, without its rejects.
func (c *checkpoint) advance(r *Result) {
	if c == nil {
		return
	}
	c.acks.add(r.Operations, r.Marks, r.End)
	c.step.AddWaiting(r.Waiting)
	c.changed = true
}

// acknowledge notes that an operation was accepted or refused, and returns its mark.
func (c *checkpoint) acknowledge(number uint64) (m Mark) {
	if c != nil {
		m = c.acks.acknowledge(number)
		c.changed = true
	}
	return m
}

// accept adds what the ledger saves of an operation that was accepted.
func (c *checkpoint) accept(op *customerio.Operation, m *Mark) {
	if c == nil {
		return
	}
	switch op.Action {
	case customerio.Identify:
		c.step.AddPerson(m.Person)
	case customerio.Merge:
		c.step.AddMerged(m.Merge)
	case customerio.Event, customerio.Page, customerio.Screen:
		c.step.AddSent(ledger.Sent{Key: ledger.Key(op.ID), Version: m.Version}, m.At)
	}
}

// reject adds a reject.
func (c *checkpoint) reject(r *Reject) error {
	record, err := r.record(c.phase)
	if err != nil {
		return err
	}
	c.step.AddReject(record)
	c.size += len(record.Text)
	c.changed = true
	return nil
}

// addRequest notes that a request was answered, and returns how many have unsaved answers now.
func (c *checkpoint) addRequest() int {
	if c == nil {
		return 0
	}
	c.requests++
	c.changed = true
	return c.requests
}

// unsavedRequests returns how many requests have unsaved answers.
func (c *checkpoint) unsavedRequests() int {
	if c == nil {
		return 0
	}
	return c.requests
}

// full reports whether the unsaved rejects take more than maxUnsavedRejects.
func (c *checkpoint) full() bool { return c != nil && c.size > maxUnsavedRejects }

// openRows returns how many rows have an operation without an answer.
func (c *checkpoint) openRows() int64 {
	if c.phase != ledger.Events {
		return 0
	}
	return c.acks.count()
}

// cut returns the step to be saved, and how many requests have their answers in it; then the checkpoint
// starts an empty step. The caller saves the step and then calls saved.
func (c *checkpoint) cut(counters Counters) (step *ledger.Step, requests int, err error) {
	text, err := json.Marshal(&counters)
	if err != nil {
		return nil, 0, errors.Join(errors.New("saving the counters of the run"), err)
	}
	step = c.step.Complete(c.phase, c.acks.position(), text)
	c.step, c.size, c.changed = ledger.Step{}, 0, false
	return step, c.requests, nil
}

// saved notes that the step which cut returned is saved, with the answers of so many requests. Requests that
// were answered in the meantime stay unsaved.
func (c *checkpoint) saved(requests int) { c.requests -= requests }
