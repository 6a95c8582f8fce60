package webreport

import (
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// choices are those of --people, with what they mean.
var choices = []struct{ who, means string }{
	{"identified", "people who are identified"},
	{"with-email", "people with an email"},
	{"all", "everybody, visitors too"},
}

// profiles says what each choice of people costs.
func (b *builder) profiles() *section {
	sum := b.d.Summary
	s := &section{ID: "profiles", Title: "Profiles, by choice of people"}
	if len(sum.Profiles) == 0 {
		return s
	}
	s.Lead = "Customer.io bills profiles. Each choice of " + code("--people") + " makes so many:"
	t := &table{Heads: append(words("choice"), numbers("profiles", "new", "known")...)}
	_, compares := sum.Profiles[b.d.People]
	if compares {
		t.Heads = append(t.Heads, head{"billed, against this choice", true})
	}
	for _, one := range choices {
		label := cell{Text: code(one.who), Small: []string{one.means}}
		if one.who == b.d.People {
			label.Small = append(label.Small, "the choice of this run")
		}
		cells := append([]cell{label}, b.profileCounts(one.who)...)
		if compares {
			cells = append(cells, cell{Text: b.billable(one.who), Number: true})
		}
		t.Rows = append(t.Rows, row{Marked: one.who == b.d.People, Cells: cells})
	}
	s.table(t)
	if sum.Known != nil && !sum.ListsKnown {
		s.quiet("Known are only profiles that earlier runs have sent: " + code("--existing FILE") + " counts all that Customer.io has.")
	}
	if sum.Known == nil {
		s.quiet("Nothing is known of what Customer.io has already: " + code("--existing FILE") +
			" takes its people export, and then known profiles are counted apart.")
	}
	if sum.Estimated {
		s.quiet("Numbers of everybody are estimated from a sample, because there are very many visitors. The standard error is below 1 %.")
	}
	return s
}

// profileCounts says how many profiles a choice makes, how many of them are new, and how many are known.
func (b *builder) profileCounts(who string) []cell {
	sum := b.d.Summary
	n := sum.Profiles[who]
	number, created, known := report.Count(n), "up to "+report.Count(n), "?"
	switch {
	case who == "all" && sum.Estimated:
		number = "about " + number
	case who == "identified" && deliver.Sum(sum.People.Rejected) > 0:
		number = "up to " + number // it is not known whether people who were not chosen can be sent
	}
	if sum.Known != nil {
		created, known = report.Count(n-sum.Known[who]), report.Count(sum.Known[who])
		if !sum.ListsKnown {
			created = "up to " + created
		}
	}
	return []cell{{Text: number, Number: true}, {Text: created, Number: true}, {Text: known, Number: true}}
}

// billable is how many more profiles are billed with a choice than with that of this run.
func (b *builder) billable(who string) string {
	sum := b.d.Summary
	created := func(who string) int { return sum.Profiles[who] - sum.Known[who] }
	switch more := created(who) - created(b.d.People); {
	case who == b.d.People:
		return ""
	case more > 0:
		return "+" + report.Count(more)
	case more < 0:
		return "−" + report.Count(-more)
	}
	return "the same"
}

// people says who is who.
func (b *builder) people() *section {
	p := &b.d.Summary.People
	s := &section{ID: "people", Title: "People and their IDs"}
	about := ""
	if b.d.Summary.Estimated {
		about = "about "
	}
	if p.DistinctIDs > 0 {
		who := about + report.Plural(p.DistinctIDs-p.JoinedIDs, "person", "people")
		s.Lead = firstUpper(about + report.Plural(p.DistinctIDs, "distinct ID is ", "distinct IDs are ") + who + ".")
	}
	send := "to send"
	if b.d.sent() {
		send = "sent"
	}
	if !b.foundNothing() {
		s.entries(entry{Number: report.Count(p.Sent), Text: report.PluralWord(p.Sent, "person ", "people ") + send})
	}
	conflicts := report.PluralWord(p.EmailConflicts, "person shares an email with somebody else, and is sent without it",
		"people share an email with somebody else, and are sent without it")
	visitors := report.PluralWord(p.Unidentified, "visitor", "visitors") + " not identified yet, left out"
	s.entries(some(
		numbered(p.Earlier, "already sent, before this run was resumed", ""),
		numbered(p.Unchanged, "already sent by an earlier run, and unchanged", ""),
		numbered(p.Unidentified, visitors, code("--people all")+" sends them"),
		numbered(p.ShapeOnly, "of these only because the ID looks machine-made", ""),
		numbered(p.VisitorOnly, "of these only because posthog-js never says who they are", ""),
		numbered(p.EmailConflicts, conflicts, ""),
		numbered(p.Stale, report.PluralWord(p.Stale, "person has", "people have")+" no data of the last 72 hours", ""),
		b.optedOut(b.d.Summary.OptedOut),
	)...)
	b.withoutEmail(s)
	b.logins(s, &p.Uncertain)
	b.links(s)
	b.largest(s)
	return s
}

func (b *builder) optedOut(n int64) entry {
	return numbered(n, "opted out in PostHog, and Customer.io is not told", code("--allow-reserved unsubscribed")+" tells it")
}

func numbered[N int | int64](n N, text, cure string) entry {
	if n == 0 {
		return entry{Text: text}
	}
	return entry{Number: report.Count(n), Text: text, Cure: cure}
}

// some returns the entries that count something.
func some(all ...entry) (kept []entry) {
	for _, e := range all {
		if e.Number != "" {
			kept = append(kept, e)
		}
	}
	return kept
}

// withoutEmail lists who is sent without an email.
func (b *builder) withoutEmail(s *section) {
	all := b.d.Summary.People.WithoutEmail
	t := &table{Summary: "People who are sent without their email", Heads: words("person", "who has the email")}
	for _, one := range all[:min(len(all), b.limits.rows)] {
		t.Rows = append(t.Rows, row{Cells: text(name(one.ID), name(one.HeldBy))})
	}
	t.More = more(len(all) - len(t.Rows))
	s.table(t)
}

// loginsText says how many people have several logins.
func loginsText(n int) string {
	return terminal.LoginsText(n) + ", and may be several people."
}

// logins lists people who have several logins.
func (b *builder) logins(s *section, u *transfer.Uncertain) {
	if u.FusedCount == 0 {
		return
	}
	id := "ID"
	if len(u.Fused) > 0 {
		id = escape.Shell(u.Fused[0].ID)
	}
	s.notes(note{
		Word: "Logins", Text: loginsText(u.FusedCount),
		Cure: typed("ph2cio explain SOURCE... --id "+id) + " says why they are one",
	})
	t := &table{Summary: "People with several logins, the worst first", Heads: words("person", "logins", "emails")}
	for i := range u.Fused[:min(len(u.Fused), b.limits.rows)] {
		one := &u.Fused[i]
		t.Rows = append(t.Rows, row{Cells: text(name(one.ID), fewOf(one.Logins, one.LoginCount), fewOf(one.Emails, one.EmailCount))})
	}
	t.More = more(u.FusedCount - len(t.Rows))
	s.table(t)
}

// fewOf lists the first few of n names.
func fewOf(names []string, n int) string {
	var all []string
	for _, one := range names[:min(len(names), terminal.MaxNamed)] {
		all = append(all, name(one))
	}
	text := strings.Join(all, ", ")
	if rest := n - len(all); rest > 0 {
		text += " " + more(rest)
	}
	return text
}

// links says which links between IDs were followed.
func (b *builder) links(s *section) {
	l := b.d.Summary.People.Links
	t := &table{Summary: "Links between IDs", Heads: append(words("link"), numbers("links")...)}
	add := func(n int64, label string) {
		if n > 0 {
			t.Rows = append(t.Rows, row{Cells: append(text(label), count(n)...)})
		}
	}
	add(l.Joined, "joined two people into one")
	add(l.Same, "between IDs that were one person already")
	refused := terminal.RefusedLinks(l.AlreadyIdentified, l.PersonsExport, l.RefusedShares)
	for _, reason := range byCount(refused) {
		add(refused[reason], "not followed: "+terminal.WordsFor(reason, refused[reason]))
	}
	s.table(t)
}

// usualIDs is how many distinct IDs somebody may have without standing out: an own one and a few devices.
const usualIDs = 4

// largest lists the people with the most IDs, if they have more than usual.
func (b *builder) largest(s *section) {
	all := b.d.details().LargestPeople
	t := &table{Summary: "The people with the most IDs", Heads: append(words("person"), numbers("IDs", "logins")...)}
	personal := false
	for i := range all {
		one := &all[i]
		if one.IDs <= usualIDs {
			break
		}
		who := "hidden"
		if one.KeptID != "" || len(one.Emails) > 0 {
			personal = true
			who = name(one.KeptID)
		}
		cells := append(text(who), count(one.IDs, one.Logins)...)
		if len(one.Emails) > 0 {
			cells[0].Small = []string{fewOf(one.Emails, len(one.Emails))}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	if !personal {
		for i := range t.Rows {
			t.Rows[i].Cells[0].Text = "no. " + report.Count(i+1)
		}
	}
	s.table(t)
}
