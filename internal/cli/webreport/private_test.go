package webreport

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ph2cio/internal/inspect"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// personal are the fields with personal data.
var personal = []string{
	"Summary.UnknownOnly[]", "Summary.Next", "Summary.People.WithoutEmail[].ID", "Summary.People.WithoutEmail[].HeldBy",
	"Summary.People.Uncertain.Fused[].ID", "Summary.People.Uncertain.Fused[].Logins[]", "Summary.People.Uncertain.Fused[].Emails[]",
	"Summary.Merges[].Profile.By", "Summary.Merges[].Profile.Value", "Summary.Merges[].Into.By", "Summary.Merges[].Into.Value",
	"Summary.TwoProfiles.People[].ID", "Summary.TwoProfiles.People[].Profiles[].Profile.By", "Summary.TwoProfiles.People[].Profiles[].Profile.Value",
	"Summary.TwoProfiles.People[].Profiles[].Email", "Summary.LiveProfiles.IDs[]", "Summary.LostHistory[].IDs[]", "Summary.CorrectedLate[].EventID",
	"Summary.TextColumns[].Cell", "Summary.UnreadFields[].Text", "Summary.Examples[].Detail",
	"Summary.Details.Examples[].DistinctID", "Summary.Details.Examples[].Raw", "Summary.Details.LargestPeople[].KeptID", "Summary.Details.LargestPeople[].Emails[]",
	"Inspection.UnreadFields[].Text", "Inspection.Columns[].MadeText.Cell", "Inspection.Rejects[].First.Detail", "Inspection.Rejects[].First.Raw",
	"Inspection.People.Uncertain.Fused[].ID", "Inspection.People.Uncertain.Fused[].Logins[]", "Inspection.People.Uncertain.Fused[].Emails[]",
	"Inspection.Details.Examples[].DistinctID", "Inspection.Details.Examples[].Raw", "Inspection.Details.LargestPeople[].KeptID", "Inspection.Details.LargestPeople[].Emails[]",
}

// notShown are fields that no page shows as they are, by the ends of their paths, with the reason.
var notShown = map[string]string{
	"Document.Kind": "the label says it", "Document.Command": "the words have it", "Document.People": "it marks a line of a table",
	"Profiles{key}": "a code", "Known{key}": "a code", "Operations{key}": "a code", "Accepted{key}": "a code", "Refused{key}": "a code", "Unsent{key}": "a code",
	"Unanswered{key}": "a code", "Profiles{}": "not a choice", "Known{}": "not a choice", "Operations{}": "not an action", "Accepted{}": "not an action",
	"Refused{}": "not an action", "Unsent{}": "not an action", "Unanswered{}": "not an action",
	"Changed[].Became": "it is dropped", "Sources[].Warning": "it has trouble, and never both", "WouldStop[].Flag": "in the middle of words",
	"Rules[].Unused": "it acts on rows", "Rules[].Missing": "it acts on rows", "Rules[].Meant": "it acts on rows",
	"NoValue[].Key": "a code", "UnmetFilters[].Type": "a code", "UnmetFilters[].OtherType": "a code", "Examples[].Reason": "a code of a reason that is shown", "First.Reason": "the same",
	"Details.Days[].Day": "set by the test", "Details.Days[].RowFates": "set by the test", "Details.EventsBeyond": "only their sum", "Details.Profiles": "Document.Profiles has the same",
	"Rows.Unsent": "less those without an answer", "People.JoinedIDs": "a difference", "Fused[].LoginCount": "how many more", "Fused[].EmailCount": "how many more",
	".Choice":            "the choice of the command line is marked",
	"Document.Answers[]": "the failure quotes them",
	".Bytes":             "rounded", ".Row": "the line is shown", "Examples[].Rows": "the count of the reason is shown",
	"MadeText.Name": "the column's name is shown", "Properties[].Longest": "rounded", "Properties[].Types{}": "only which there are", "Teams[]": "one project needs no choice",
	"Rejects[].Reason": "a code of a reason that is shown",
	"Reject.EventID":   "only corrections have it", "Examples[].EventID": "only corrections have it", "Examples[].Person": "not for people to see", "First.Person": "not for people to see", "First.EventID": "only corrections have it",
}

// TestEverythingIsOnThePage has a document in which everything is set, and looks for each text and each
// number. A new field must be shown, or have a reason in notShown.
func TestEverythingIsOnThePage(t *testing.T) {
	for _, kind := range []Kind{Plan, Sent, Stopped, Inspected} {
		f := newFiller(func(n int64) string { return fmt.Sprintf("text%d", n) })
		page, err := pageOf(fullDocument(kind, f))
		if err != nil {
			t.Fatal(err)
		}
		shows := strings.ToLower(html.UnescapeString(page))
		missing := map[string]bool{}
		for text, path := range f.texts {
			missing[path] = missing[path] || !strings.Contains(shows, text)
		}
		for n, path := range f.numbers {
			missing[path] = missing[path] || !strings.Contains(shows, report.Count(n)) && !strings.Contains(shows, strconv.FormatInt(n, 10))
		}
		for _, path := range slices.Sorted(maps.Keys(missing)) {
			if missing[path] && isShown(kind, path) {
				t.Errorf("%s: the page does not have %s", kind, path)
			}
		}
	}
}

// isShown reports whether pages of a kind should have a field.
func isShown(kind Kind, path string) bool {
	if other := map[bool]string{true: "Document.Summary", false: "Document.Inspection"}[kind == Inspected]; strings.HasPrefix(path, other) {
		return false
	}
	if kind == Inspected && (strings.HasPrefix(path, "Document.Profiles") || path == "Document.To") {
		return false
	}
	if kind != Stopped && strings.Contains(path, ".Reached.") {
		return false
	}
	for part := range notShown {
		if strings.HasSuffix(path, part) || strings.Contains(path, part+".") {
			return false
		}
	}
	return true
}

// TestPersonalDataIsHidden looks for the same texts in a page that may have no personal data.
func TestPersonalDataIsHidden(t *testing.T) {
	for _, kind := range []Kind{Plan, Sent, Inspected} {
		f := newFiller(func(n int64) string { return fmt.Sprintf("text%d", n) })
		d := fullDocument(kind, f)
		d.Examples = false
		if d.Summary != nil {
			d.Summary.Next = "ph2cio backfill --only 'some person' export/"
			d.Failure = "it failed for " + d.Summary.LiveProfiles.IDs[0] + " and for some person"
		}
		d.Words = []string{"ph2cio", "preview", "--only", "some person", "--id=some person", "export/"}
		page, err := pageOf(d)
		if err != nil {
			t.Fatal(err)
		}
		for text, path := range f.texts {
			if slices.Contains(personal, strings.TrimPrefix(path, "Document.")) && strings.Contains(page, text) {
				t.Errorf("%s: the page has %s", kind, path)
			}
		}
		if strings.Contains(page, "some person") || !strings.Contains(page, "--report-examples") {
			t.Errorf("%s: the page names somebody, or does not say what would", kind)
		}
		if d.Summary != nil && !strings.Contains(page, "these IDs of --only: (hidden)") {
			t.Errorf("%s: the page does not say that nobody has an ID", kind)
		}
		if d.Words[3] != "some person" || d.Summary != nil && d.Summary.Merges == nil {
			t.Errorf("%s: the document itself has changed", kind)
		}
	}
}

// TestPersonalFieldsExist finds fields that have another name by now.
func TestPersonalFieldsExist(t *testing.T) {
	f := newFiller(func(n int64) string { return fmt.Sprintf("text%d", n) })
	fullDocument(Plan, f)
	fullDocument(Inspected, f)
	for _, path := range personal {
		if !slices.Contains(slices.Collect(maps.Values(f.texts)), "Document."+path) {
			t.Errorf("there is no field %s", path)
		}
	}
}

// TestErrorsNameNobody has what errors quote from outside: answers of Customer.io, and the first cells of a CSV file
// without a header.
func TestErrorsNameNobody(t *testing.T) {
	for _, examples := range []bool{false, true} {
		d := &Document{
			Kind: Failed, Examples: examples, Failure: `refused with 401 ("no user ada@example.com"): check the key`,
			Answers: []string{`"no user ada@example.com"`},
			Summary: &transfer.Summary{Sources: []transfer.SourceSummary{{
				Path: "a.csv", Trouble: `not like PostHog events; its columns are "a \"1\", ada@example.com"`,
			}}},
		}
		in := &Document{Kind: Inspected, Examples: examples, Inspection: &inspect.Result{Files: []inspect.File{{
			Path: "a.jsonl", State: "not_events", Trouble: "the first rows have no `event` key; their keys are \"ada@example.com\"",
		}}}}
		for _, one := range []*Document{d, in} {
			page, err := pageOf(one)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(page, "ada@example.com") != examples || strings.Contains(page, hidden) == examples {
				t.Errorf("%s, examples %v: %s", one.Kind, examples, page[strings.Index(page, "<header>"):])
			}
		}
		if !strings.Contains(d.Summary.Sources[0].Trouble, "ada") {
			t.Error("the document itself has changed")
		}
	}
}
