package webreport

import (
	"strconv"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// readings are what a run and an inspection say in the same words of values and of the mapping file.
type readings struct {
	cut              map[string]int64
	attributes       transfer.AttributeSummary
	unread           []transfer.UnreadField
	timedByCreatedAt int64
	mayDouble        int64
	rules            []mapping.RuleUse
	unmet            []mapping.UnmetFilter
}

func (b *builder) readings() *readings {
	if in := b.d.Inspection; in != nil {
		return &readings{in.ValuesCut, in.AttributeSummary, in.UnreadFields, in.TimedByCreatedAt, in.MayDouble, in.Rules, in.UnmetFilters}
	}
	s := b.d.Summary
	return &readings{s.ValuesCut, s.AttributeSummary, s.UnreadFields, s.TimedByCreatedAt, s.MayDouble, s.Rules, s.UnmetFilters}
}

// values says which values were changed or left out so that Customer.io takes them.
func (b *builder) values() *section {
	r := b.readings()
	s := &section{ID: "values", Title: "Values that were changed or left out"}
	var entries []entry
	for _, kind := range byCount(r.cut) {
		n := r.cut[kind]
		fix := withFlags(terminal.ChangeFix(kind))
		if kind == mapping.MadeUpNames {
			fix = typed("--page-name event --screen-name event") + " gives them the names of their events"
		}
		entries = append(entries, entry{Number: report.Count(n), Text: message(terminal.WordsFor(kind, n)), Cure: fix})
	}
	s.entries(entries...)
	b.unreadFields(s, r)
	b.changed(s, &r.attributes)
	b.dotted(s, &r.attributes)
	if b.d.Summary != nil {
		b.textColumns(s, b.d.Summary.TextColumns)
	}
	if r.attributes.Beyond > 0 {
		s.quiet(report.Plural(r.attributes.Beyond, "more attribute", "more attributes") + " with other names.")
	}
	return s
}

// unreadFields says which fields of rows are of no use.
func (b *builder) unreadFields(s *section, r *readings) {
	if n := r.timedByCreatedAt; n > 0 {
		future := report.Plural(n, "row has a time in the future: its ", "rows have times in the future: their ")
		s.text(future + code("created_at") + " is used.")
	}
	if n := r.mayDouble; n > 0 {
		s.text(report.Plural(n, "row has", "rows have") + " no uuid although others have one: two such rows may be of one event.")
	}
	t := &table{Caption: "Fields that cannot be read; their rows count as having none", Heads: append(words("field", "first row"), numbers("rows")...)}
	for i := range r.unread {
		f := &r.unread[i]
		cells := append(text(typed(f.Field), place(f.File, f.Line, 0)), count(f.Rows)...)
		if f.Text != "" {
			cells[1].Small = []string{"it has " + shown(strconv.Quote(f.Text), mostOfName)}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	s.table(t)
}

// changed lists the attributes that were renamed, or left out to fit.
func (b *builder) changed(s *section, a *transfer.AttributeSummary) {
	t := &table{Summary: "Attributes that were renamed or left out", Heads: append(words("attribute", "what becomes of it"), numbers("times")...)}
	for i := range a.Changed[:min(len(a.Changed), b.limits.rows)] {
		c := &a.Changed[i]
		became := "sent as " + name(c.Became)
		if c.Dropped != "" {
			became = "left out: " + strings.TrimSuffix(message(terminal.WordsFor(c.Dropped, 1)), " left out")
		}
		cells := append(text(name(c.Name), became), count(c.Count)...)
		cells[0].Small = []string{"of " + shown(c.Of, mostOfName) + "s"}
		if c.Of == "person" {
			cells[0].Small = []string{"of people"}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	t.More = more(len(a.Changed) - len(t.Rows))
	s.table(t)
}

// dotted lists the person attributes with a dot in their names.
func (b *builder) dotted(s *section, a *transfer.AttributeSummary) {
	t := &table{Summary: "Person attributes with a dot in their names", Heads: append(words("attribute"), numbers("people")...)}
	beside := int64(0)
	for i := range a.Dotted[:min(len(a.Dotted), b.limits.rows)] {
		one := &a.Dotted[i]
		cells := append(text(name(one.Name)), count(one.People)...)
		if one.BesideObject > 0 {
			beside++
			object, _, _ := strings.Cut(one.Name, ".")
			cells[0].Small = []string{"next to an object " + name(object) + " of " + report.Plural(one.BesideObject, "person", "people")}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	t.More = more(len(a.Dotted) - len(t.Rows))
	if beside > 0 {
		text := "Customer.io may read the dot of " + report.Plural(beside, "attribute", "attributes") + " as a path into an object."
		s.notes(note{Word: "Dots", Text: text, Cure: code("--dots _") + " replaces the dots"})
	}
	s.table(t)
}

// textColumns lists the columns of CSV that are sent as text.
func (b *builder) textColumns(s *section, all []transfer.TextColumn) {
	t := &table{Summary: "CSV columns that are sent as text in every row, because of one cell", Heads: words("column", "the cell")}
	for i := range all[:min(len(all), b.limits.rows)] {
		t.Rows = append(t.Rows, row{Cells: []cell{{Text: name(all[i].Name)}, textCause(&all[i])}})
	}
	t.More = more(len(all) - len(t.Rows))
	s.table(t)
}

// textCause says which cell made its column text.
func textCause(c *transfer.TextColumn) cell {
	one := cell{Text: place(c.File, c.Line, 0)}
	if c.File == "" {
		one.Text = "of an earlier run"
	}
	if c.Column != "" {
		one.Small = append(one.Small, "in the column "+name(c.Column))
	}
	if c.Cell != "" {
		one.Small = append(one.Small, "it has "+shown(strconv.Quote(c.Cell), mostOfName))
	}
	if c.Before != "" {
		one.Small = append(one.Small, "it was sent as "+shown(c.Before, mostOfName)+" before, and is sent as text from now on")
	}
	return one
}

// mapping says what the mapping file did.
func (b *builder) mapping() *section {
	r := b.readings()
	s := &section{ID: "mapping", Title: "Rules of the mapping file"}
	t := &table{Heads: append(words("rule"), numbers("rows", "sent", "failed", "unnamed")...)}
	if !b.d.sent() {
		t.Heads[2].Text = "to send"
	}
	for i := range r.rules[:min(len(r.rules), b.limits.rows)] {
		t.Rows = append(t.Rows, ruleRow(&r.rules[i]))
	}
	t.More = more(len(r.rules) - len(t.Rows))
	s.table(t)
	for i := range r.unmet[:min(len(r.unmet), b.limits.rows)] {
		s.notes(note{Word: "Warning", Text: sentence(message(terminal.UnmetFilterText(&r.unmet[i])))})
	}
	return s
}

func ruleRow(rule *mapping.RuleUse) row {
	built := cell{Text: "–", Number: true}
	if rule.Built != nil {
		built.Text = report.Count(*rule.Built)
	}
	cells := append(text(message(terminal.RuleText(rule))), count(rule.Rows)...)
	cells = append(append(cells, built), count(rule.Failed, rule.Unnamed)...)
	if why := terminal.WhyUnused(rule); why != "" {
		cells[0].Small = append(cells[0].Small, message("acts on no row: "+why))
	}
	for i := range rule.NoValue {
		cells[0].Small = append(cells[0].Small, message(terminal.NoValueText(&rule.NoValue[i])))
	}
	return row{Cells: cells}
}

// about says how the run was made.
func (b *builder) about() *section {
	d := b.d
	s := &section{ID: "about", Title: "How this was made"}
	if len(d.Words) > 0 {
		s.add(block{Heading: "The command", Command: typedWords(d.Words)})
	}
	t := &table{Caption: "Settings from elsewhere", Heads: words("setting", "value", "from")}
	for _, one := range d.Settings[:min(len(d.Settings), b.limits.rows)] {
		if one.Origin == CommandLine {
			continue // the command has it
		}
		t.Rows = append(t.Rows, row{Cells: text(typed("--"+one.Flag), message(one.Value), message(one.Origin))})
	}
	s.table(t)
	facts := &table{Caption: "Program and times", Heads: words("what", "value")}
	for _, one := range []struct{ label, value string }{
		{"version", report.Join(" ", d.Version, d.Commit, d.Platform)}, {"state directory", d.State}, {"took", b.took()},
		{"began", clock(d.Began)}, {"ended", clock(d.Ended)},
	} {
		if one.value != "" {
			facts.Rows = append(facts.Rows, row{Cells: text(one.label, message(one.value))})
		}
	}
	s.table(facts)
	return s
}

func (b *builder) took() string {
	seconds := 0.0
	if b.d.Summary != nil {
		seconds = b.d.Summary.Seconds
	} else if b.d.Inspection != nil {
		seconds = b.d.Inspection.Seconds
	}
	return report.Elapsed(seconds) + " of reading and sending, without waiting for an answer to the question"
}

// typedWords shows a command with its secrets redacted, word by word, as a shell takes it.
func typedWords(all []string) string {
	quoted := make([]string, len(all))
	for i, word := range all {
		quoted[i] = escape.Shell(withoutSecrets(word))
	}
	return typed(strings.Join(quoted, " "))
}
