package deliver

import (
	"encoding/json"
	"errors"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// mostRejects is how many bytes of rejects may wait to be saved before Deliver blocks.
const mostRejects = 1 << 20

// checkpoint is the next checkpoint of a phase, while it grows. The lock of the phase guards it. A nil
// checkpoint, of a delivery without a ledger, keeps nothing.
type checkpoint struct {
	phase    ledger.Phase
	acks     acks
	step     ledger.Step // without position and counters
	size     int         // bytes of its rejects
	changed  bool        // since the last cut
	requests int         // answered requests whose answers are in no saved checkpoint
}

// advance takes in what became of the next part of the phase, without its rejects.
func (c *checkpoint) advance(r *Result) {
	if c == nil {
		return
	}
	c.acks.add(r.Operations, r.Marks, r.End)
	c.step.Waiting = append(c.step.Waiting, r.Waiting...)
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

// accept adds what the ledger keeps of an operation that was accepted.
func (c *checkpoint) accept(op *customerio.Operation, m *Mark) {
	if c == nil {
		return
	}
	switch op.Action {
	case customerio.Identify:
		c.step.People = ledger.AppendPerson(c.step.People, m.Person)
		c.step.Count++
	case customerio.Merge:
		c.step.Merged = append(c.step.Merged, m.Merge)
	case customerio.Event, customerio.Page, customerio.Screen:
		c.step.Sent = append(c.step.Sent, ledger.Sent{Key: ledger.Key(op.ID), Version: m.Version})
		c.step.Newest = max(c.step.Newest, m.At)
	}
}

// reject adds a reject.
func (c *checkpoint) reject(r *Reject) error {
	record, err := r.record(c.phase)
	if err != nil {
		return err
	}
	c.step.Rejects = append(c.step.Rejects, record)
	c.size += len(record.Text)
	c.changed = true
	return nil
}

// addRequest notes that one more request was answered, and returns how many are not saved.
func (c *checkpoint) addRequest() int {
	if c == nil {
		return 0
	}
	c.requests++
	c.changed = true
	return c.requests
}

// unsavedRequests is how many answered requests are not saved.
func (c *checkpoint) unsavedRequests() int {
	if c == nil {
		return 0
	}
	return c.requests
}

// full reports whether so many rejects wait to be saved that Deliver blocks.
func (c *checkpoint) full() bool { return c != nil && c.size > mostRejects }

// openRows is how many rows have an operation without an answer.
func (c *checkpoint) openRows() int64 {
	if c.phase != ledger.Events {
		return 0
	}
	return c.acks.count()
}

// cut returns what is to be saved, and of how many answered requests the answers are in it. The checkpoint
// goes on with an empty step. Once the step is saved, its caller calls saved.
func (c *checkpoint) cut(counters Counters) (step *ledger.Step, answers int, err error) {
	text, err := json.Marshal(&counters)
	if err != nil {
		return nil, 0, errors.Join(errors.New("saving the counters of the run"), err)
	}
	cut := c.step
	cut.Phase, cut.Position, cut.Counters = c.phase, c.acks.position(), text
	c.step, c.size, c.changed = ledger.Step{}, 0, false
	return &cut, c.requests, nil
}

// saved notes that a step with so many answered requests was saved. Requests that were answered meanwhile
// stay unsaved.
func (c *checkpoint) saved(answers int) { c.requests -= answers }
