package webreport

import (
	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// risks are what somebody decides by.
func (b *builder) risks() (all []note) {
	s := b.d.Summary
	all = append(all, b.campaigns())
	if !b.d.sent() && !s.LiveKnown && s.Rows.Sent > 0 {
		all = append(all, note{
			Word: "Twice", Text: "If PostHog's own Customer.io destination sends to this workspace, what it has sent arrives a second time.",
			Cure: code("--live-since TIME") + " leaves that out",
		})
	}
	if text := terminal.OverwritesOf(s, b.d.sent()); text != "" {
		cure := ""
		if !s.ListsKnown && !b.d.sent() {
			cure = code("--existing FILE") + " counts only those that Customer.io has already"
		}
		all = append(all, note{Word: "Overwrites", Text: sentence(text), Cure: cure})
	}
	if n := s.OptedOut; n > 0 {
		all = append(all, note{
			Word: "Opted out", Text: report.Plural(n, "person", "people") + " opted out in PostHog, and Customer.io is not told.",
			Cure: code("--allow-reserved unsubscribed") + " tells it",
		})
	}
	all = append(all, b.mergeRisks(s)...)
	if n := s.People.FusedCount; n > 0 {
		all = append(all, note{Word: "Logins", Text: loginsText(n)})
	}
	undo := "Profiles can be deleted in Customer.io; events cannot."
	if b.d.Profiles != nil && b.d.Profiles.File != "" {
		undo += " The profiles are listed in " + pathText(b.d.Profiles.File) + "."
	}
	return append(all, note{Word: "Undo", Text: undo})
}

// may says what a run may do, or may have done.
func (b *builder) may(do, done string) string {
	if b.d.sent() {
		return "may have " + done
	}
	return "may " + do
}

// campaigns says which campaigns may start.
func (b *builder) campaigns() note {
	c, sent := b.d.Summary.Campaigns, b.d.sent()
	one := note{Word: "Campaigns", Text: "No event of the last 72 hours is sent, so no event starts a campaign by itself."}
	switch {
	case c.RecentEvents > 0:
		one.Text = report.Plural(c.RecentEvents, "event", "events") + " of the last 72 hours " + b.may("start", "started") + " a campaign."
		if !sent {
			one.Cure = code("--recent hold") + " keeps events of the last 72 hours back"
		}
	case sent:
		one.Text = "No event of the last 72 hours was sent, so no event started a campaign by itself."
	}
	if text := terminal.SegmentsText(b.d.Summary, b.may("trigger", "triggered")); text != "" {
		one.Text += " " + sentence(text)
	}
	return one
}

// mergesText says how many profiles are merged, or were.
func (b *builder) mergesText(n int64) string {
	one, many := "profile is merged into another one.", "profiles are merged into others."
	if b.d.sent() {
		one, many = "profile was merged into another one.", "profiles were merged into others."
	}
	return report.Plural(n, one, many)
}

func (b *builder) mergeRisks(s *transfer.Summary) (all []note) {
	merges := s.Operations["merge"]
	if b.d.sent() {
		merges = s.Accepted["merge"]
	}
	if merges > 0 {
		limits := ""
		if !b.d.sent() {
			limits = code("--max-merges N") + " limits them"
		}
		all = append(all, note{Word: "Merges", Text: b.mergesText(merges) + " That cannot be undone.", Cure: limits})
	}
	if n := s.HeldCount(); n > 0 {
		all = append(all, note{Word: "Held", Text: terminal.HeldCount(s.TwoProfiles) + ".", Cure: withFlags(terminal.HeldAdvice)})
	}
	return all
}
