package cli

import (
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/transfer"
)

// TestTheLineOfAnInterruptedRunSaysWhatIsLeft has what was queued apart from what has no answer.
func TestTheLineOfAnInterruptedRunSaysWhatIsLeft(t *testing.T) {
	s := &transfer.Summary{Rows: transfer.Rows{Read: 8, Sent: 3, Unsent: 5, Unanswered: 2}, People: transfer.PeopleSummary{Sent: 1}}
	line := (&notifier{command: "backfill", summary: s}).lineText(exit.Interrupt, 0)
	if !strings.Contains(line, "3 sent, 3 queued, not sent, 2 sent, no answer; 1 person sent") {
		t.Errorf("the line says %q", line)
	}
}
