package webreport

import (
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// merges says which profiles are merged, and who is held.
func (b *builder) merges() *section {
	sum := b.d.Summary
	s := &section{ID: "merges", Title: "Merges, and people who are held"}
	n := sum.Operations["merge"]
	if b.d.sent() {
		n = sum.Accepted["merge"]
	}
	if n > 0 {
		s.text(b.mergesText(n) + " A merge cannot be undone.")
	}
	t := &table{Summary: "Profiles that are merged", Heads: words("profile", "into")}
	for i := range sum.Merges[:min(len(sum.Merges), b.limits.rows)] {
		t.Rows = append(t.Rows, row{Cells: text(profileText(&sum.Merges[i].Profile), profileText(&sum.Merges[i].Into))})
	}
	t.More = more(max(n, int64(len(sum.Merges))) - int64(len(t.Rows)))
	s.table(t)
	if held := sum.TwoProfiles; held != nil {
		s.notes(note{Word: "Held", Text: terminal.HeldCount(held) + ".", Cure: withFlags(terminal.HeldAdvice)})
		b.held(s, held)
	}
	b.liveProfiles(s)
	return s
}

// profileText names a profile.
func profileText(p *transfer.Profile) string { return shown(p.By, mostOfName) + " " + name(p.Value) }

func (b *builder) held(s *section, held *transfer.TwoProfiles) {
	t := &table{Summary: "People who are held", Heads: words("person", "profiles")}
	for i := range held.People[:min(len(held.People), b.limits.rows)] {
		one := &held.People[i]
		var all []string
		for j := range one.Profiles {
			p := &one.Profiles[j]
			text := profileText(&p.Profile)
			if p.Email != "" && p.By != "email" {
				text += " (" + name(p.Email) + ")"
			}
			if p.Sent {
				text += ", made by an earlier run"
			}
			all = append(all, text)
		}
		t.Rows = append(t.Rows, row{Cells: []cell{{Text: name(one.ID)}, {Small: all}}})
	}
	t.More = more(held.Count - len(t.Rows))
	s.table(t)
}

// liveProfiles lists what PostHog's live destination has made, where that does not stop a run.
func (b *builder) liveProfiles(s *section) {
	live := b.d.Summary.LiveProfiles
	if live == nil || b.d.Summary.LiveStops {
		return
	}
	made := report.Plural(live.Count, "profile that PostHog's live destination has made of a visitor",
		"profiles that PostHog's live destination has made of visitors")
	s.quiet(withFlags("--existing") + " has " + made + " of this export." + b.named(len(live.IDs), func(i int) string { return live.IDs[i] }))
}

// made counts the profiles that the run made.
func (b *builder) made() *section {
	s := &section{ID: "made", Title: "Profiles that this run made"}
	p := b.d.Profiles
	if p == nil {
		return s
	}
	if !b.d.sent() {
		s.Title = "Profiles that a run would make"
	}
	s.entries(some(
		numbered(p.New, "new in Customer.io", ""), numbered(p.Updated, "updated", ""),
		numbered(p.Unknown, "new or updated: it is not known what Customer.io had", code("--existing FILE")+" tells them apart"),
		numbered(p.Unchanged, "unchanged, so not sent again", ""), numbered(p.Merged, "merged into others", ""),
	)...)
	if p.File != "" {
		which := "All of them: "
		in := b.d.Summary.Unanswered
		if doubtful := terminal.OperationsText(map[string]int64{"identify": in["identify"], "merge": in["merge"]}); doubtful != "" {
			which = "All but " + doubtful + " without an answer, which may have been made: "
		}
		s.text(which + pathText(p.File) + ". Delete them in Customer.io by that list to undo them; events cannot be undone.")
	}
	return s
}

// operations says what the requests held.
func (b *builder) operations() *section {
	sum := b.d.Summary
	s := &section{ID: "requests", Title: "Operations and requests"}
	columns := []struct {
		head   string
		counts map[string]int64
	}{{"built", sum.Operations}, {"accepted", sum.Accepted}, {"refused", sum.Refused}, {"unsent", b.neverSent()}, {"no answer", sum.Unanswered}}
	if !b.d.sent() {
		columns = columns[:1]
		columns[0].head = "to send"
	}
	t := &table{Heads: words("operation")}
	for _, one := range columns {
		t.Heads = append(t.Heads, head{one.head, true})
	}
	for _, action := range terminal.Actions {
		cells, some := text(terminal.WordsFor(action, 2)), int64(0)
		for _, one := range columns {
			cells = append(cells, count(one.counts[action])...)
			some += one.counts[action]
		}
		if some > 0 {
			t.Rows = append(t.Rows, row{Cells: cells})
		}
	}
	s.table(t)
	if sum.Requests > 0 {
		text := report.Plural(sum.Requests, "request", "requests") + " with " + report.Bytes(sum.Bytes)
		if sum.Retries > 0 {
			text += ", " + report.Plural(sum.Retries, "retry", "retries")
		}
		if sum.Estimate > 0 {
			text += "; sending takes " + report.About(time.Duration(sum.Estimate*float64(time.Second))) + " with waits"
		}
		s.quiet(text + ".")
	}
	return s
}

// neverSent counts the operations that were in no request.
func (b *builder) neverSent() map[string]int64 {
	never := map[string]int64{}
	for action, n := range b.d.Summary.Unsent {
		never[action] = n - b.d.Summary.Unanswered[action]
	}
	return never
}
