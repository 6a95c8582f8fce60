package terminal

import (
	"strings"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// summaryText lays a summary out: of a plan, of what was sent, or of what is known before the question.
type summaryText struct {
	Lines
	s     *transfer.Summary
	sent  bool           // it is about what was sent, not about what would be
	asked *transfer.Left // it comes before the question; else nil

	hidesProfiles bool // nobody is left to send
	sentBefore    bool // earlier runs have sent events
	sendsFirst    bool // it is about a whole history, not about what is new
	warnsOfIdle   bool // of what does nothing in the mapping file
	risksSaid     int  // lines of the block of risks so far
}

// Actions are the actions of operations, in the order in which they are listed.
var Actions = []string{"identify", "event", "page", "screen", "merge"}

// RestartFlag is the name of the flag that replans a backfill.
const RestartFlag = "restart"

// RestartSends says, where recent events wait, what the next command is for.
const RestartSends = "the next command sends what is old enough by then"

// recentHeld counts the events that wait because they are recent.
func (t *summaryText) recentHeld() int64 { return t.s.Rows.Skipped[mapping.ReasonRecent] }

// waitsForRestart reports whether the next command is for events that wait.
func (t *summaryText) waitsForRestart() bool {
	return t.recentHeld() > 0 && strings.HasSuffix(t.s.Next, "--"+RestartFlag)
}
