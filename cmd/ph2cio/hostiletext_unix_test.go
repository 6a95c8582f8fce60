//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ph2cio/internal/sandbox"
)

// controlText moves the cursor, writes to the clipboard, rings the bell, hides the text before it and
// reverses text.
const controlText = "\x1b]52;c;aGk=\a\x1b[2J\r\b\x7f\u009b2J\u202eevil\u2066\u2028\u2029\u061c\u200e\u200b\ufeff\U000e0041x"

// TestTextFromOutsideCannotSteerATerminal puts such text wherever text comes from outside: names of files and
// events, IDs, values, columns, settings, rows that are not JSON, and messages of the API. No command may
// show it unescaped, and no file for people may hold it.
func TestTextFromOutsideCannotSteerATerminal(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	box, url := newBox(t, sandbox.Faults{Refuse: []sandbox.Refusal{
		{Match: "Refused", Reason: controlText, Field: controlText, Message: controlText},
	}})
	r := newRun(t, url)
	quoted := func(text string) string {
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded)
	}
	row := func(n int, event, id, properties, person string) string {
		return fmt.Sprintf(`{"uuid":"019cb84c-40bc-7204-b360-c62b27bc%04d","event":%s,"distinct_id":%s,"timestamp":"2026-03-04T10:02:11Z","properties":%s,"person_properties":%s}`+"\n",
			n, quoted(event), quoted(id), properties, person)
	}
	file := r.write("ev"+controlText+"\x9bents.jsonl", strings.Join([]string{
		row(1, controlText, "user_"+controlText, `{`+quoted("k"+controlText)+`:`+quoted(controlText)+`}`, `{"email":`+quoted(controlText+"@x.y")+`,`+quoted(controlText)+`:1}`),
		row(2, "Refused", "user_"+controlText, `{}`, `{}`),
		row(3, "$identify", "user_2", `{"$anon_distinct_id":`+quoted("a"+controlText)+`}`, `{}`),
		row(4, "$pageview", "user_2", `{"$current_url":`+quoted("https://x.example/"+controlText)+`,"title":`+quoted(controlText)+`}`, `{}`),
		strings.Replace(row(5, "When", "user_2", `{}`, `{}`), "2026-03-04T10:02:11Z", `\u001b[31myesterday`, 1),
		controlText + "\n",
	}, ""))
	persons := r.write("persons"+controlText+".jsonl", controlText)
	columns := r.write("columns.csv", "event,distinct_id,timestamp,properties."+controlText+",\""+controlText+"\"\n"+
		controlText+",user_3,2026-03-04T10:02:11Z,"+controlText+",1\n"+"When,user_3,"+controlText+",2,3\n")
	list := r.write("list"+controlText+".csv", "id"+controlText+",email\n"+controlText+",x@x.y\n")
	settings := r.write("env"+controlText, "PH2CIO_RATE="+controlText+"\n"+controlText+"\n")
	before := r.files()
	for _, args := range [][]string{
		{"inspect", columns},
		{"inspect", "--json", columns},
		{"preview", columns},
		{"preview", "--json", "--log-format", "json", "--operations", "operations.jsonl", columns},
		{"preview", "--env-file", settings, file},
		{"preview", "--env-file", "gone" + controlText, file},
		{"preview", "--existing", list, file},
		{"preview", "--exclude-people", list, "--only", "user_" + controlText + ",nobody" + controlText, file},
		{"preview", "--column", controlText + "=" + controlText, "--redact-query", controlText, "--drop-property", controlText, file},
		{"preview", "--identifier-value", controlText, file},
		{"preview", "--timezone", controlText, "--since", controlText, file},
		{"backfill", "--yes", "--metrics-file", "m" + controlText + ".prom", "--state", "other" + controlText, columns},
		{"backfill", "--yes", "--metrics-file", "gone" + controlText + "/m.prom", "--state", "other", columns},
		{"backfill", "--yes", "--ca-cert", list, "--state", "other", columns},
		{"inspect", file},
		{"inspect", "--json", file},
		{"preview", file},
		{"preview", "--json", file},
		{"explain", file, "--id", "user_" + controlText},
		{"explain", file, "--id", "user_2"},
		{"explain", file, "--id", "nobody" + controlText},
		{"explain", "--json", file, "--id", "user_2"},
		{"check", file},
		{"check", persons},
		{"preview", "--persons", persons, file},
		{"backfill", "--yes", "--verbose", "--state", "state" + controlText, file},
		{"backfill", "--yes", "--restart", "--log-format", "json", "--quiet", "--state", "state" + controlText, file},
		{"backfill", "--yes", "--restart", "--json", "--state", "state" + controlText, file},
		{"backfill", "--yes", "--state", "state" + controlText, file}, // done
		{"sync", "--yes", "--state", "state" + controlText, file},
		{"sync", "--state", "empty" + controlText, file},
		{"sync", "--yes", "--first-run", "--state", "synced" + controlText, file},
		{"retry", "--yes", "--state", "state" + controlText},
		{"status", "--state", "state" + controlText},
		{"status", "--json", "--state", "state" + controlText},
		{"preview", r.dir + "/gone" + controlText},
		{"preview", "--events", controlText, "--page-name", controlText, file},
		{"backfill", "--yes", "--region", controlText, file},
		{"no" + controlText},
		{"preview", "--no" + controlText, file},
	} {
		out := r.run(args...)
		if out.stdout == "" && out.stderr == "" && out.code == 0 {
			t.Errorf("%q said nothing", args)
		}
		checkSteers(t, fmt.Sprintf("stdout of %q", args[:min(2, len(args))]), out.stdout)
		checkSteers(t, fmt.Sprintf("stderr of %q", args[:min(2, len(args))]), out.stderr)
	}
	if n := box.Stats().Rejected; n == 0 {
		t.Error("nothing was refused, so the API's words were never shown")
	}
	var checked []string
	for path := range r.files() {
		base := filepath.Base(path)
		if before[path] || strings.HasPrefix(base, "state.db") || base == "operations.jsonl" { // that is what is sent, to the byte
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		checked = append(checked, base)
		checkSteers(t, base, string(text))
		if base == "rejects.jsonl" {
			checkRejects(t, string(text))
		}
	}
	for _, want := range []string{"rejects.jsonl", "m" + controlText + ".prom"} {
		if !slices.Contains(checked, want) {
			t.Errorf("no %q among the files that are left: %q", want, checked)
		}
	}
}

// checkSteers fails the test if a text has characters that could steer a terminal.
func checkSteers(t *testing.T, where, text string) {
	t.Helper()
	for at, c := range text {
		if c != '\n' && !unicode.IsPrint(c) {
			t.Errorf("%q in %s: %q", c, where, text[max(0, at-60):min(len(text), at+60)])
			return
		}
	}
}

// checkRejects checks that each line is JSON that holds what was rejected.
func checkRejects(t *testing.T, text string) {
	t.Helper()
	found := false
	for line := range strings.Lines(text) {
		var one struct{ Raw, Detail string }
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Errorf("rejects.jsonl: %q is no JSON: %v", line, err)
		}
		found = found || strings.Contains(one.Raw, controlText)
	}
	if !found && strings.Contains(text, "not_json") {
		t.Errorf("no line has the row as it stands in its file:\n%s", text)
	}
}

// files returns the names of all files in the run's directory.
func (r *run) files() map[string]bool {
	r.t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(r.dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			found[path] = true
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}
