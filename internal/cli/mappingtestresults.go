package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/jsondiff"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/report"
)

// testResults is how the tests of a mapping file ended.
type testResults struct {
	Tests  []*testResult `json:"tests"`
	Same   int           `json:"ok"`
	Differ int           `json:"differ"`
}

func (r *testResults) add(one *testResult) {
	if r.Tests = append(r.Tests, one); one.OK {
		r.Same++
	} else {
		r.Differ++
	}
}

// text says how the tests ended.
func (r *testResults) text() string {
	if r.Differ == 0 {
		return report.Plural(r.Same, "test is ok", "tests are ok")
	}
	return fmt.Sprintf("%d of %s %s", r.Differ, report.Plural(len(r.Tests), "test", "tests"), report.PluralWord(r.Differ, "differs", "differ"))
}

// testResult is how one test ended.
type testResult struct {
	Name       string           `json:"name"`
	Line       int              `json:"line"` // of the mapping file
	OK         bool             `json:"ok"`
	Operations []operationDiff  `json:"differences,omitempty"`
	Rejected   []string         `json:"rejected,omitempty"` // rows and people, with the reason
	Skipped    map[string]int64 `json:"skipped,omitempty"`  // rows by reason
}

// operationDiff is an expected operation that is not what was sent. Numbers are those in their lists, from 1.
type operationDiff struct {
	Expected int             `json:"expected,omitempty"` // 0 if none was expected
	Sent     int             `json:"sent,omitempty"`     // 0 if none was sent
	Members  []memberDiff    `json:"members,omitempty"`  // if both are there
	What     json.RawMessage `json:"operation"`          // what was sent, else what was expected
}

// memberDiff is a member that is not as expected; an empty value is none.
type memberDiff struct {
	Member string          `json:"member"`
	Want   json.RawMessage `json:"expected,omitempty"`
	Got    json.RawMessage `json:"sent,omitempty"`
}

// compareTest compares what became of a test's rows with its operations.
func compareTest(test *mappingfile.Test, run *testRun) *testResult {
	r := &testResult{Name: test.Name, Line: test.At.Line}
	want, got := test.Operations, run.operations
	differences := func(i, j int) []jsondiff.Difference { return operationDifferences(want[i], got[j]) }
	same := func(i, j int) bool { return len(differences(i, j)) == 0 }
	alike := func(i, j int) bool { return actionOf(want[i]) == actionOf(got[j]) }
	for _, pair := range jsondiff.Pairs(len(want), len(got), same, alike) {
		one := operationDiff{Expected: pair.Want + 1, Sent: pair.Got + 1}
		switch {
		case pair.Got < 0:
			one.What = json.RawMessage(want[pair.Want])
		case pair.Want < 0:
			one.What = json.RawMessage(got[pair.Got])
		default:
			one.What = json.RawMessage(got[pair.Got])
			for _, d := range differences(pair.Want, pair.Got) {
				one.Members = append(one.Members, memberDiff{d.Path, json.RawMessage(d.Want), json.RawMessage(d.Got)})
			}
			if one.Members == nil {
				continue
			}
		}
		r.Operations = append(r.Operations, one)
	}
	r.OK = r.Operations == nil && len(run.rejects) == 0 // a row that is rejected by mistake also becomes nothing
	if !r.OK {
		r.explain(run)
	}
	return r
}

// explain notes why rows became nothing.
func (r *testResult) explain(run *testRun) {
	for _, reject := range run.rejects {
		what := "row " + report.Count(reject.Row)
		if reject.Row == 0 {
			what = reject.Person
		}
		r.Rejected = append(r.Rejected, what+" is rejected: "+cmp.Or(reject.Detail, terminal.WordsFor(reject.Reason, 1)))
	}
	r.Skipped = run.summary.Rows.Skipped
}

// operationDifferences compares two operations. An expected one without an id has any: it never depends on
// the mapping.
func operationDifferences(want, got string) []jsondiff.Difference {
	all := jsondiff.Compare([]byte(want), []byte(got))
	return slices.DeleteFunc(all, func(d jsondiff.Difference) bool { return d.Path == "id" && d.Want == "" })
}

// actionOf returns the action of an operation, empty if it has none.
func actionOf(operation string) string { return memberText(operation, "action") }

// memberText returns a member of an object that is a text; empty for none.
func memberText(object, name string) string {
	fields, _ := rawjson.Fields([]byte(object))
	for _, f := range fields {
		if text, ok := rawjson.PlainText(f.Value); ok && f.Is(name) {
			return string(text)
		}
	}
	return ""
}

// writeTestResults prints how tests ended, a line for each, with what differs below.
func (p *program) writeTestResults(results *testResults) error {
	if p.json {
		return p.writeJSON(p.env.Stdout, results)
	}
	style, width := p.style(p.env.StdoutTerminal), p.columns()
	var b strings.Builder
	for _, one := range results.Tests {
		mark := style.Green("ok     ")
		if !one.OK {
			mark = style.Red("differs")
		}
		name := terminal.OneLine(one.Name) + "  " + style.Dim(terminal.OneLine(fmt.Sprintf("%s:%d", p.mapping.Name, one.Line)))
		fmt.Fprintf(&b, "%s  %s\n", mark, terminal.Wrap(name, width, len("differs  ")))
		for _, text := range one.Rejected { // first, because they are why operations differ
			fmt.Fprintf(&b, "  %s\n", terminal.Wrap(terminal.OneLine(text), width, 4))
		}
		for _, reason := range slices.Sorted(maps.Keys(one.Skipped)) {
			n := one.Skipped[reason]
			fmt.Fprintf(&b, "  %s: %s\n", report.Plural(n, "row is left out", "rows are left out"), terminal.WordsFor(reason, n))
		}
		for _, d := range one.Operations {
			d.write(&b, width)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", results.text())
	_, err := io.WriteString(p.env.Stdout, b.String())
	return err
}

// write describes the difference in lines of its own.
func (d *operationDiff) write(b *strings.Builder, width int) {
	switch {
	case d.Sent == 0:
		fmt.Fprintf(b, "  expected operation %d is not sent:\n    %s\n", d.Expected, terminal.Wrap(terminal.SpacedJSON(d.What), width, 4))
		return
	case d.Expected == 0:
		fmt.Fprintf(b, "  operation %d is sent and not expected:\n    %s\n", d.Sent, terminal.Wrap(terminal.SpacedJSON(d.What), width, 4))
		return
	}
	fmt.Fprintf(b, "  %s:\n", terminal.Wrap(fmt.Sprintf("operation %d, %s", d.Sent, operationName(string(d.What))), width-len(":"), 2))
	for i := range d.Members {
		d.Members[i].write(b, width)
	}
}

// write shows both values: side by side if there is room.
func (m *memberDiff) write(b *strings.Builder, width int) {
	name, want, got := terminal.OneLine(m.Member), valueOrNothing(m.Want), valueOrNothing(m.Got)
	line := fmt.Sprintf("    %s: expected %s, sent %s", name, want, got)
	if terminal.ColumnsOf(line) <= width {
		b.WriteString(line + "\n")
		return
	}
	const indent = len("      expected  ")
	fmt.Fprintf(b, "    %s:\n      expected  %s\n      sent      %s\n", name, terminal.Wrap(want, width, indent), terminal.Wrap(got, width, indent))
}

// operationName names an operation in a few words.
func operationName(operation string) string {
	name := terminal.WordsFor(actionOf(operation), 1)
	if of := memberText(operation, "name"); of != "" {
		name += " " + terminal.OneLine(of)
	}
	return name
}

func valueOrNothing(value json.RawMessage) string {
	if len(value) == 0 {
		return "nothing"
	}
	return terminal.SpacedJSON(value)
}
