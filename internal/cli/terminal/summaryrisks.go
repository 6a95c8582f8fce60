package terminal

import (
	"fmt"
	"strings"

	"ph2cio/internal/escape"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// arrow stands before the flag that changes something.
const arrow = " → "

// risks says what cannot be taken back, or may surprise, each with the flag that changes it.
func (t *summaryText) risks() {
	t.campaigns()
	t.twice()
	t.risk("overwrite", t.overwrites())
	t.risk("opted out", optedOutText(t.s.OptedOut))
	t.mergeRisk()
	t.held()
	t.severalLogins()
	if !t.sent && t.s.Rows.Sent+t.s.People.Sent > 0 {
		t.risk("undo", "new profiles can be deleted, nothing else can be undone")
	}
}

// risk writes a line of the block of risks.
func (t *summaryText) risk(name, text string) {
	if text == "" {
		return
	}
	const nameWidth = 10
	if t.records() {
		fmt.Fprintln(t, "risk: "+strings.TrimPrefix(name+": ", ": ")+text)
		return
	}
	label, indent := paddedLabel(t.Margin, firstLabel("Risk", t.risksSaid)), labelWidth
	t.risksSaid++
	if wide := labelWidth + nameWidth + 1; t.columnCount()-wide >= leastForNotes {
		label, indent = label+fmt.Sprintf("%-*s ", nameWidth, name), wide
	} else {
		text = report.Join(": ", name, text)
	}
	fmt.Fprintln(t, label+wrapList(keepFlag(text), t.arrowWidth(text), indent))
}

// keepFlag keeps an arrow and the flag behind it, with its value, on one line.
func keepFlag(text string) string {
	before, flag, found := strings.Cut(text, arrow)
	if !found {
		return text
	}
	return before + " " + strings.ReplaceAll(arrow[1:]+flag, " ", unbroken)
}

// arrowWidth is the width for a text whose arrow takes a column more in ASCII.
func (t *summaryText) arrowWidth(text string) int {
	return t.columnCount() - strings.Count(text, arrow)
}

// may says what a run may do, or may have done.
func (t *summaryText) may(do, done string) string {
	if t.sent {
		return "may have " + done
	}
	return "may " + do
}

func (t *summaryText) campaigns() {
	c := t.s.Campaigns
	events := "no event of the last 72 hours is sent"
	if t.sent {
		events = "no event of the last 72 hours was sent"
	}
	if c.RecentEvents > 0 {
		upTo := ""
		if t.asked != nil {
			upTo = "up to " // some of them may not be sent
		}
		events = upTo + report.Plural(c.RecentEvents, "event", "events") + " of the last 72 hours " + t.may("start", "started") + " a campaign"
		if !t.sent {
			events += arrow + "--recent hold"
		}
	}
	t.risk("campaigns", events)
	t.risk("", SegmentsText(t.s, t.may("trigger", "triggered")))
}

// SegmentsText says what may start campaigns through segments, which count events of any age; empty for nothing.
// mayTrigger says what it does, as in "may trigger".
func SegmentsText(s *transfer.Summary, mayTrigger string) string {
	n, events := s.Campaigns.Identifies, s.Rows.Sent
	switch {
	case n > 0:
		text := report.Plural(n, "profile update", "profile updates") + " " + mayTrigger + " " + report.PluralWord(n, "a segment campaign", "segment campaigns")
		if events > 0 {
			text += "; so may old events, which segments count"
		}
		return text
	case events > 0:
		return "old events " + mayTrigger + " segment campaigns: segments count them"
	}
	return ""
}

// twice warns of PostHog's own destination, if nothing is said of it.
func (t *summaryText) twice() {
	if t.sent || t.s.LiveKnown || t.s.Rows.Sent == 0 || t.asked != nil && !t.sendsFirst {
		return
	}
	t.risk("twice", "what PostHog's live destination sent"+arrow+"ph2cio help live")
}

// overwrites says how many profiles may lose newer values; empty for none. A list of who is in Customer.io
// leaves only those on it.
func (t *summaryText) overwrites() string {
	stale := int64(t.s.People.Stale)
	if known := t.s.Known; t.s.ListsKnown && t.s.Choice != "" {
		stale = min(stale, int64(known[string(t.s.Choice)]))
	}
	return Overwrites(stale, t.s.People.Sent, t.may("lose", "lost"))
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

// optedOutText says how many people are sent without saying that they opted out; empty for none.
func optedOutText(n int64) string {
	if n == 0 {
		return ""
	}
	return report.Plural(n, "person", "people") + " opted out in PostHog, but Customer.io is not told" + arrow + "--allow-reserved unsubscribed"
}

// mergeRisk warns that merges stay.
func (t *summaryText) mergeRisk() {
	n := t.counted()["merge"]
	if n == 0 {
		return
	}
	is := report.PluralWord(n, "is", "are")
	if t.sent {
		is = report.PluralWord(n, "was", "were")
	}
	text := fmt.Sprintf("%s %s merged into %s, which cannot be undone", report.Plural(n, "profile", "profiles"), is, report.PluralWord(n, "another", "others"))
	if !t.sent {
		text += arrow + "--max-merges N"
	}
	t.risk("merges", text)
}

// held says who waits because of several profiles.
func (t *summaryText) held() {
	held := t.s.TwoProfiles
	if held == nil {
		return
	}
	t.risk("held", t.Style.Strong(HeldCount(held)))
	t.risk("", HeldNames(held))
	t.risk("", HeldAdvice)
}

// severalLogins lists people who have several logins with different emails, the worst first.
func (t *summaryText) severalLogins() {
	p := &t.s.People
	if p.FusedCount == 0 {
		return
	}
	t.risk("logins", t.Style.Strong(LoginsText(p.FusedCount)))
	t.risk("", OneLine(t.loginNames()))
	t.risk("", OneLine(loginsAdvice(p.Fused[0].ID)))
}

// loginLines is severalLogins as lines of an inspection.
func (t *summaryText) loginLines() {
	p := &t.s.People
	if p.FusedCount == 0 {
		return
	}
	t.Line("", t.Style.Strong(OneLine(LoginsText(p.FusedCount)+" ("+loginsAdvice(p.Fused[0].ID)+")")))
	t.Line("", t.Style.Dim(OneLine(t.loginNames())))
}

// LoginsText says how many people have several logins.
func LoginsText(n int) string {
	return report.Plural(n, "person has", "people have") + " several logins with different emails"
}

// loginNames names the first few of them, with their emails.
func (t *summaryText) loginNames() string {
	p := &t.s.People
	return FirstFew(p.FusedCount, len(p.Fused), func(i int) string {
		emails := p.Fused[i].Emails
		return fmt.Sprintf("%s (%s)", mapping.ShortID(p.Fused[i].ID), strings.Join(emails[:min(3, len(emails))], ", "))
	})
}

// loginsAdvice is the command that shows why somebody has several logins.
func loginsAdvice(id string) string {
	return "see `ph2cio explain SOURCE... --id " + escape.Shell(id) + "`"
}
