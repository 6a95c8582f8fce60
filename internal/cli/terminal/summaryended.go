package terminal

import (
	"maps"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// OperationsText lists operations by action.
func OperationsText(counts map[string]int64) string {
	var parts []string
	for _, action := range Actions {
		if n := counts[action]; n > 0 {
			parts = append(parts, report.Count(n)+" "+WordsFor(action, n))
		}
	}
	return strings.Join(parts, ", ")
}

// unsentText says which operations were never sent, and which were not answered.
func unsentText(s *transfer.Summary) (queued, unanswered string) {
	never := maps.Clone(s.Unsent)
	for action, n := range s.Unanswered {
		never[action] -= n
	}
	if queued = OperationsText(never); queued != "" {
		queued += " queued, not sent"
	}
	if unanswered = OperationsText(s.Unanswered); unanswered != "" {
		unanswered += " sent, no answer"
	}
	return queued, unanswered
}

// stopped says what an interruption means for this summary.
func (t *summaryText) stopped() string {
	switch {
	case !t.sent:
		return "before the end, so these counts are not complete"
	case deliver.Sum(t.s.Unanswered) > 0:
		return "before the end; run the same command again to resume (what has no answer is safe to send again)"
	}
	return "before the end, with every request answered; run the same command again to resume"
}
