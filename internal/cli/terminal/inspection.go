package terminal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/inspect"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// inspectText lays an inspection out.
type inspectText struct {
	strings.Builder
	in    *inspect.Result
	limit int // rows of a table, 0 for all
	style Style
	width int // of tables
}

// Inspection returns what is in an export as a few lines of totals and a table for each list. limit is how
// many rows of each are shown, 0 for all.
func Inspection(in *inspect.Result, title string, style Style, width, limit int) string {
	t := &inspectText{in: in, limit: limit, style: style, width: width}
	t.write(title)
	return style.Text(t.String())
}

func (t *inspectText) write(title string) {
	fmt.Fprintf(t, "%s\n\n", t.style.Bold(Wrap(Plain(title), t.width, 0)))
	t.totals()
	t.files()
	t.columns()
	t.parquetColumns()
	t.events()
	t.properties("event properties", "events", t.in.EventProperties)
	t.properties("person properties", "people", t.in.PersonProperties)
	t.rejects()
}

// totals writes the totals in the way of a summary.
func (t *inspectText) totals() {
	summary := &summaryText{Lines: Lines{Style: t.style, Width: min(t.width, MaxColumns)}, s: &transfer.Summary{
		Rows: t.in.Rows, ValuesCut: t.in.ValuesCut, AttributeSummary: t.in.AttributeSummary,
		SkippedEvents: t.in.SkippedEvents, SkippedEventsBeyond: t.in.SkippedEventsBeyond,
		People: transfer.PeopleSummary{Uncertain: t.in.People.Uncertain}, TimedByCreatedAt: t.in.TimedByCreatedAt,
		UnreadFields: t.in.UnreadFields, Rules: t.in.Rules, UnmetFilters: t.in.UnmetFilters,
	}}
	summary.Line("files", t.states())
	if files, groups := parquetFiles(t.in.Files); files > 0 {
		summary.Line("", report.Plural(groups, "row group", "row groups")+" in "+report.Plural(files, "Parquet file", "Parquet files"))
	}
	summary.rows()
	summary.Line("time", t.span())
	if n := t.in.Times.Unusable; len(n) > 0 {
		summary.Line("", t.style.Red(Reasons(n)))
	}
	summary.unread()
	p := t.in.People
	summary.Line("people", fmt.Sprintf("%s (%s): %s identified · %s not identified yet · %s with an email · %s to send",
		report.Count(p.People), report.Plural(p.DistinctIDs, "distinct ID", "distinct IDs"), report.Count(p.Identified), report.Count(p.Anonymous), report.Count(p.WithEmail), report.Count(p.Sent)))
	if p.Unidentified > 0 {
		summary.Line("", summary.leftOut(", left out"))
	}
	summary.loginLines()
	if len(t.in.Teams) > 1 {
		summary.Line("projects", t.style.Magenta(strings.Trim(fmt.Sprint(t.in.Teams), "[]")+": a run sends the rows of one; choose it with --team"))
	}
	summary.valuesCut()
	summary.names()
	summary.Line("opted out", summary.Style.Strong(optedOutText(summary.s.OptedOut)))
	summary.warnsOfIdle = true
	summary.rules()
	if b := t.in.Beyond; b != (inspect.Beyond{}) {
		summary.Line("not listed", fmt.Sprintf("%s, %s of events and %s of people, because there are too many names or their names are too long",
			report.Plural(b.Events, "row", "rows"), report.Plural(b.EventProperties, "value", "values"), report.Count(b.PersonProperties)))
	}
	summary.Line("took", report.Elapsed(t.in.Seconds))
	t.WriteString(summary.String())
}

func (t *inspectText) table(heading string, columns ...column) *table {
	return newTable(t.style, t.limit, t.width, heading, columns...)
}

func (t *inspectText) span() string {
	if t.in.Times.First.IsZero() {
		return "no row has a usable time"
	}
	return t.in.Times.First.Format(time.DateTime) + " to " + t.in.Times.Last.Format(time.DateTime) + " UTC"
}

// states counts the files, and those that are not good.
func (t *inspectText) states() string {
	bad := map[string]int64{}
	for _, f := range t.in.Files {
		if f.State != inspect.FileGood {
			bad[f.State]++
		}
	}
	text := report.Count(len(t.in.Files))
	if len(bad) > 0 {
		text += ": " + t.style.Red(Reasons(bad))
	}
	return text
}

// files lists the files, first those with problems, so that the limit does not hide them.
func (t *inspectText) files() {
	table := t.table("files", right("size"), right("rows"), plainly("format"), plainly("compression"), left(""))
	sorted := slices.SortedStableFunc(slices.Values(t.in.Files), func(a, b inspect.File) int {
		return cmp.Compare(fileOrder(a), fileOrder(b))
	})
	for _, f := range sorted {
		row := []string{OneLine(f.Path), report.Bytes(f.Bytes), report.Count(f.Rows), f.Shape, f.Codec, ""}
		if f.State == inspect.FileMissing {
			row[1], row[2] = "", ""
		}
		var under []string
		if f.State != inspect.FileGood {
			row[5] = t.style.Red(f.State)
			under = append(under, t.style.Red(OneLine(f.Trouble)), t.style.Dim(OneLine(f.Hint)))
		}
		for _, note := range f.Notes {
			under = append(under, t.style.Magenta(OneLine(note)))
		}
		if f.BadRows > 0 {
			row[5] = strings.TrimSpace(row[5] + " " + t.style.Red(report.Plural(f.BadRows, "bad row", "bad rows")))
		}
		table.add(row, under...)
	}
	t.WriteString(table.String())
}

func fileOrder(f inspect.File) int {
	if f.State == inspect.FileGood {
		return 1
	}
	return 0
}

func (t *inspectText) events() {
	table := t.table("events", right("rows"), right("of all"), plainly("sent as"))
	for _, e := range t.in.Events {
		table.add([]string{nameText(e.Name), report.Count(e.Rows), report.Percent(e.Share), t.sentAs(e.Name, e.Treated, e.Rows) + renamedText(e.Renamed)})
	}
	t.WriteString(table.String())
}

func (t *inspectText) properties(heading, of string, all []inspect.Property) {
	table := t.table(heading, right(of), right("present"), right("longest"), left("types"), left("sent"))
	for _, p := range all {
		present, sent := report.Percent(p.Coverage), t.treated(p.Treated)
		if p.AlwaysNull() {
			present, sent = "always null", t.treatedNull(p.Treated)
		}
		table.add([]string{nameText(p.Name), report.Count(p.Rows), present, report.Bytes(p.Longest), TypesText(p.Types), sent})
	}
	t.WriteString(table.String())
}

func (t *inspectText) rejects() {
	table := t.table("rejected", right("count"), left("first one"))
	for _, r := range t.in.Rejects {
		why := t.style.Red(OneLine(WordsFor(r.Reason, r.Count)))
		table.add([]string{why, report.Count(r.Count), OneLine(rejectPlace(&r.First))}, OneLine(r.First.Detail))
	}
	t.WriteString(table.String())
}

// sentAs shows what the rows of an event are sent as, or why they are not sent.
func (t *inspectText) sentAs(name, how string, rows int64) string {
	switch how {
	case "event", "page", "screen":
		return t.style.Green(how)
	case "person":
		if strings.TrimSpace(name) == "$create_alias" || strings.TrimSpace(name) == "$merge_dangerously" {
			return t.style.Dim("not sent: only says who is who")
		}
		return t.style.Green("profile update")
	}
	return t.style.Magenta("not sent: " + strings.TrimPrefix(WordsFor(how, rows), "left out "))
}

// renamedText says which name a rule of the mapping file gives; empty for none.
func renamedText(name string) string {
	if name == "" {
		return ""
	}
	return ` "` + nameText(name) + `"`
}

// treated says whether a property is sent. A property that is left out by choice is dim, one that is lost is
// not.
func (t *inspectText) treated(how string) string {
	switch how {
	case mapping.PropertySent:
		return t.style.Green("yes")
	case mapping.PropertyDate:
		return t.style.Green("as unix time")
	case mapping.PropertyLeftOut:
		return t.style.Dim("no")
	case mapping.PropertyRedacted:
		return t.style.Magenta("redacted")
	case "reserved":
		return t.style.Magenta("no: reserved name")
	}
	words := WordsFor(how, 1)
	if what, is := strings.CutSuffix(words, " left out"); is {
		words = "no: " + what
	}
	return t.style.Magenta(words)
}

// treatedNull says what becomes of a property that is always null.
func (t *inspectText) treatedNull(how string) string {
	switch how {
	case mapping.PropertySent:
		return t.style.Dim("as null")
	case mapping.PropertyDate: // a null is not a date
		return t.style.Dim("no")
	}
	return t.treated(how)
}

// nameText shows a name from an export, which may be of any length.
func nameText(text string) string {
	if text == "" {
		return `""`
	}
	return cut(OneLine(text), 60)
}

// TypesText lists JSON types, the most frequent first.
func TypesText(counts map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return strings.Join(names, ", ")
}

// columns lists the CSV columns with their types.
func (t *inspectText) columns() {
	table := t.table("CSV columns", left("type"), left(""))
	for i := range t.in.Columns {
		c := &t.in.Columns[i]
		kind, note := c.Type, ""
		if kind == "" {
			kind = t.style.Dim("empty")
		}
		if c.MadeText != nil {
			note = t.style.Magenta(OneLine(textCause(c.MadeText)))
		}
		if c.NotNumbers > 0 {
			note = strings.TrimSpace(note + " " + report.Plural(c.NotNumbers, "cell is not a number and is left out", "cells are not numbers and are left out"))
		}
		table.add([]string{nameText(c.Name), kind, note})
	}
	t.WriteString(table.String())
}
