package webreport

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ph2cio/internal/inspect"
	"ph2cio/internal/transfer"
)

// skeleton is the markup of a page without its texts. It fails the test for what no page may have.
func skeleton(t *testing.T, page string) []string {
	t.Helper()
	var all []string
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			token := tokens.Token()
			var line strings.Builder
			line.WriteString(token.Type.String() + " " + token.Data)
			for _, a := range token.Attr {
				switch {
				case a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#"):
					t.Errorf("<%s %s=%q>", token.Data, a.Key, a.Val)
				}
				line.WriteString(" " + a.Key)
			}
			if token.Data == "script" || token.Data == "link" || token.Data == "iframe" || token.Data == "img" {
				t.Errorf("there is a <%s>", token.Data)
			}
			all = append(all, line.String())
		}
	}
}

// FuzzPage puts a text into every field of a document. The markup must be the same with any text.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</title></style></svg>", "{{.}} &amp; &#60;", "\x01code\x04\x02\x03", "a`b`c --report x",
		"\u202egnp.exe", "\xff\xfe", "a\r\nb\x00", "👩‍👩‍👧‍👦 Z̷̡͎̩̺͊a", strings.Repeat("w", 5000), "javascript:alert(1)", "'; color:red", "https://u:p@h/?token=s",
	} {
		f.Add(seed)
	}
	want := map[Kind][]string{}
	for _, kind := range []Kind{Sent, Inspected} {
		page, err := pageOf(fullDocument(kind, newFiller(func(int64) string { return "x" })))
		if err != nil {
			f.Fatal(err)
		}
		want[kind] = strings.Split(strings.Join(skeletonOf(page), "\n"), "\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || text == inspect.FileGood || text == "id" || text == "person" {
			return // they mean something
		}
		for kind, want := range want {
			page, err := pageOf(fullDocument(kind, newFiller(func(int64) string { return text })))
			if err != nil {
				t.Fatal(err)
			}
			got := skeleton(t, page)
			for i := range max(len(got), len(want)) {
				if i >= len(got) || i >= len(want) || got[i] != want[i] {
					t.Fatalf("%s: token %d of %d, %d differs: %q, not %q", kind, i, len(got), len(want), got[max(0, i-3):min(len(got), i+3)], want[max(0, i-3):min(len(want), i+3)])
				}
			}
			for _, r := range page {
				if r < ' ' && r != '\n' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
					t.Fatalf("%s: the page has %U", kind, r)
				}
			}
		}
	})
}

func skeletonOf(page string) []string { return skeleton(&testing.T{}, page) }

// TestAnyPageIsSmall writes the pages of large runs whose names are as bad as can be.
func TestAnyPageIsSmall(t *testing.T) {
	bad := strings.Repeat("<\"'&+>\U0001F600\u202e", 40)
	long := func(kind string, i int) string { return fmt.Sprintf("%s %d %s", kind, i, bad) }
	details := &transfer.Details{}
	first := time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20 * 365 {
		fates := transfer.RowFates{Send: 300, Person: 100, LeftOut: 100, Rejected: 20, Before: 27}
		details.Days = append(details.Days, transfer.DayRows{Day: first.AddDate(0, 0, i).Format(time.DateOnly), RowFates: fates})
	}
	rows := transfer.Rows{Read: 4_000_000, Sent: 2_000_000, Skipped: map[string]int64{}, Rejected: map[string]int64{}}
	s := &transfer.Summary{Details: details, Profiles: map[string]int{"all": 1}, Rows: rows}
	in := &inspect.Result{Details: details, Rows: rows}
	for i := range 10_000 {
		details.Events = append(details.Events, transfer.EventRows{Name: long("event", i), RowFates: transfer.RowFates{Send: 123456, Person: 123456, LeftOut: 123456, Rejected: 123456, Before: 123456}})
		s.SkippedEvents = append(s.SkippedEvents, transfer.SkippedEvent{Name: long("$event", i), Rows: 123456, Events: long("events", i)})
		s.Merges = append(s.Merges, transfer.MergePair{Profile: transfer.Profile{By: "id", Value: bad}, Into: transfer.Profile{By: "id", Value: bad}})
		s.Changed = append(s.Changed, transfer.ChangedName{Of: "person", Name: bad, Became: bad, Count: 1})
		in.Events = append(in.Events, inspect.Event{Name: long("event", i), Rows: 1, Treated: "event"})
		in.EventProperties = append(in.EventProperties, inspect.Property{Name: long("property", i), Rows: 1, Types: map[string]int64{"string": 1}, Treated: "sent"})
		in.PersonProperties = in.EventProperties
	}
	for i := range 1000 {
		s.Sources = append(s.Sources, transfer.SourceSummary{Path: long("file", i), Rows: 4000, Bytes: 1e6, Trouble: bad, Hint: bad})
		in.Files = append(in.Files, inspect.File{Path: long("file", i), State: inspect.FileDamaged, Trouble: bad, Hint: bad})
	}
	for name, d := range map[string]*Document{
		"a plan": {Kind: Plan, Summary: s, Examples: true}, "an inspection": {Kind: Inspected, Inspection: in, Examples: true},
	} {
		page, err := pageOf(d)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > largestPage || len(page) < largestPage/10 || !strings.Contains(page, "more") {
			t.Errorf("%s: the page has %d bytes", name, len(page))
		}
		if n := strings.Count(page, `class="hover"`); n > mostBars || n < mostBars/3 {
			t.Errorf("%s: there are %d bars for 20 years", name, n)
		}
	}
}
