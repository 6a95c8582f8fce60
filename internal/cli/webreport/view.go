package webreport

import (
	"strings"
	"time"

	"ph2cio/internal/report"
)

// view is what the template of the page shows. All of its texts are safe to show, and may have marks.
type view struct {
	Title    string // of the window
	Label    string // above the headline: what this is
	Headline string
	Facts    []string // when, by what, how long
	Alerts   []note   // what stopped the run, or would
	Figures  []figure
	Strip    *strip // all rows by what becomes of them
	Risks    []note
	Next     string
	NextNote string
	Sent     bool // it is about what was sent
	Sections []*section
	Hidden   bool // personal data is hidden
	Flag     string
	Made     string // with what
}

// figure is a decisive number.
type figure struct {
	Number string
	Label  string
	Note   string
	Bad    bool
}

// section is a part of the page with a heading.
type section struct {
	ID     string
	Title  string
	Lead   string
	Blocks []block
}

// block is a part of a section. Exactly one of its members is set.
type block struct {
	Heading string
	Command string
	Text    string
	Quiet   string // a text that matters less
	Entries []entry
	Notes   []note
	Table   *table
	Days    *dayChart
	Events  *eventChart
}

// entry is a number and what it counts.
type entry struct {
	Number  string
	Text    string
	Details []string
	Cure    string
	Raw     string
}

// note is a text with a word before it.
type note struct {
	Word string
	Text string
	Cure string
}

// table is a table of texts. Summary makes it one that has to be opened.
type table struct {
	Summary string
	Caption string
	Heads   []head
	Rows    []row
	More    string // what the table does not show
	// ScreenOnly says that a sheet of paper has the same without the table.
	ScreenOnly bool
}

type head struct {
	Text   string
	Number bool // the column has numbers
}

type row struct {
	Cells  []cell
	Marked bool
}

type cell struct {
	Text   string
	Number bool
	Small  []string // lines below it
}

// Open tells the template that a table is not to be opened.
func (t *table) Open() bool { return t.Summary == "" }

// Wide reports whether a table has so many columns that a narrow screen needs another form for it.
func (t *table) Wide() bool { return len(t.Heads) > 4 }

// Class says how a table is laid out: with many columns, as numbers beside words, on one sheet of paper.
func (t *table) Class() string {
	classes := []string{"any"}
	if t.Wide() {
		classes = append(classes, "wide")
	}
	if len(t.Heads) == 2 && t.Heads[1].Number {
		classes = append(classes, "pair")
	}
	if len(t.Rows) <= 15 {
		classes = append(classes, "few")
	}
	return strings.Join(classes, " ")
}

// Short reports whether a table is printed even if it is not open.
func (t *table) Short() bool { return len(t.Rows) <= 40 && !t.ScreenOnly }

func words(texts ...string) (all []head) {
	for _, text := range texts {
		all = append(all, head{Text: text})
	}
	return all
}

func numbers(texts ...string) (all []head) {
	for _, text := range texts {
		all = append(all, head{text, true})
	}
	return all
}

func text(texts ...string) (all []cell) {
	for _, one := range texts {
		all = append(all, cell{Text: one})
	}
	return all
}

func count[N int | int64](all ...N) (cells []cell) {
	for _, n := range all {
		cells = append(cells, cell{Text: report.Count(n), Number: true})
	}
	return cells
}

// add adds a block unless there is nothing in it.
func (s *section) add(b block) {
	hasText := b.Text+b.Command+b.Quiet != "" || len(b.Entries) > 0 || len(b.Notes) > 0
	switch {
	case !hasText && b.Table == nil && b.Days == nil && b.Events == nil:
	case b.Table != nil && len(b.Table.Rows) == 0:
	case len(b.Entries) > 0 && len(s.Blocks) > 0 && len(s.Blocks[len(s.Blocks)-1].Entries) > 0: // they are one list
		last := &s.Blocks[len(s.Blocks)-1]
		last.Entries = append(last.Entries, b.Entries...)
	default:
		s.Blocks = append(s.Blocks, b)
	}
}

func (s *section) text(text string)   { s.add(block{Text: text}) }
func (s *section) quiet(text string)  { s.add(block{Quiet: text}) }
func (s *section) notes(all ...note)  { s.add(block{Notes: all}) }
func (s *section) table(t *table)     { s.add(block{Table: t}) }
func (s *section) entries(e ...entry) { s.add(block{Entries: e}) }

// empty reports whether a section has nothing to show.
func (s *section) empty() bool { return len(s.Blocks) == 0 && s.Lead == "" }

// day writes a date as people do: 4 Mar 2026.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// minute writes a time: 4 Mar 2026, 09:15 UTC.
func minute(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// second writes a time: 4 Mar 2026, 09:15:27 UTC.
func second(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05 UTC") }

// clock is second, but empty for no time.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return second(t)
}

// daySpan writes a span of days: 4 – 9 Mar 2026.
func daySpan(from, to time.Time) string {
	from, to = from.UTC(), to.UTC()
	switch {
	case from.Format(time.DateOnly) == to.Format(time.DateOnly):
		return day(to)
	case from.Year() != to.Year():
		return day(from) + " – " + day(to)
	case from.Month() != to.Month():
		return from.Format("2 Jan") + " – " + day(to)
	}
	return from.Format("2") + " – " + day(to)
}
