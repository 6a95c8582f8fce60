package cli

import (
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// writeLeft says what a run still has to send and, if it is resumed, what it has sent.
func (s *sendJob) writeLeft(out page, read *readJob, left *transfer.Left) error {
	run := read.job.Resumed
	lines := [][]string{leftText("To send", left)}
	if run != nil {
		counters, err := deliver.ReadCounters(run.Counters)
		if err != nil {
			return err
		}
		sent := []string{"Already sent", report.Plural(counters.People(), "person", "people"), report.Plural(counters.Sent(), "event", "events")}
		lines = [][]string{sent, leftText("Left to send", left)}
		fmt.Fprintf(out, "Resuming the %s of %s.\n", run.Command, report.Minute(run.Began))
	}
	for i := 1; i <= 2; i++ { // numbers of people and of events
		align(lines, i)
	}
	if last := len(lines) - 1; !left.Nothing() {
		lines[last] = append(lines[last], report.About(timeLeft(read, left, s.options, s.to.settle(s.options))))
	}
	for _, line := range lines {
		if out.records {
			line = []string{line[0] + ": " + strings.Join(line[1:], ", ")}
		}
		fmt.Fprintln(out, strings.TrimRight("  "+strings.Join(line, "  "), " "))
	}
	return nil
}

// leftText says what is left to send, in cells of a line.
func leftText(label string, left *transfer.Left) []string {
	events := report.Plural(left.Events, "event", "events")
	switch {
	case left.AtMost:
		events = "up to " + events
	case left.About:
		events = "about " + events
	}
	line := []string{label, report.Plural(left.People, "person", "people"), events}
	if left.Merges > 0 {
		line = append(line, report.Plural(left.Merges, "merge", "merges"))
	}
	return line
}

// align puts the numbers of one column below each other. The number of a text stands before its last word.
func align(lines [][]string, column int) {
	number := func(text string) int { return strings.LastIndexByte(text, ' ') }
	before, after := 0, 0
	for _, line := range lines {
		before, after = max(before, number(line[column])), max(after, len(line[column])-number(line[column]))
	}
	for _, line := range lines {
		text := line[column]
		line[column] = strings.Repeat(" ", before-number(text)) + text + strings.Repeat(" ", after-len(text)+number(text))
	}
}

// timeLeft estimates how long sending takes. A run that has sent its people before does not wait for them
// again.
func timeLeft(read *readJob, left *transfer.Left, o *sendingOptions, settle time.Duration) time.Duration {
	run := read.job.Resumed
	if left.People == 0 && (run == nil || run.Phase > ledger.People) {
		settle = 0
	}
	return forecastTime(left.Events+left.People+left.Merges, o.batchItems, o.rate, settle)
}
