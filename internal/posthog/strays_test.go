package posthog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

// TestStraysHaveNothingOfAnExport checks which files in a directory are strays, by their names and content.
// Those without an extension stand for any name that is not typical of exports.
func TestStraysHaveNothingOfAnExport(t *testing.T) {
	packed := string(zip(t, []byte(eventRow), false))
	brotli := string(packing.Brotli(t, []byte(strings.Repeat(eventRow, 50)), 1000))
	for _, test := range []struct {
		name, text string
		stray      bool
	}{
		{"notes", "Dear all, this is for you\n", true},
		{"one-word", "hello", true},
		{"nothing", "", true},
		{"white-space", " \n\n", true},
		{"utf-16", "\xff\xfeh\x00i\x00,\x00 \x00y\x00o\x00u\x00", true},
		{"zeros", "\x00\x00\x00\x00", true},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", true},
		{"photo", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", true},
		{"paper", "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", true},
		{"database", "SQLite format 3\x00", true},
		{"settings.ini", "[section]\na=1\n", true},
		{"page.md", "[a link](https://x.example), and [[another]]\n", true},
		{"readme", "# Rows\n\nOne is like this:\n\n{\"a\": 1}\n\nand so on\n", true},
		{"licence", "this is under the terms of the licence, version\n", true},
		{"accidental-brotli", "\x33\x0d\x0d\x0a\x00\x00", true},
		{"byte-code", "\x33\x0d\x0d\x0a\xc3\xe2\xfe\x69\x7d\x02\x00\x00\xe3\x00\x00\x00\x00\x00\x00\x00", true},
		{"template", "{{ name }}, hello\n", true},
		{"page.html", "{% extends 'x' %}\n", true},
		{"sums.md5", "d41d8cd98f00b204e9800998ecf8427e  a.jsonl\n", true},
		{"a.jsonl~", eventRow, true},
		{"Thumbs.db", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", true},
		{"letter.docx", "PK\x03\x04", true},

		{"notes.txt", eventRow, false},
		{"begun", eventRow[:20], false},
		{"tail", eventRow[20:] + eventRow, false},
		{"long-tail", eventRow[20:] + "\n" + eventRow + eventRow, false},
		{"object", "{\n \"a\": 1}", false},
		{"brace", "{", false},
		{"other-quotes", "{'event': 'Opened', 'distinct_id': 'u1'}\n", false},
		{"list", "[[1", false},
		{"objects", `[{"a"`, false},
		{"empty-list", "[]", false},
		{"utf-16-tail", utf16Of("1}\n" + eventRow), false},
		{"utf-16-rows", "\xff\xfe{\x00\"\x00a\x00", false},
		{"columns", "uuid;event\n", false},
		{"two-cells", "uuid;amount\n1;2\n", true},
		{"prose", "Dear team, event, and so on\n", true},
		{"prose-of-two-lines", "Dear team, event, and so on\nwith love\n", true},
		{"query.sql", "SELECT event, distinct_id, timestamp FROM events\n", true},
		{"query-of-lines.sql", "SELECT\n  event, distinct_id,\n  timestamp\nFROM events\n", true},
		{"word", "event\n", true},
		{"word-and-lines", "timestamp\nand more\n", true},
		{"table", "what,who,when\nOrdered,u1,2026-03-04\n", false},
		{"semicolons", "what;who;when\nOrdered;u1;\"a;b\"\n\n", false},
		{"tabs", "what\twho\twhen\na\tb\tc\nd\te", false},
		{"one-line", "what,who,when\n", true},
		{"flattened", "event,properties.total\n", false},
		{"damaged-first", "{{\"event\":\"Opened\"\n" + eventRow + eventRow, false},
		{"damaged-percent", "{%\n" + eventRow + eventRow, false},
		{"template-of-lines", "{% if x %}\n{{ y }}\n{% endif %}\n", true},
		{"template-with-object", "{# x #}\n<script>\n{\"a\": 1}\n</script>\n", true},
		{"book.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", false},
		{"letter.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", true},
		{"avro", "Obj\x01\x04\x14avro.codec", false},
		{"orc", "ORC\x00\x11\x00\x00", false},
		{"orcs", "ORCS and elves\n", true},
		{"arrow", "ARROW1\x00\x00\xff\xff\xff\xff", false},
		{"rar", "Rar!\x1a\x07\x01\x00", false},
		{"begun-columns", "event,distinct_id,timest", false},
		{"tail-of-other-names", "1}\n{\"what\":1}\n{\"what\":2}\n", false},
		{"packed", packed, false},
		{"brotli", brotli, false},
		{"cut-brotli", brotli[:len(brotli)-9], false},
		{"cut", packed[:len(packed)-9], false},
		{"damaged", packed[:12] + "\x00\x00\x00" + packed[15:], false},
		{"packed-notes", string(zip(t, []byte("notes"), false)), false},
		{"bzip2", "BZh91AY", false},
		{"zipped", "PK\x03\x04", false},
		{"parquet", "PAR1", false},
		{"words.jsonl", "hello", false},
		{"nothing.csv", "", false},
		{"notes.csv.gz", "hello", false},
		{"persons", `{"distinct_id":"a","person_id":"b","is_deleted":false}` + "\n", false},
		{"sessions", `{"session_id":"a","start_timestamp":"b"}` + "\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, test.name)
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			found, err := source.List(t.Context(), []string{dir}, source.Options{Recognise: Recognise(Options{})})
			if err != nil {
				t.Fatal(err)
			}
			whole, err := source.Source{Name: path, Beside: true}.Now(t.Context())
			if err != nil || whole.Size != int64(len(test.text)) {
				t.Fatal(whole, err)
			}
			want := &source.Snapshot{Sources: []source.Source{whole}}
			if test.stray {
				want = &source.Snapshot{Sources: []source.Source{}, Strays: []string{path}}
			}
			if diff := cmp.Diff(want, found, cmpopts.IgnoreUnexported(source.Snapshot{})); diff != "" {
				t.Error(diff)
			}
			named, err := source.List(t.Context(), []string{path}, source.Options{Recognise: Recognise(Options{})})
			if err != nil || len(named.Sources) != 1 {
				t.Errorf("named itself: %v, %v", named, err)
			}
		})
	}
}

// TestEventsAmongOtherLinesAreReported checks that a stray with events is reported with the line of the
// first.
func TestEventsAmongOtherLinesAreReported(t *testing.T) {
	log := strings.Repeat("INFO read\n"+eventRow+"INFO sent\n", 2)
	for _, test := range []struct {
		name, text string
		line       int // of the first event, 0 for none
	}{
		{"readme", "# Rows\n\nOne is like this:\n\n" + eventRow + "\nand so on\n", 5},
		{"import.log", log, 2},
		{"psql", strings.Repeat("NOTICE\n", 6) + strings.Repeat(eventRow, 5), 7},
		{"late", strings.Repeat("# a comment\n", 100_000) + strings.Repeat(eventRow, 3), 100_001},
		{"template", "{{ x }}\n" + log, 3},
		{"json.log", "INFO read\n{\"level\":\"INFO\"}\nINFO sent\n", 0},
	} {
		path := filepath.Join(t.TempDir(), test.name)
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := &source.Snapshot{Sources: []source.Source{}, Strays: []string{path}}
		if test.line > 0 {
			want = &source.Snapshot{Sources: []source.Source{}, Mixed: []source.Mixed{{Name: path, Line: test.line, Late: test.line > 1000}}}
		}
		found, err := source.List(t.Context(), []string{filepath.Dir(path)}, source.Options{Recognise: Recognise(Options{})})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, found, cmpopts.IgnoreUnexported(source.Snapshot{})); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestColumnsUnderOtherNamesAreNoStrays checks that --column applies when strays are recognised.
func TestColumnsUnderOtherNamesAreNoStrays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dump"), []byte("what,who\nOrdered,u1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for names, sources := range map[string]int{"what": 1, "other": 0} {
		found, err := source.List(t.Context(), []string{dir}, source.Options{Recognise: Recognise(Options{Columns: []Column{{Field: "event", Name: names}}})})
		if err != nil || len(found.Sources) != sources {
			t.Errorf("%s: %v, %v", names, found, err)
		}
	}
}

// utf16Of returns text in UTF-16, as programs of Windows write it.
func utf16Of(text string) string {
	wide := []byte("\xff\xfe")
	for _, c := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(c), byte(c>>8))
	}
	return string(wide)
}

// TestCutExportsAreNoStrays cuts the shipped samples, plain and packed, wherever a download may end, under a
// name without an extension. With at least one line, or any byte of a compressed file or of JSON, they are no
// strays.
func TestCutExportsAreNoStrays(t *testing.T) {
	samples, err := filepath.Glob(samplesDir + "*")
	if err != nil || len(samples) < 15 {
		t.Fatal(samples, err)
	}
	dir := t.TempDir()
	for _, sample := range samples {
		data, err := os.ReadFile(sample)
		if err != nil {
			continue // a directory
		}
		least := 4
		if strings.HasSuffix(sample, ".csv") {
			least = strings.Index(string(data), "\n") + 1
		}
		for i := range 20 {
			cut := least + i*(len(data)-least)/20
			path := filepath.Join(dir, "data")
			if err := os.WriteFile(path, data[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			if found, err := source.List(t.Context(), []string{dir}, source.Options{Recognise: Recognise(Options{})}); err != nil || len(found.Strays) > 0 {
				t.Errorf("%s, cut after %d bytes of %d: %v, %v", sample, cut, len(data), found, err)
			}
		}
	}
}
