package posthog

import (
	"encoding/json"
	"errors"
	"slices"
)

// A file that is being written to may end in the middle of a row. Options.WrittenSince leaves that row for a
// later reading.

// leavesHalf drops rest if it is half a row, with a warning. A compressed source is left alone: its stream
// reports whether it is complete.
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

// written reports whether a program may still be writing to the source.
func (c *cutter) written() bool {
	since := c.options.WrittenSince
	if since.IsZero() {
		return false
	}
	if c.input.Version.Tag != "" {
		return false // it is replaced as a whole
	}
	now, err := c.input.Now(c.out.ctx)
	return err == nil && now.Version.Modified >= since.UnixNano()
}

// half reports whether rest may be an incomplete row. In CSV a row is incomplete without a line end, or with
// an open quote over several lines. But if one of these lines is an event, the quote is only a stray one.
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
	for _, bad := range c.chunk(c.tail(slices.Clone(c.rest), nil), 0).Events() {
		if bad == nil {
			return false
		}
	}
	return true
}
