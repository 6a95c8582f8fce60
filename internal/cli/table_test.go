package cli

import (
	"regexp"
	"testing"
)

func newTestTable(limit int, on bool) *table {
	s := style{on}
	t := newTable(limit, s, "events", right("rows"), left("becomes"), left(""))
	t.add([]string{"café", "12", s.green("event"), ""})
	t.add([]string{"a longer name", s.red("1,234"), "noise", s.red("damaged")}, "", s.dim("below"))
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
	if got := newTable(1, style{}, "events", right("rows")).String(); got != "" {
		t.Errorf("an empty table is %q", got)
	}
}

func TestTableShortensLongNamesToFit(t *testing.T) {
	table := newTable(0, style{}, "events", right("rows"))
	table.width = 30
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
