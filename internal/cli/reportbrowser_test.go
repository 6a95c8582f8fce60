package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ph2cio/internal/report"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/browser"
	"ph2cio/internal/testkit/synthetic"
	"ph2cio/internal/transfer"
)

// views are the ways in which people look at a page.
var views = map[string]browser.View{
	"light":  {Width: 1000, Height: 800},
	"dark":   {Width: 1000, Height: 800, Dark: true},
	"narrow": {Width: 390, Height: 844},
	"print":  {Width: 794, Height: 1123, Print: true, Dark: true}, // paper is white
}

// TestBrowserShowsThePages opens the pages of real runs as people do.
func TestBrowserShowsThePages(t *testing.T) {
	b := browser.Start(t)
	dir := t.TempDir()
	export := filepath.Join(dir, "export.jsonl")
	if err := writeSynthetic(export); err != nil {
		t.Fatal(err)
	}
	_, account := startSandbox(t, sandbox.Faults{})
	state := filepath.Join(dir, "state")
	for name, args := range map[string][]string{
		"plan":       {"preview", export},
		"small":      {"preview", "--report-examples", acornly},
		"sent":       {"backfill", "--yes", "--state", state, acornly},
		"inspection": {"inspect", export},
	} {
		t.Run(name, func(t *testing.T) {
			page := filepath.Join(dir, name+".html")
			out := runProgram(t, account, append(args, "--report", page, "--json")...)
			if _, err := os.Stat(page); err != nil {
				t.Fatalf("exit code %d: %s", out.code, out.stderr)
			}
			for name, view := range views {
				t.Run(name, func(t *testing.T) { looksWell(t, b.Open(t, page, view), page) })
			}
			hasNumbers(t, b.Open(t, page, views["light"]), out.stdout)
			isPrinted(t, b.Open(t, page, views["light"]))
		})
	}
}

// writeSynthetic writes an export with some of everything.
func writeSynthetic(path string) error {
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Rows: 3000, People: 200, Seed: 5, Invalid: 1, Duplicates: 1}); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o600)
}

// looksWell checks that a page fits its window, that it loads nothing, and that neither the browser nor axe
// has anything to say against it.
func looksWell(t *testing.T, p *browser.Page, path string) {
	t.Helper()
	if pixels, what := p.TooWide(); pixels > 0 {
		t.Errorf("the page is %d pixels wider than its window: %s", pixels, what)
	}
	var paper, text int
	p.Eval(`Number(getComputedStyle(document.documentElement).backgroundColor.match(/[0-9]+/)[0])`, &paper)
	p.Eval(`document.body.innerText.length`, &text)
	if text < 1000 {
		t.Errorf("it shows %d characters", text)
	}
	if dark := strings.HasSuffix(t.Name(), "/dark"); dark != (paper < 64) {
		t.Errorf("the paper has a red of %d", paper)
	}
	for _, one := range p.Requests() {
		if !strings.HasPrefix(one, "file:") || filepath.Base(one) != filepath.Base(path) {
			t.Errorf("it asks for %s", one)
		}
	}
	for _, one := range p.Complaints() {
		t.Errorf("the console says %s", one)
	}
	if flag.Lookup("test.artifacts").Value.String() == "true" {
		if err := os.WriteFile(filepath.Join(t.ArtifactDir(), strings.ReplaceAll(t.Name(), "/", "-")+".png"), p.Picture(), 0o600); err != nil {
			t.Error(err)
		}
	}
	for _, one := range p.Barriers() {
		t.Errorf("axe: %s", one)
	}
}

// hasNumbers compares a page with the document of the same run.
func hasNumbers(t *testing.T, p *browser.Page, document string) {
	t.Helper()
	var want struct {
		Rows    transfer.Rows     `json:"rows"`
		Details *transfer.Details `json:"details"`
	}
	if err := json.Unmarshal([]byte(document), &want); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Strip, Text string
		Events      [][]string
		Days        []string
	}
	p.OpenDetails()
	p.Eval(`({strip: document.querySelector('.strip svg').getAttribute('aria-label'), text: document.body.innerText,
	events: [...document.querySelectorAll('#events details:first-of-type table tbody tr')].map(line => [...line.cells].slice(0, 2).map(one => one.innerText)),
	days: [...document.querySelectorAll('#days table tbody tr')].map(line => line.cells[1].innerText)})`, &got)
	if read := report.Plural(want.Rows.Read, "row", "rows") + " read"; !strings.HasPrefix(got.Strip, read) {
		t.Errorf("%q, want %s", got.Strip, read)
	}
	for reason, n := range want.Rows.Skipped {
		if !regexp.MustCompile(`(^|\n)` + report.Count(n) + `\s`).MatchString(got.Text) {
			t.Errorf("%d rows left out for %s are not on the page", n, reason)
		}
	}
	var days int64
	for _, one := range got.Days {
		n, err := strconv.ParseInt(strings.ReplaceAll(one, ",", ""), 10, 64)
		if days += n; err != nil {
			t.Error(err)
		}
	}
	if days != want.Rows.Read {
		t.Errorf("the days have %d rows, want %d", days, want.Rows.Read)
	}
	if want.Details == nil || len(want.Details.Events) == 0 {
		return
	}
	for i, one := range want.Details.Events {
		if i < len(got.Events) && one.Name != "" && (got.Events[i][0] != one.Name || got.Events[i][1] != report.Count(one.All())) {
			t.Errorf("event %d is %q, want %s with %d rows", i, got.Events[i], one.Name, one.All())
		}
	}
	if len(got.Events) != len(want.Details.Events) {
		t.Errorf("%d events, want %d", len(got.Events), len(want.Details.Events))
	}
}

// isPrinted checks that a page has sheets, and that they have text.
func isPrinted(t *testing.T, p *browser.Page) {
	t.Helper()
	pdf := p.PDF()
	sheets := regexp.MustCompile(`/Type\s*/Page[^s]`).FindAll(pdf, -1)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(sheets) == 0 || len(sheets) > 12 || !bytes.Contains(pdf, []byte("/Font")) {
		t.Errorf("%d bytes, %d sheets", len(pdf), len(sheets))
	}
}
