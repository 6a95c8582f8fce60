package terminal

import (
	"strings"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

func TestSummaryRules(t *testing.T) {
	t.Parallel()
	s := &transfer.Summary{Rules: []mapping.RuleUse{
		{Line: 3, Events: []string{"signed_up"}, Rows: 1200},
		{Line: 5, Events: []string{"a", "b", "c", "d", "e"}, Rows: 1},
		{Line: 7, Events: []string{"sign\x1b[1mup"}, Unused: mapping.UnusedName, Meant: "signed\x1bup"},
		{Line: 9, Events: []string{"x"}, Unused: mapping.UnusedCondition},
		{Line: 11, Events: []string{"y"}},
	}}
	lines := func(sent bool) string {
		text := &summaryText{Lines: Lines{Width: 200}, s: s, sent: sent}
		text.rules()
		return text.String()
	}
	want := `rules        line 3 (signed_up): 1,200 rows
             line 5 (a, b, c and 2 more): 1 row
warning      the rule in line 7 (sign\u001b[1mup) acts on no row: no event has such a name; did you mean "signed\x1bup"?
warning      the rule in line 9 (x) acts on no row: its condition is true of none
warning      the rule in line 11 (y) acts on no row: no event fits it
`
	if got := lines(false); got != want {
		t.Errorf("before sending\n%s\nwant\n%s", got, want)
	}
	if got := lines(true); strings.Contains(got, "warning") || !strings.Contains(got, "line 11 (y): 0 rows\n") {
		t.Errorf("after sending\n%s", got)
	}
}
