package workspace

import (
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// change is one operation while it is applied: the state that it changes, and the moment.
type change struct {
	*state
	op  *trackapi.Operation
	now time.Time
}

// note writes down what happened to the operation, for the list of activities.
func (c change) note(kind, detail string) { c.noteOn(c.op.Subject(), kind, detail) }

// noteOn is note for something other than the subject of the operation.
func (c change) noteOn(who, kind, detail string) {
	c.activities.Add(Activity{Time: c.now.UTC(), Type: kind, Who: who, Detail: detail})
}

// known returns the person of an operation that never creates one. If there is none it notes that and returns
// nil.
func (c change) known() *person {
	p := c.find(c.op.Who)
	if p == nil {
		c.unknown()
	}
	return p
}

// unknown notes that the operation did nothing because its subject does not exist.
func (c change) unknown() {
	c.counts.IgnoredUnknown++
	c.note(activityUnknown, "")
}
