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
	phase   ledger.Phase
	acks    acks
	step    ledger.Step // without phase, position and counters
	size    int         // bytes of the rejects in step
	changed bool        // since the last cut
	unsaved traffic     // whose answers are in no saved checkpoint
}

// traffic is a number of requests with their operations.
type traffic struct{ requests, operations int }

// add adds a request with so many operations.
func (t *traffic) add(operations int) {
	t.requests++
	t.operations += operations
}

// remove takes other requests out.
func (t *traffic) remove(other traffic) {
	t.requests -= other.requests
	t.operations -= other.operations
}

// advance adds the next part of the phase, without its rejects.
func (c *checkpoint) advance(r *Result) {
	if c == nil {
		return
	}
	c.acks.add(r.Operations, r.Marks, r.End)
	c.step.AddWaiting(r.Waiting)
	c.step.AddCorrections(r.Corrections)
	c.step.AddIdentified(r.Settled)
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
		c.step.AddIdentified(m.Settles)
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

// addRequest notes that a request with so many operations was answered.
func (c *checkpoint) addRequest(operations int) {
	if c != nil {
		c.unsaved.add(operations)
		c.changed = true
	}
}

// unsavedAnswers returns the requests that have unsaved answers.
func (c *checkpoint) unsavedAnswers() traffic {
	if c == nil {
		return traffic{}
	}
	return c.unsaved
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

// cut returns the step to be saved, and the requests that have their answers in it; then the checkpoint
// starts an empty step. The caller saves the step and then calls saved.
func (c *checkpoint) cut(counters Counters) (step *ledger.Step, answered traffic, err error) {
	text, err := json.Marshal(&counters)
	if err != nil {
		return nil, traffic{}, errors.Join(errors.New("saving the counters of the run"), err)
	}
	step = c.step.Complete(c.phase, c.acks.position(), text)
	c.step, c.size, c.changed = ledger.Step{}, 0, false
	return step, c.unsaved, nil
}

// saved notes that the step which cut returned is saved, with the answers of these requests. Requests that
// were answered in the meantime stay unsaved.
func (c *checkpoint) saved(answered traffic) { c.unsaved.remove(answered) }
