package terminal

import (
	"strings"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

func TestSummaryRules(t *testing.T) {
	t.Parallel()
	s := &transfer.Summary{
		Rules: []mapping.RuleUse{
			{Line: 3, Events: []string{"signed_up"}, Rows: 1200, Built: new(int64(1000))},
			{Line: 5, Events: []string{"a", "b", "c", "d", "e"}, Rows: 1, Built: new(int64(1)), NoValue: []mapping.NoValue{
				{Key: "attributes", Name: "sum", Line: 6, Missing: "properties.prise", Meant: "properties.price"},
				{Key: "name", Line: 7}, {Key: "person", Name: "tier", Line: 8, Missing: "person.properties.x"},
				{Key: "dates", Name: "items.at", Line: 9, Meant: "items.*.at"},
			}},
			{Line: 17, Events: []string{"sign\x1b[1mup"}, Unused: mapping.UnusedName, Meant: "signed\x1bup"},
			{Line: 19, Events: []string{"x"}, Unused: mapping.UnusedCondition, Missing: "properties.cupon", Meant: "properties.coupon"},
			{Line: 20, Events: []string{"x"}, Unused: mapping.UnusedFailed, Failed: 2},
			{Line: 21, Events: []string{"y"}},
			{Line: 22, Events: []string{"z"}, Unused: mapping.UnusedUnknown},
		},
		UnmetFilters: []mapping.UnmetFilter{{Line: 1, Key: "email", Type: "event", OtherType: "person"}},
	}
	lines := func(idle bool) string {
		text := &summaryText{Lines: Lines{Width: 80}, s: s, warnsOfIdle: idle}
		text.rules()
		return text.String()
	}
	want := `rules        line 3 (signed_up): 1,200 rows, 1,000 to send
             line 5 (a, b, c and 2 more): 1 row
             line 22 (z): 0 rows
warning      the filter in line 1 leaves out no row: no event has the property
             email; if it is a person's, add type: person
warning      rules that act on no row:
               line 17 (sign\u001b[1mup): no event has such a name; did you mean
               "signed\x1bup"?
               line 19 (x): its condition is true of none; no such event has
               properties.cupon; did you mean properties.coupon?
               line 20 (x): its condition failed in 2 rows
               line 21 (y): no event fits it
warning      expressions that have a value in no row:
               sum in line 6: no such event has properties.prise; did you mean
               properties.price?
               a part of the name in line 7
               tier of the person in line 8: no such person has
               person.properties.x
warning      dates in line 9 do nothing: no such event has items.at; in a list
             write items.*.at
`
	if got := lines(true); got != want {
		t.Errorf("of a whole history\n%s\nwant\n%s", got, want)
	}
	if got := lines(false); strings.Contains(got, "warning") || !strings.Contains(got, "line 21 (y): 0 rows\n") {
		t.Errorf("of a night\n%s", got)
	}
}

// TestSummaryOfUnnamedPages says of each page without a name once what to do, by what makes it.
func TestSummaryOfUnnamedPages(t *testing.T) {
	t.Parallel()
	s := &transfer.Summary{
		ValuesCut: map[string]int64{mapping.MadeUpNames: 4, "nul": 1},
		Rules:     []mapping.RuleUse{{Line: 2, Events: []string{"a"}, Unnamed: 3}, {Line: 3, Events: []string{"b"}, Unnamed: 1}},
	}
	text := &summaryText{Lines: Lines{Width: 300}, s: s}
	text.valuesCut()
	text.unnamed()
	want := "changed      1 text with NUL characters fixed\n" +
		"no name      pages or screens without a name are sent as unknown: 3 of the rule in line 2 (a), 1 of the rule in line 3 (b); " +
		"to use the names of their events, give the rule `name: '{event.event}'`\n"
	if got := text.String(); got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
}
