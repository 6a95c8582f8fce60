package terminal

import "ph2cio/internal/transfer"

// summaryText lays a summary out.
type summaryText struct {
	Lines
	s    *transfer.Summary
	sent bool // the summary is about what was sent, not about what would be
}

// Actions are the actions of operations, in the order in which they are listed.
var Actions = []string{"identify", "event", "page", "screen", "merge"}
