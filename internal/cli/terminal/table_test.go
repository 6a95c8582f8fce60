package terminal

import (
	"regexp"
	"strings"
	"testing"
)

func newTestTable(limit int, on bool) *table {
	s := Style{On: on}
	t := newTable(s, limit, 0, "events", right("rows"), left("becomes"), left(""))
	t.add([]string{"café", "12", s.Green("event"), ""})
	t.add([]string{"a longer name", s.Red("1,234"), "noise", s.Red("damaged")}, "", s.Dim("below"))
	t.add([]string{"third", "5", "", ""})
	return t
}

func TestTableSetsItsColumns(t *testing.T) {
	want := `
events            rows  becomes
  café              12  event
  a longer name  1,234  noise    damaged
    below
  third              5
`
	if got := newTestTable(0, false).String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	coloured := newTestTable(0, true).String()
	if plain := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured, ""); plain != want || coloured == want {
		t.Errorf("with colours %s", coloured)
	}
	want = `
events  rows  becomes
  café    12  event
  ... 2 more (--limit 0 shows all)
`
	if got := newTestTable(1, false).String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := newTable(Style{}, 1, 0, "events", right("rows")).String(); got != "" {
		t.Errorf("an empty table is %q", got)
	}
}

func TestTableShortensLongNamesToFit(t *testing.T) {
	table := newTable(Style{}, 0, 30, "events", right("rows"))
	table.add([]string{"a name that is much too long to stand in a line", "12"}, "what is below is wrapped to the same width")
	want := `
events                    rows
  a name tha...in a line    12
    what is below is wrapped
    to the same width
`
	if got := table.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestNamesAreShortenedByColumns(t *testing.T) {
	for name, want := range map[string]string{
		"twelve chars":                   "twelve chars",
		"thirteen char":                  "thirt...char",
		strings.Repeat("名", 6):           strings.Repeat("名", 6),
		strings.Repeat("名", 7):           "名名...名名",
		strings.Repeat("e\u0301", 13):    strings.Repeat("e\u0301", 5) + "..." + strings.Repeat("e\u0301", 4),
		strings.Repeat("👨\u200d👩", 7):    "👨\u200d👩👨\u200d👩...👨\u200d👩👨\u200d👩",
		"\x1b[1mlonger than that\x1b[0m": "\x1b[1mlonger than that\x1b[0m",
	} {
		if got := shortName(name, 12); got != want {
			t.Errorf("%q in 12 columns: %q, want %q", name, got, want)
		}
	}
	for text, want := range map[string]string{"exactly ten": "exactly...", "0123456789": "0123456789", "名名名名名名": "名名名..."} {
		if got := ShortEnd(text, 10); got != want {
			t.Errorf("%q in 10 columns: %q, want %q", text, got, want)
		}
	}
}

func TestTablesAreNoWiderThanTheTerminal(t *testing.T) {
	for width := 30; width < 60; width++ {
		table := newTable(Style{}, 0, width, "events", right("rows"))
		table.add([]string{"a name of forty characters, to be precise", "12"})
		table.add([]string{strings.Repeat("名前", 10), "1,234"})
		for line := range strings.Lines(table.String()) {
			if wide := ColumnsOf(strings.TrimSuffix(line, "\n")); wide > width {
				t.Errorf("%d columns of %d: %s", wide, width, line)
			}
		}
		if text := table.String(); strings.Contains(text, ellipsis) != (width < 2+41+2+5) {
			t.Errorf("in %d columns: %s", width, text)
		}
	}
}

func TestTablesOfWideNamesFit(t *testing.T) {
	table := newTable(Style{}, 0, 30, "events", right("rows"))
	table.add([]string{strings.Repeat("名前", 12), "12"})
	want := `
events                   rows
  名前名前名...名前名前    12
`
	if got := table.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestNarrowTables has the same table in terminals that are narrower and narrower: first what is in the last column is wrapped, then
// there are no columns any more.
func TestNarrowTables(t *testing.T) {
	text := func(width int) string {
		table := newTable(Style{}, 1, width, "files", right("rows"), plainly("format"), plainly("compression"), left("sent"))
		table.add([]string{"export/2026-05.jsonl", "1,500", "JSON lines", "", "no: all of it is there already"}, "what is below")
		table.add([]string{"another", "0", "", "", ""})
		return table.String()
	}
	for width, want := range map[int]string{
		100: `
files                    rows  format      compression  sent
  export/2026-05.jsonl  1,500  JSON lines               no: all of it is there already
    what is below
  ... 1 more (--limit 0 shows all)
`, 75: `
files                    rows  format      sent
  export/2026-05.jsonl  1,500  JSON lines  no: all of it is there already
    what is below
  ... 1 more (--limit 0 shows all)
`, 55: `
files                    rows  format      sent
  export/2026-05.jsonl  1,500  JSON lines  no: all of
                                           it is there
                                           already
    what is below
  ... 1 more (--limit 0 shows all)
`, 35: `
files
  export/2026-05.jsonl
    rows 1,500 · JSON lines · sent
    no: all of it is there already
    what is below
  ... 1 more (--limit 0 shows all)
`} {
		if got := text(width); got != want {
			t.Errorf("with %d columns:%s\nwant:%s", width, got, want)
		}
	}
	for width := 24; width < 100; width++ {
		for line := range strings.Lines(text(width)) {
			if wide := ColumnsOf(strings.TrimSuffix(line, "\n")); wide > width {
				t.Errorf("%d columns of %d: %s", wide, width, line)
			}
		}
	}
}
