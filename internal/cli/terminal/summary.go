package terminal

import (
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// Summary returns the plan that a preview shows; with sent, the summary of what was sent, in the same layout:
// what decides comes first, details last. idle says to warn of what does nothing in the mapping file.
func Summary(s *transfer.Summary, title string, style Style, width int, sent, idle bool) string {
	t := newSummaryText(s, style, width)
	t.sent, t.warnsOfIdle = sent, idle
	t.write(title)
	return strings.TrimRight(t.String(), "\n") + "\n"
}

func newSummaryText(s *transfer.Summary, style Style, width int) *summaryText {
	return &summaryText{Lines: Lines{Style: style, Width: width, Margin: summaryMargin}, s: s}
}

// summaryMargin is how far the lines of a summary stand in below its title.
const summaryMargin = 2

func (t *summaryText) write(title string) {
	fmt.Fprintln(t, t.Style.Bold(Wrap(Plain(title), t.columnCount(), 0)))
	t.gap()
	t.decides()
	t.next()
	t.gap()
	t.details()
}

// decides writes what somebody needs to know to say yes or no.
func (t *summaryText) decides() {
	if t.s.Interrupted {
		t.Line("Stopped", t.Style.Strong(t.stopped()))
		t.gap()
	}
	t.head()
	t.gap()
	t.trouble()
	t.choices()
	t.gap()
	t.people()
	t.risks()
	if refused := OperationsText(t.s.Refused); refused != "" {
		t.Line("Refused", t.Style.Red(refused+" rejected by Customer.io"))
	}
	if t.s.Unsent["identify"]+t.s.Unsent["merge"] > 0 { // the head counts the others
		queued, unanswered := unsentText(t.s)
		t.Line("Left", report.Join(report.ListSeparator, queued, unanswered))
	}
	if t.asked == nil {
		t.time() // the question says it
	}
}

// details writes what to know besides, in the order in which it may matter.
func (t *summaryText) details() {
	t.Line("empty", EmptyText(t.s.Sources))
	t.unread()
	t.corrections()
	t.examples()
	t.path("rejects", t.s.Rejects)
	t.names()
	t.valuesCut()
	t.times()
	t.columns()
	t.links()
	t.rules()
}

// gap writes an empty line, except where each line is a record of a log.
func (t *summaryText) gap() {
	if text := t.Builder.String(); !t.records() && len(text) > 1 && text[len(text)-2:] != "\n\n" {
		fmt.Fprintln(t)
	}
}

// next says what to type next.
func (t *summaryText) next() {
	if t.waitsForRestart() {
		t.Line("Waiting", report.Plural(t.recentHeld(), "event", "events")+" of the last 72 hours; "+RestartSends)
	}
	note := ""
	switch {
	case t.sent:
	case strings.Contains(t.s.Next, " --only "):
		note = "try one person"
	default:
		note = "sends everybody else"
	}
	t.Next(t.s.Next, note)
}

// time says how long sending takes, or took, and of what size it is.
func (t *summaryText) time() {
	s := t.s
	var parts []string
	if s.Requests > 0 || !t.sent {
		parts = append(parts, report.Plural(s.Requests, "request", "requests"))
	}
	if s.Bytes > 0 {
		parts = append(parts, report.Bytes(s.Bytes))
	}
	if s.Retries > 0 {
		parts = append(parts, report.Plural(s.Retries, "retry", "retries"))
	}
	if s.Estimate > 0 {
		text := report.About(seconds(s.Estimate))
		waiting := report.About(seconds(s.EstimatedWait))
		switch {
		case s.EstimatedWait == 0:
		case waiting == text:
			text += ", nearly all of it waiting"
		default:
			text += " (" + strings.TrimPrefix(waiting, "about ") + " of it waiting)"
		}
		parts = append(parts, text)
	}
	if t.sent {
		parts = append(parts, "took "+report.Elapsed(s.Seconds))
	}
	t.Line("Time", report.Join(", ", parts...))
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// trouble writes what keeps a run from sending anything, and files that could not be read.
func (t *summaryText) trouble() {
	if names := t.s.UnknownOnly; len(names) > 0 {
		t.Line("Warning", t.Style.Strong(OneLine(UnknownOnlyText(names))))
	}
	if t.s.LiveStops {
		t.Line("Blocked", t.Style.Strong("a run would send nothing: "+OneLine(LiveText(t.s.LiveProfiles))))
		t.Line("", LiveHint)
	}
	for _, limit := range t.s.WouldStop {
		t.Line("Blocked", t.Style.Strong("a run would send nothing: "+LimitText(limit)))
	}
	for i := range t.s.Sources {
		source := &t.s.Sources[i]
		switch {
		case source.Trouble != "":
			t.Line("Trouble", t.Style.Red(Plain(source.Path+": "+source.Trouble)))
			t.Line("", Plain(source.Hint))
		case source.Warning != "":
			t.Line("Warning", t.Style.Strong(Plain(source.Path+": "+source.Warning)))
			t.Line("", Plain(source.Hint))
		}
	}
	t.gap()
}
