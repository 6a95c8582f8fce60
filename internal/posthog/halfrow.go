package posthog

import (
	"encoding/json"
	"errors"
	"slices"
)

// A file that is being written to may end in the middle of a row. Options.WrittenSince leaves that row for a later reading.

// leavesHalf leaves rest out if it is half a row, and says so. Of a compressed source only its stream tells whether it is
// whole.
func (c *cutter) leavesHalf() bool {
	if c.codec != "" || c.layout.elements != nil || !c.written() || !c.half() {
		return false
	}
	c.drop()
	c.say(SourceError{
		Kind: Warning, Unended: true, Err: errors.New("the last row may be incomplete (no newline ends it) and is left out"),
		Advice: "the next run reads it",
	})
	return true
}

// written reports whether something may be writing to the source still.
func (c *cutter) written() bool {
	since := c.options.WrittenSince
	if since.IsZero() {
		return false
	}
	now, err := c.input.Now(c.out.ctx)
	return err == nil && now.Version.Modified >= since.UnixNano()
}

// half reports whether rest may have been cut off within a row. Of a CSV's only the end of its line tells, and an open
// quote, which goes over several lines; but if one of those is an event, then a stray quote has only made it look so.
func (c *cutter) half() bool {
	n := len(c.rest)
	if n == 0 {
		return false
	}
	ended := c.rest[n-1] == '\n'
	if !c.layout.csv {
		return !ended && !json.Valid(c.rest)
	}
	if _, state := quotedRow(c.rest, 0, c.layout.cut); state != rowOpen {
		return !ended
	}
	for _, bad := range c.tail(slices.Clone(c.rest)).Events() {
		if bad == nil {
			return false
		}
	}
	return true
}
