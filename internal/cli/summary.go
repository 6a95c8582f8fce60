package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"strings"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// writeSummary says what happened, for a person or as one JSON document. failed is what ended the run early,
// if anything; only the document holds it. A run that sends writes no text if it is quiet, or if stderr is a
// log of JSON, whose last record says all of it: stdout may go to the same place.
func (p *program) writeSummary(w io.Writer, s *transfer.Summary, title string, failed error) error {
	p.notify.setSummary(s)
	if p.json {
		return p.writeJSON(w, struct {
			*transfer.Summary
			Error *failure `json:"error,omitempty"`
		}{s, p.failureOf(failed)})
	}
	if p.notify != nil && (p.quiet || p.log != nil) {
		return nil
	}
	t := &summaryText{s: s, style: p.style(p.env.StdoutTerminal && w == p.env.Stdout), width: p.columns(), sent: p.notify != nil}
	t.write(title)
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *summaryText) write(title string) {
	fmt.Fprintf(t, "%s\n\n", t.style.bold(wrapIndented(plain(title), t.columnCount(), 0)))
	t.rows()
	t.columns()
	t.people()
	t.operations()
	t.names()
	t.campaigns()
	t.trouble()
	if t.s.Estimate > 0 {
		t.line("send time", report.About(time.Duration(t.s.Estimate*float64(time.Second)))+" with waits")
	}
	t.line("took", report.Elapsed(t.s.Seconds))
	if t.s.Interrupted {
		t.line("stopped", t.style.yellow(t.stopped()))
	}
	if t.s.Rejects != "" {
		t.line("rejects", plain(t.s.Rejects))
	}
	if n := t.s.Rows.Skipped[mapping.ReasonRecent]; n > 0 && strings.HasSuffix(t.s.Next, "--"+restartFlag) {
		t.line("waiting", report.Plural(n, "event", "events")+" of the last 72 hours; "+restartSends)
	}
	t.next(t.s.Next)
}

// restartSends says what the next command is for, where recent events wait.
const restartSends = "the next command sends what is old enough by then"

// labelWidth is the column in which the texts of labelled lines begin.
const labelWidth = 13

// next writes the command to type, on one line so that it can be copied: below its label if it fits only
// there.
func (t *summaryText) next(command string) {
	if command != "" {
		label := fmt.Sprintf("%-12s ", "next")
		if wide := columnsOf(plain(command)); wide <= t.columnCount() && labelWidth+wide > t.columnCount() {
			label = "next\n"
		}
		fmt.Fprintln(t, label+t.style.cyan(plain(command)))
	}
}

// detail writes a line that belongs to the one above it.
func (t *summaryText) detail(text string) {
	const indent = labelWidth + 2
	fmt.Fprintf(t, "%*s%s\n", indent, "", t.style.dim(wrapList(text, t.columnCount(), indent)))
}

// labelled is a label and a text that is wrapped beside it.
func labelled(label, text string, width int) string {
	if width == math.MaxInt32 { // a record of a log
		return strings.TrimPrefix(label+": ", ": ") + text
	}
	return fmt.Sprintf("%-12s ", label) + wrapList(text, width, labelWidth)
}

// operationsText lists operations by action.
func operationsText(counts map[string]int64) string {
	var parts []string
	for _, action := range actions {
		if n := counts[action]; n > 0 {
			parts = append(parts, report.Count(n)+" "+wordsFor(action, n))
		}
	}
	return strings.Join(parts, ", ")
}

func (t *summaryText) operations() {
	t.line("operations", cmp.Or(operationsText(t.s.Operations), "none"))
	if n := int(t.s.Operations["merge"]); n > 0 {
		t.line("", t.style.dim(pairsText(t.s.Merges[:min(len(t.s.Merges), maxNamed)], n)))
	}
	if n := total(t.s.MergesRejected); n > 0 {
		t.line("merges", t.style.red(report.Plural(n, "merge", "merges")+" rejected ("+reasonsBesideTotal(t.s.MergesRejected)+")"))
	}
	if refused := operationsText(t.s.Refused); refused != "" {
		t.line("rejected", t.style.red(refused+" rejected by Customer.io"))
	}
	queued, unanswered := unsentText(t.s)
	t.line("of these", t.style.yellow(report.Join(report.ListSeparator, queued, unanswered)))
	if t.s.Requests > 0 {
		requests := report.Count(t.s.Requests) + " (" + report.Bytes(t.s.Bytes) + ")"
		if t.s.Retries > 0 {
			requests += ", " + report.Plural(t.s.Retries, "retry", "retries")
		}
		t.line("requests", requests)
	}
	if len(t.s.ValuesCut) > 0 {
		t.line("changed", reasons(t.s.ValuesCut))
	}
}

// unsentText says which operations were never sent, and which were not answered.
func unsentText(s *transfer.Summary) (queued, unanswered string) {
	never := maps.Clone(s.Unsent)
	for action, n := range s.Unanswered {
		never[action] -= n
	}
	if queued = operationsText(never); queued != "" {
		queued += " queued, not sent"
	}
	if unanswered = operationsText(s.Unanswered); unanswered != "" {
		unanswered += " sent, no answer"
	}
	return queued, unanswered
}

// stopped says what an interruption means for this summary.
func (t *summaryText) stopped() string {
	switch {
	case !t.sent:
		return "before the end, so these counts are not complete"
	case total(t.s.Unanswered) > 0:
		return "before the end; run the same command again to resume (what has no answer is safe to send again)"
	}
	return "before the end, with every request answered; run the same command again to resume"
}

// noRecent says that no event is recent enough to start a campaign.
const noRecent = "no event of the last 72 hours is sent"

// may says what a run may do, or may have done.
func (t *summaryText) may(do, done string) string {
	if t.sent {
		return "may have " + done
	}
	return "may " + do
}

func (t *summaryText) campaigns() {
	c := t.s.Campaigns
	events := noRecent
	if c.RecentEvents > 0 {
		events = report.Plural(c.RecentEvents, "event", "events") + " of the last 72 hours " + t.may("start", "started") + " a campaign"
	}
	t.line("campaigns", events)
	if c.Identifies > 0 {
		t.line("", report.Plural(c.Identifies, "profile update", "profile updates")+" "+t.may("start", "started")+" segment campaigns")
	}
	t.line("overwrites", overwrites(int64(t.s.People.Stale), t.s.People.Sent, t.may("lose", "lost")))
}

// overwrites says how many of the people who are sent have data so old that it may replace newer data; empty
// for none.
func overwrites(stale, sent int64, mayLose string) string {
	n, upTo := min(stale, sent), ""
	if n == 0 {
		return ""
	}
	if sent < stale {
		upTo = "up to " // some of them are not sent
	}
	return upTo + report.Plural(n, "profile", "profiles") + " " + mayLose + " newer values: " + report.PluralWord(n, "its values", "their values") +
		" in this export are over 72 hours old"
}

func (t *summaryText) trouble() {
	if names := t.s.UnknownOnly; len(names) > 0 {
		t.line("warning", t.style.yellow(oneLine(unknownOnlyText(names))))
	}
	if t.s.LiveStops {
		t.line("blocked", t.style.yellow("a run would send nothing: "+oneLine(liveText(t.s.LiveProfiles))))
		t.line("", liveHint)
	}
	for _, limit := range t.s.WouldStop {
		t.line("blocked", t.style.yellow("a run would send nothing: "+limitText(limit)))
	}
	t.unread()
	for _, source := range t.s.Sources {
		if source.Trouble != "" {
			t.line("trouble", t.style.red(plain(source.Path+": "+source.Trouble)))
			t.line("", plain(source.Hint))
		}
		if source.Warning != "" {
			t.line("warning", t.style.yellow(plain(source.Path+": "+source.Warning)))
			t.line("", plain(source.Hint))
		}
	}
}
