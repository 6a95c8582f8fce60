package posthog

import (
	"encoding/json"
	"errors"
	"slices"
)

// A file that is being written to may end in the middle of a row. Options.LeaveHalf leaves that row for a later reading.

// leavesHalf leaves rest out if it is half a row, and says so. Of a compressed source only its stream tells whether it is whole.
func (c *cutter) leavesHalf() bool {
	if !c.reading.options.LeaveHalf || c.codec != "" || c.layout.elements != nil || !c.half() {
		return false
	}
	c.drop()
	c.say(SourceError{Kind: Warning, Err: errors.New("its last row has no end yet and is left out"), Hint: "it is read once the rest of it has been written"})
	return true
}

// half reports whether rest, which no newline ends, was cut off within a row. A CSV's may have gone over several lines; but if one
// of those is an event, then a stray quote has only made it look so.
func (c *cutter) half() bool {
	n := len(c.rest)
	if n == 0 || c.rest[n-1] == '\n' {
		return false
	}
	open := false
	if c.layout.csv {
		_, state := quotedRow(c.rest, 0)
		open = state == rowOpen
	}
	found := false
	for _, bad := range c.tail(slices.Clone(c.rest)).Events() {
		switch {
		case bad == nil:
			return false
		case open, bad.short, !c.layout.csv && bad.Reason == NotJSON && !json.Valid(trimLineEnd(c.rest)):
			found = true
		}
	}
	return found
}
