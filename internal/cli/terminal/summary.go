package terminal

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// Summary returns the summary of a run. sent says that it is about what was sent, not about what would be.
func Summary(s *transfer.Summary, title string, style Style, width int, sent bool) string {
	t := &summaryText{Lines: Lines{Style: style, Width: width}, s: s, sent: sent}
	t.write(title)
	return t.String()
}

func (t *summaryText) write(title string) {
	fmt.Fprintf(t, "%s\n\n", t.Style.Bold(Wrap(Plain(title), t.columnCount(), 0)))
	t.rows()
	t.Line("empty", EmptyText(t.s.Sources))
	t.columns()
	t.people()
	t.operations()
	t.names()
	t.rules()
	t.campaigns()
	t.trouble()
	if t.s.Estimate > 0 {
		t.Line("send time", report.About(time.Duration(t.s.Estimate*float64(time.Second)))+" with waits")
	}
	t.Line("took", report.Elapsed(t.s.Seconds))
	if t.s.Interrupted {
		t.Line("stopped", t.Style.Yellow(t.stopped()))
	}
	if t.s.Rejects != "" {
		t.Line("rejects", Plain(t.s.Rejects))
	}
	if n := t.s.Rows.Skipped[mapping.ReasonRecent]; n > 0 && strings.HasSuffix(t.s.Next, "--"+RestartFlag) {
		t.Line("waiting", report.Plural(n, "event", "events")+" of the last 72 hours; "+RestartSends)
	}
	if t.sent {
		t.Next(t.s.Next, "")
	} else {
		t.Next(t.s.Next, "try one person")
	}
}

// RestartFlag is the name of the flag that replans a backfill.
const RestartFlag = "restart"

// RestartSends says, where recent events wait, what the next command is for.
const RestartSends = "the next command sends what is old enough by then"

// operationsText lists operations by action.
func operationsText(counts map[string]int64) string {
	var parts []string
	for _, action := range Actions {
		if n := counts[action]; n > 0 {
			parts = append(parts, report.Count(n)+" "+WordsFor(action, n))
		}
	}
	return strings.Join(parts, ", ")
}

// operations counts the operations that Customer.io has accepted; in a preview, all.
func (t *summaryText) operations() {
	counted, rest := t.s.Operations, "of these"
	if t.sent {
		counted, rest = t.s.Accepted, "left"
	}
	t.Line("operations", cmp.Or(operationsText(counted), "none"))
	if n := int(counted["merge"]); n > 0 {
		t.Line("", t.Style.Dim(PairsText(t.s.Merges[:min(len(t.s.Merges), MaxNamed)], n)))
	}
	if n := deliver.Sum(t.s.MergesRejected); n > 0 {
		t.Line("merges", t.Style.Red(report.Plural(n, "merge", "merges")+" rejected ("+ReasonsBesideTotal(t.s.MergesRejected)+")"))
	}
	if refused := operationsText(t.s.Refused); refused != "" {
		t.Line("rejected", t.Style.Red(refused+" rejected by Customer.io"))
	}
	queued, unanswered := unsentText(t.s)
	t.Line(rest, t.Style.Yellow(report.Join(report.ListSeparator, queued, unanswered)))
	if t.s.Requests > 0 {
		requests := report.Count(t.s.Requests) + " (" + report.Bytes(t.s.Bytes) + ")"
		if t.s.Retries > 0 {
			requests += ", " + report.Plural(t.s.Retries, "retry", "retries")
		}
		t.Line("requests", requests)
	}
	t.valuesCut()
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
	case deliver.Sum(t.s.Unanswered) > 0:
		return "before the end; run the same command again to resume (what has no answer is safe to send again)"
	}
	return "before the end, with every request answered; run the same command again to resume"
}

// NoRecent says that no event is recent enough to start a campaign.
const NoRecent = "no event of the last 72 hours is sent"

// may says what a run may do, or may have done.
func (t *summaryText) may(do, done string) string {
	if t.sent {
		return "may have " + done
	}
	return "may " + do
}

func (t *summaryText) campaigns() {
	c := t.s.Campaigns
	events := NoRecent
	if c.RecentEvents > 0 {
		events = report.Plural(c.RecentEvents, "event", "events") + " of the last 72 hours " + t.may("start", "started") + " a campaign"
	}
	t.Line("campaigns", events)
	if c.Identifies > 0 {
		t.Line("", report.Plural(c.Identifies, "profile update", "profile updates")+" "+t.may("start", "started")+" segment campaigns")
	}
	t.Line("overwrites", Overwrites(int64(t.s.People.Stale), t.s.People.Sent, t.may("lose", "lost")))
}

// Overwrites says how many of the people who are sent have data so old that it may replace newer data; empty
// for none. mayLose says what happens to the profiles, as in "may lose".
func Overwrites(stale, sent int64, mayLose string) string {
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
		t.Line("warning", t.Style.Yellow(OneLine(UnknownOnlyText(names))))
	}
	if t.s.LiveStops {
		t.Line("blocked", t.Style.Yellow("a run would send nothing: "+OneLine(LiveText(t.s.LiveProfiles))))
		t.Line("", LiveHint)
	}
	for _, limit := range t.s.WouldStop {
		t.Line("blocked", t.Style.Yellow("a run would send nothing: "+LimitText(limit)))
	}
	t.unread()
	for _, source := range t.s.Sources {
		if source.Trouble != "" {
			t.Line("trouble", t.Style.Red(Plain(source.Path+": "+source.Trouble)))
			t.Line("", Plain(source.Hint))
		}
		if source.Warning != "" {
			t.Line("warning", t.Style.Yellow(Plain(source.Path+": "+source.Warning)))
			t.Line("", Plain(source.Hint))
		}
	}
}
