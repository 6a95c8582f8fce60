//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"ph2cio/internal/sandbox"
)

// steering is text that moves the cursor, writes to the clipboard, rings, hides what stands before it or turns it around.
const steering = "\x1b]52;c;aGk=\a\x1b[2J\r\b\x7f\u009b2J\u202eevil\u2066\u2028x"

// TestTextFromOutsideCannotSteerATerminal puts such text wherever it may come from: names of files and of events, IDs, values,
// rows that are no JSON, and what the API says. No command shows it as it is.
func TestTextFromOutsideCannotSteerATerminal(t *testing.T) {
	t.Parallel()
	box, url := boxed(t, sandbox.Faults{Refuse: []sandbox.Refusal{
		{Match: "Refused", Reason: steering, Field: steering, Message: steering},
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
	file := r.write("ev"+steering+"\x9bents.jsonl", strings.Join([]string{
		row(1, steering, "user_"+steering, `{`+quoted("k"+steering)+`:`+quoted(steering)+`}`, `{"email":`+quoted(steering+"@x.y")+`,`+quoted(steering)+`:1}`),
		row(2, "Refused", "user_"+steering, `{}`, `{}`),
		row(3, "$identify", "user_2", `{"$anon_distinct_id":`+quoted("a"+steering)+`}`, `{}`),
		row(4, "$pageview", "user_2", `{"$current_url":`+quoted("https://x.example/"+steering)+`,"title":`+quoted(steering)+`}`, `{}`),
		strings.Replace(row(5, "When", "user_2", `{}`, `{}`), "2026-03-04T10:02:11Z", `\u001b[31myesterday`, 1),
		steering + "\n",
	}, ""))
	persons := r.write("persons"+steering+".jsonl", steering)
	for _, args := range [][]string{
		{"inspect", file},
		{"inspect", "--json", file},
		{"preview", file},
		{"preview", "--json", file},
		{"explain", file, "--id", "user_" + steering},
		{"explain", file, "--id", "user_2"},
		{"explain", file, "--id", "nobody" + steering},
		{"explain", "--json", file, "--id", "user_2"},
		{"check", file},
		{"check", persons},
		{"preview", "--persons", persons, file},
		{"backfill", "--yes", "--verbose", "--state", "state" + steering, file},
		{"backfill", "--yes", "--restart", "--log-format", "json", "--quiet", "--state", "state" + steering, file},
		{"backfill", "--yes", "--restart", "--json", "--state", "state" + steering, file},
		{"backfill", "--yes", "--state", "state" + steering, file}, // done
		{"sync", "--yes", "--state", "state" + steering, file},
		{"sync", "--state", "empty" + steering, file},
		{"sync", "--yes", "--first-run", "--state", "synced" + steering, file},
		{"retry", "--yes", "--state", "state" + steering},
		{"status", "--state", "state" + steering},
		{"status", "--json", "--state", "state" + steering},
		{"preview", r.dir + "/gone" + steering},
		{"preview", "--events", steering, "--page-name", steering, file},
		{"backfill", "--yes", "--region", steering, file},
		{"no" + steering},
		{"preview", "--no" + steering, file},
	} {
		out := r.run(args...)
		if out.stdout == "" && out.stderr == "" && out.code == 0 {
			t.Errorf("%q said nothing", args)
		}
		for where, text := range map[string]string{"stdout": out.stdout, "stderr": out.stderr} {
			for at, c := range text {
				if c != '\n' && !unicode.IsPrint(c) {
					t.Errorf("%q: %q in %s: %q", args[:min(2, len(args))], c, where, text[max(0, at-60):min(len(text), at+60)])
					break
				}
			}
		}
	}
	if n := box.Stats().Rejected; n == 0 {
		t.Error("nothing was refused, so the API's words were never shown")
	}
	// What is kept for programs is JSON, whatever stands in it.
	text, err := os.ReadFile(filepath.Join(r.dir, "state"+steering, "rejects.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("rejects.jsonl: %q is no JSON", line)
		}
	}
}
