package webreport

import (
	"strings"
	"testing"

	"ph2cio/internal/inspect"
	"ph2cio/internal/transfer"
)

func TestAPageSaysWhatWasSent(t *testing.T) {
	accepted := map[string]int64{"event": 2}
	for _, c := range []struct {
		says     string
		document Document
		risks    bool
	}{
		{"Plan · nothing was sent", Document{Kind: Plan, Summary: &transfer.Summary{Rows: transfer.Rows{Read: 3}}}, true},
		{"Nothing new · nothing was sent", Document{Kind: Plan, Summary: &transfer.Summary{}}, false},
		{"Nothing new · nothing was sent", Document{Kind: Sent, Summary: &transfer.Summary{}}, false},
		{"Nothing was sent", Document{Kind: Sent, Summary: &transfer.Summary{Rows: transfer.Rows{Read: 3}}}, false},
		{"Sent", Document{Kind: Sent, Summary: &transfer.Summary{Rows: transfer.Rows{Read: 3}, Accepted: accepted}}, true},
		{"Stopped before the end", Document{Kind: Stopped, Summary: &transfer.Summary{Interrupted: true, Accepted: accepted}}, true},
		{"Stopped before the end", Document{Kind: Stopped, Summary: &transfer.Summary{Interrupted: true, Unanswered: accepted}}, true},
		{"Stopped before the end · nothing was sent", Document{Kind: Stopped, Summary: &transfer.Summary{Interrupted: true}}, false},
		{"Ended by an error", Document{Kind: Failed, Failure: "x", Summary: &transfer.Summary{Accepted: accepted}}, true},
		{"Ended by an error · nothing was sent", Document{Kind: Failed, Failure: "x", Summary: &transfer.Summary{}}, false},
		{"What is in an export · nothing was sent", Document{Kind: Inspected, Inspection: &inspect.Result{}}, false},
	} {
		page, err := pageOf(&c.document)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page, `<p class="label">`+c.says+`</p>`) || strings.Contains(page, `id="risks"`) != c.risks {
			t.Errorf("%s: %.900s", c.says, page[strings.Index(page, "<header>"):])
		}
	}
}

func TestHeadlinesNameWhatIsSent(t *testing.T) {
	for want, d := range map[string]*Document{
		"export/ → Customer.io":                {Sources: []string{"export/"}},
		"rows.jsonl, b.csv → Customer.io":      {Sources: []string{"/home/ada/rows.jsonl", `C:\exports\b.csv`}},
		"s3://bucket/a/b/ → Customer.io":       {Sources: []string{"s3://bucket/a/b/"}},
		"standard input → Customer.io":         {Sources: []string{"-"}},
		"a, b, c and 1,197 more → Customer.io": {Sources: append([]string{"a", "b", "c"}, make([]string, 1197)...)},
		"ph2cio retry → Customer.io":           {Command: "retry"},
		"../ → Customer.io":                    {Sources: []string{"../"}},
	} {
		if got := plain((&builder{d: d}).headline()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestARejectedPersonIsNoRow holds that a person has no row as an example, and that charts say how many of the rows to
// send were refused.
func TestARejectedPersonIsNoRow(t *testing.T) {
	details := &transfer.Details{
		Events:   []transfer.EventRows{{Name: "Order", RowFates: transfer.RowFates{Send: 3}}},
		Examples: []transfer.RowExample{{Reason: "api:unnamed", Rows: 2, File: "a.jsonl", Row: 3}},
	}
	page, err := pageOf(&Document{Kind: Sent, Summary: &transfer.Summary{
		Rows: transfer.Rows{Read: 3, Sent: 1, Rejected: map[string]int64{"api:unnamed": 2}}, Refused: map[string]int64{"event": 2, "identify": 1},
		People: transfer.PeopleSummary{Rejected: map[string]int64{"api:unnamed": 1}}, Details: details,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(page, "For example"); n != 1 {
		t.Errorf("%d examples, want that of the rows", n)
	}
	if !strings.Contains(page, "To send counts 2\u00a0rows that Customer.io refused, too.") {
		t.Error("it does not say what became of rows to send")
	}
}

// TestNobodySentIsCounted holds that a page of a run that has sent nobody says so with a number, and that one of a run
// that found nothing does not say it at all.
func TestNobodySentIsCounted(t *testing.T) {
	for read, want := range map[int64]string{3: "<b>0</b><div>people sent", 0: ""} {
		page, err := pageOf(&Document{Kind: Sent, Summary: &transfer.Summary{Rows: transfer.Rows{Read: read}}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page, want) || want == "" && strings.Contains(page, "people sent") {
			t.Errorf("%d rows: the page has not %q", read, want)
		}
	}
}

// TestAListLacksWhatHasNoAnswer holds that a page does not call a list of profiles complete while a run may have made
// more.
func TestAListLacksWhatHasNoAnswer(t *testing.T) {
	for n, want := range map[int64]string{0: "All of them: ", 2: "All but 2\u00a0profile updates without an answer, which may have been made: "} {
		page, err := pageOf(&Document{
			Kind: Stopped, Profiles: &Profiles{Unknown: 1, File: "profiles.csv"},
			Summary: &transfer.Summary{Interrupted: true, Unanswered: map[string]int64{"identify": n, "event": 3}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page, want) {
			t.Errorf("%d without an answer: the page has not %q", n, want)
		}
	}
}
