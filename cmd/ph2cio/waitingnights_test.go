package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

// waitingNight is a sync, with what happens to the files before it.
type waitingNight struct {
	files  string // steps, see waitingFiles.step, separated by semicolons
	flags  string
	code   int
	waits  int // rows that wait afterwards
	lost   int // rows that this night names as lost
	events int // that the sandbox has got so far, those that came twice counted twice
}

// TestWaitingNights has rows that wait for each reason, and what may happen to their files and to the flags
// until they are sent or lost. In each situation every row is sent once, or named once.
func TestWaitingNights(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	for name, nights := range waitingNights {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, url := newBox(t, sandbox.Faults{NoDedup: true})
			r := newRun(t, url)
			f := &waitingFiles{run: r, rows: waitingRows()}
			r.write("both.csv", "id,email,cio_id\nann-1,ann@x.example,\nann-2,,\n")
			r.write("one.csv", "id,email,cio_id\nann-1,ann@x.example,\n")
			r.write("dora.txt", "dora\n")
			f.step("put keep.jsonl order")
			for i, night := range nights {
				for step := range strings.SplitSeq(night.files, ";") {
					f.step(strings.TrimSpace(step))
				}
				args := append([]string{"sync", "--json", "--quiet", "--state", "state"}, strings.Fields(night.flags)...)
				if i == 0 {
					args = append(args, "--first-run")
				}
				if !strings.Contains(night.flags, "--recent") {
					args = append(args, "--recent", "send")
				}
				got := r.run(append(args, "export")...)
				is := waitingNight{night.files, night.flags, got.code, waitingNow(t, r), lostRows(t, got), int(box.Stats().EventsStored) - 1}
				if is != night {
					t.Fatalf("night %d: %+v\nwant      %+v\n%s", i+1, is, night, got)
				}
			}
			if left := waitingNow(t, r); left > 0 {
				t.Errorf("%d rows still wait after all nights", left)
			}
		})
	}
}

// waitingNow returns how many rows wait according to status.
func waitingNow(t *testing.T, r *run) int {
	t.Helper()
	got := r.run("status", "--json", "--state", "state")
	var status struct {
		States []struct{ Waiting struct{ Rows int } }
	}
	if err := json.Unmarshal([]byte(got.stdout), &status); err != nil || len(status.States) != 1 {
		t.Fatalf("%v\n%s", err, got)
	}
	return status.States[0].Waiting.Rows
}

// lostRows returns how many rows a run has named as lost.
func lostRows(t *testing.T, got runResult) (n int) {
	t.Helper()
	var summary struct {
		Lost []struct{ Rows int } `json:"lost_history"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &summary); err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	for _, one := range summary.Lost {
		n += one.Rows
	}
	return n
}

// waitingFiles are the files of a run's export.
type waitingFiles struct {
	*run
	rows map[string]string
}

// step does one thing with files of the export:
//
//	put FILE ROWS...   writes these rows; a name that ends in .gz is compressed, row by row
//	cut FILE ROWS...   the same, without the end of the last compressed row
//	flip FILE ROWS...  the same, with a changed bit in the middle
//	mv FILE TO, rm FILE
//	manifest FILES...  writes the manifest of an export that has these files
func (f *waitingFiles) step(step string) {
	f.t.Helper()
	words := strings.Fields(step)
	if len(words) == 0 {
		return
	}
	path := func(i int) string { return filepath.Join(f.dir, "export", words[i]) }
	var err error
	switch words[0] {
	case "put", "cut", "flip":
		text := f.text(words[1], words[2:])
		switch middle := len(text) / 2; words[0] {
		case "cut":
			text = text[:len(text)-20]
		case "flip":
			text = text[:middle] + string(text[middle]^1) + text[middle+1:]
		}
		f.write(filepath.Join("export", words[1]), text)
	case "mv":
		err = os.Rename(path(1), path(2))
	case "rm":
		err = os.Remove(path(1))
	case "manifest":
		names, _ := json.Marshal(words[1:])
		f.write("export/run_manifest.json", fmt.Sprintf(`{"files":%s}`, names))
	default:
		f.t.Fatalf("unknown step %q", step)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// text returns what a file with rows has in it.
func (f *waitingFiles) text(name string, rows []string) string {
	var b bytes.Buffer
	for _, one := range rows {
		text, known := f.rows[one]
		if !known {
			f.t.Fatalf("unknown rows %q", one)
		}
		if filepath.Ext(name) != ".gz" {
			b.WriteString(text)
			continue
		}
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
	}
	return b.String()
}

// waitingRows returns the rows that the situations are made of. visit1, visit2 and visit3 are of a visitor
// whom link identifies as dora; mail1 and mail2 of eve, who has an email once there is email; two1 and two2
// of a person with two profiles; new1 and new2 of the last hours, and fresh too, of dora's visitor.
func waitingRows() map[string]string {
	const visitor = "019ca7a0-1111-7000-8000-00000000000d"
	now := time.Now().Add(-90 * time.Minute).UTC().Format(time.RFC3339)
	rows := map[string]string{}
	for i, one := range []struct{ name, event, who, at, properties string }{
		{"visit1", "Looked", visitor, "2026-03-01T11:00:00Z", `"$process_person_profile":false`},
		{"visit2", "Looked", visitor, "2026-03-01T11:05:00Z", `"$process_person_profile":false`},
		{"visit3", "Looked", visitor, "2026-03-02T11:00:00Z", `"$process_person_profile":false`},
		{"fresh", "Looked", visitor, now, `"$process_person_profile":false`},
		{"link", "$identify", "dora", "2026-03-03T08:00:00Z", `"$anon_distinct_id":"` + visitor + `"`},
		{"mail1", "Order", "eve", "2026-03-01T11:00:00Z", ""},
		{"mail2", "Order", "eve", "2026-03-01T11:05:00Z", ""},
		{"email", "$set", "eve", "2026-03-03T08:00:00Z", `"$set":{"email":"eve@x.example"}`},
		{"two1", "Order", "ann-1", "2026-03-01T11:00:00Z", ""},
		{"two2", "Order", "ann-2", "2026-03-01T11:05:00Z", ""},
		{"alias", "$create_alias", "ann-2", "2026-03-02T11:05:00Z", `"alias":"ann-1"`},
		{"new1", "Order", "bo", now, `"n":1`},
		{"new2", "Order", "bo", now, `"n":2`},
		{"order", "Order", "bo", "2026-03-01T08:00:00Z", `"$set":{"email":"bo@x.example"}`},
		{"order2", "Order", "bo", "2026-03-02T08:00:00Z", ""},
	} {
		rows[one.name] = fmt.Sprintf(`{"uuid":"019ca7a0-0000-7000-8000-%012d","event":%q,"distinct_id":%q,"timestamp":%q,"created_at":%q,"properties":{%s}}`+"\n",
			i, one.event, one.who, one.at, one.at, one.properties)
	}
	rows["visits"] = rows["visit1"] + rows["visit2"]
	rows["mails"] = rows["mail1"] + rows["mail2"]
	rows["twos"] = rows["two1"] + rows["two2"] + rows["alias"]
	rows["news"] = rows["new1"] + rows["new2"]
	return rows
}

// withEmail and others are flags of many nights.
const (
	withEmail = "--people with-email"
	hold      = "--recent hold"
	held      = "--existing both.csv"
	onlyOrder = "--events Order*"
)

// waitingNights are the situations. Each begins with a file of one event that is sent.
var waitingNights = map[string][]waitingNight{
	"a visitor's file is gone when the visitor is identified, and comes back": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "rm a.jsonl; put b.jsonl link", lost: 2},
		{},
		{files: "put a.jsonl visits", events: 2},
	},
	"it is renamed and compressed on the night that identifies the visitor": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "rm a.jsonl; put z.jsonl.gz visit2 visit1; put b.jsonl link", events: 2},
		{events: 2},
	},
	"another file with one of its rows has its name, and filters leave that out": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "put a.jsonl visit1 order2", flags: onlyOrder, waits: 1, lost: 1, events: 1},
		{flags: onlyOrder, waits: 1, events: 1},
		{files: "put b.jsonl link", events: 2},
	},
	"it is renamed twice while --since leaves its rows out": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "mv a.jsonl y.jsonl", flags: "--since 2026-03-02", waits: 2},
		{files: "rm y.jsonl; put z.jsonl.gz visits", flags: "--since 2026-03-02", waits: 2},
		{files: "put b.jsonl link", flags: "--since 2026-03-02", waits: 2},
		{events: 2},
	},
	"its rows are split over two files, of which one is renamed": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "rm a.jsonl; put x.jsonl visit1; put y.jsonl visit2 order2", waits: 2, events: 1},
		{files: "mv x.jsonl w.jsonl; put b.jsonl link", events: 3},
	},
	"it has grown, and is damaged, when the visitor is identified; later it is mended": {
		{files: "put a.jsonl.gz visit1 visit2", waits: 2},
		{files: "cut a.jsonl.gz visit1 visit2 visit3; put b.jsonl link", code: 6, events: 2},
		{files: "put a.jsonl.gz visit1 visit2 visit3", events: 3},
	},
	"it is gone, and its copy is damaged; later that is mended": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "rm a.jsonl; cut c.jsonl.gz visit1 visit2", code: 6, waits: 2},
		{files: "put b.jsonl link", code: 6, waits: 1, events: 1},
		{files: "put c.jsonl.gz visit1 visit2", events: 2},
	},
	"one of its rows is damaged on the night that identifies the visitor": {
		{files: "put a.jsonl.gz visit1 visit2 visit3", waits: 3},
		{files: "flip a.jsonl.gz visit1 visit2 visit3; put b.jsonl link", code: 6, waits: 1, events: 2},
		{files: "put a.jsonl.gz visit1 visit2 visit3", events: 3},
	},
	"it is damaged, others have its rows, and it is removed": {
		{files: "put a.jsonl.gz visit1 visit2", waits: 2},
		{files: "flip a.jsonl.gz visit1 visit2; put c.jsonl visits", code: 6, waits: 2},
		{files: "rm a.jsonl.gz", waits: 2},
		{files: "put b.jsonl link", events: 2},
	},
	"it is empty for a night": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "put a.jsonl", lost: 2},
		{files: "put a.jsonl visits; put b.jsonl link", events: 2},
	},
	"the visitor is identified and excluded, and later not": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "put b.jsonl link", flags: "--exclude-people dora.txt", waits: 2},
		{flags: "--exclude-people dora.txt", waits: 2},
		{files: "mv a.jsonl z.jsonl", flags: "--exclude-people dora.txt", waits: 2},
		{events: 2},
	},
	"only somebody else is sent for a night, in which the file is renamed": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "mv a.jsonl z.jsonl; put b.jsonl link", flags: "--only bo", waits: 2},
		{events: 2},
	},
	"everybody is sent for a night; copies of what was sent do not wait afterwards": {
		{files: "put a.jsonl visits", waits: 2},
		{flags: "--people all", events: 2},
		{files: "put c.jsonl visits visits", events: 2},
		{files: "rm a.jsonl", events: 2},
	},
	"a recent row of a visitor waits for one reason after the other": {
		{files: "put a.jsonl fresh", flags: hold, waits: 1},
		{waits: 1},
		{files: "mv a.jsonl z.jsonl", flags: hold, waits: 1},
		{files: "put b.jsonl link", events: 1},
	},
	"a person has no email until a later night, and the file is compressed": {
		{files: "put a.jsonl mails", flags: withEmail, waits: 2},
		{files: "rm a.jsonl; put a.jsonl.gz mails", flags: withEmail, waits: 2},
		{files: "put b.jsonl email", flags: withEmail, events: 2},
	},
	"the file of a person without an email is gone": {
		{files: "put a.jsonl mails", flags: withEmail, waits: 2},
		{files: "rm a.jsonl", flags: withEmail, lost: 2},
		{files: "put b.jsonl email", flags: withEmail},
	},
	"people without an email are sent from some night on": {
		{files: "put a.jsonl mails", flags: withEmail, waits: 2},
		{files: "mv a.jsonl z.jsonl", events: 2},
	},
	"a held person's file is renamed, and the profiles are merged": {
		{files: "put a.jsonl twos", flags: held, waits: 2},
		{files: "mv a.jsonl z.jsonl", flags: held, waits: 2},
		{flags: held + " --merge-profiles", events: 2},
	},
	"a held person's file is damaged, and mended after the profiles were merged by hand": {
		{files: "put a.jsonl.gz two1 two2 alias", flags: held, waits: 2},
		{files: "cut a.jsonl.gz two1 two2 alias", flags: held, code: 6, waits: 2},
		{files: "put a.jsonl.gz two1 two2 alias", flags: "--existing one.csv", events: 2},
	},
	"a held person's file is gone": {
		{files: "put a.jsonl twos", flags: held, waits: 2},
		{files: "rm a.jsonl", flags: held, lost: 2},
		{flags: held + " --merge-profiles"},
	},
	"a recent row's file is renamed while filters leave it out, and then gone": {
		{files: "put a.jsonl news", flags: hold, waits: 2},
		{files: "mv a.jsonl z.jsonl", flags: "--skip-events Order", waits: 2},
		{files: "rm z.jsonl", lost: 2},
	},
	"a recent row's file is damaged, and mended": {
		{files: "put a.jsonl.gz new1 new2", flags: hold, waits: 2},
		{files: "cut a.jsonl.gz new1 new2", flags: hold, code: 6, waits: 2},
		{files: "put a.jsonl.gz new1 new2", events: 2},
	},
	"a recent row's copy is read, and both are sent as one": {
		{files: "put a.jsonl news", flags: hold, waits: 2},
		{files: "put c.jsonl new1 order2", flags: hold, waits: 2, events: 1},
		{files: "rm a.jsonl", flags: hold, waits: 1, lost: 1, events: 1},
		{events: 2},
	},
	"files of an export are missing while the file is gone, and one that comes has its rows": {
		{files: "put run-1.jsonl visits", waits: 2},
		{files: "rm run-1.jsonl; manifest run-1.jsonl run-2.jsonl", waits: 2},
		{files: "put run-2.jsonl link", lost: 2}, // what was sent before and removed since does not count as missing
		{files: "put run-1.jsonl visits order2", events: 3},
	},
	"files of an export are missing while the file is gone, and the manifest is removed": {
		{files: "put a.jsonl visits", waits: 2},
		{files: "rm a.jsonl; manifest run-1.jsonl run-2.jsonl; put run-1.jsonl link", waits: 2},
		{files: "rm run_manifest.json", lost: 2},
	},
	"rows wait in a file of an export of which others are missing when the visitor is identified": {
		{files: "put run-1.jsonl visits", waits: 2},
		{files: "manifest run-1.jsonl run-2.jsonl; put b.jsonl link", events: 2},
	},
	"a file that waits for its export has the rows already, and so has another": {
		{files: "put a.jsonl visits; put run-1.jsonl visits; manifest run-1.jsonl run-2.jsonl", waits: 2},
		{files: "put b.jsonl link", events: 2},
		{files: "put run-2.jsonl order2", events: 3},
	},
}

// TestWaitingRowsOfEachRun has a backfill and a sync in one night, which name the same file in different ways.
func TestWaitingRowsOfEachRun(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	_, url := newBox(t, sandbox.Faults{NoDedup: true})
	r := newRun(t, url)
	f := &waitingFiles{run: r, rows: waitingRows()}
	f.step("put a.jsonl visits")
	for _, args := range [][]string{
		{"backfill", "--yes", "export/a.jsonl"}, {"sync", filepath.Join(r.dir, "export")}, {"sync", "export/../export"}, {"backfill", "--yes", "--restart", "./export"},
	} {
		if got := r.run(slices.Concat(args[:1], []string{"--quiet", "--state", "state"}, args[1:])...); got.code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, got.code, got)
		}
		if n := waitingNow(t, r); n != 2 {
			t.Errorf("after %v %d rows wait, want 2", args, n)
		}
	}
}
