package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/parquets"
)

// parquetNights are runs of sync over a directory that changes from night to night.
type parquetNights struct {
	*run
	box *sandbox.Sandbox
}

func newParquetNights(t *testing.T) *parquetNights {
	t.Helper()
	box, url := newBox(t, sandbox.Faults{NoDedup: true})
	return &parquetNights{newRun(t, url), box}
}

// sync sends what is new, and expects an exit code and so many new events.
func (n *parquetNights) sync(code int, events int64) runResult {
	n.t.Helper()
	n.box.Flush()
	before := len(n.box.Events())
	got := n.run.run("sync", "--first-run", "--recent", "send", "--rate", "1000", "--settle", "0s", "--max-rejects", "0", "--state", "state", "export")
	n.box.Flush()
	if sent := int64(len(n.box.Events()) - before); got.code != code || sent != events {
		n.t.Errorf("exit code %d and %d new events, want %d and %d\n%s", got.code, sent, code, events, got)
	}
	return got
}

func (n *parquetNights) remove(name string) {
	n.t.Helper()
	if err := os.Remove(filepath.Join(n.dir, name)); err != nil {
		n.t.Fatal(err)
	}
}

// holds expects what a backfill of these rows gives.
func (n *parquetNights) holds(lines string) {
	n.t.Helper()
	want := backfill(n.t, n.write("truth.jsonl", lines)).held
	got := heldBy(n.box)
	if diff := cmp.Diff(want, got); diff != "" {
		n.t.Errorf("what is held: (- one backfill, + the nights)\n%.3000s", diff)
	}
}

// TestNightsOfParquetFiles lets a file be compressed anew, regrouped, renamed, and grow, and another one come that
// has some of its rows as JSON lines. Only rows that are new are sent.
func TestNightsOfParquetFiles(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	lines, _ := faultyExport(t, parquets.Layout{})
	file := func(from, to int, layout parquets.Layout) string {
		return string(parquets.Write(t, parquets.Events(t, []byte(strings.Join(lines[from:to], ""))), layout))
	}
	n := newParquetNights(t)
	n.write("export/a.parquet", file(0, 40, parquets.Layout{Codec: "zstd", Group: 10}))
	n.sync(0, 40)
	if got := n.sync(0, 0); !strings.Contains(got.stdout, "Nothing new in 1 file") {
		t.Errorf("the same file: %s", got)
	}
	for _, layout := range []parquets.Layout{{Codec: "gzip", Group: 10}, {Codec: "zstd", V2: true, Dictionary: true, Group: 7, Page: 100}, {Delta: true, Page: 50}} {
		n.write("export/a.parquet", file(0, 40, layout))
		if got := n.sync(0, 0); !strings.Contains(got.stdout, "  40 already sent") {
			t.Errorf("%s: %s", layout, got)
		}
	}
	n.remove("export/a.parquet")
	n.write("export/b.zstd.parquet", file(0, 55, parquets.Layout{Codec: "snappy", Group: 20}))
	n.sync(0, 15)
	n.write("export/c.jsonl", strings.Join(lines[50:70], ""))
	n.sync(0, 15)
	n.write("export/d.parquet.zst", file(60, faultyRows, parquets.Layout{Codec: "zstd"}))
	n.sync(0, faultyRows-70)
	n.sync(0, 0)
	n.holds(strings.Join(lines, ""))
}

// TestWaitingRowsAreFoundInARegroupedFile lets rows of visitors wait in a file that is then compressed and grouped
// in another way, under another name. It is recognized by its rows: nothing counts as missing, and once the visitors
// are known their rows are sent.
func TestWaitingRowsAreFoundInARegroupedFile(t *testing.T) {
	t.Parallel()
	rows := eventsOf(visitor, "2026-03-01T11:00:00Z")
	table := parquets.Events(t, []byte(rows))
	n := newParquetNights(t)
	n.write("export/a.parquet", string(parquets.Write(t, table, parquets.Layout{Codec: "zstd", Group: 50})))
	n.sync(0, 0)
	n.remove("export/a.parquet")
	n.write("export/b.parquet", string(parquets.Write(t, table, parquets.Layout{Codec: "gzip", V2: true, Dictionary: true, Group: 33, Page: 64})))
	if got := n.sync(0, 0); strings.Contains(got.String(), "missing") {
		t.Errorf("renamed: %s", got)
	}
	n.write("export/c.parquet", string(parquets.Write(t, parquets.Events(t, []byte(linksOfVisitors())), parquets.Layout{})))
	if got := n.sync(0, 3*visitors); strings.Contains(got.String(), "missing") {
		t.Errorf("known: %s", got)
	}
	n.sync(0, 0)
	n.holds(rows + linksOfVisitors())
}

// TestParquetFromStandardInput copies it, as it does any other input.
func TestParquetFromStandardInput(t *testing.T) {
	t.Parallel()
	lines, file := faultyExport(t, parquets.Layout{Codec: "zstd"})
	want := backfill(t, newRun(t, "").write("export.jsonl", strings.Join(lines, "")))
	box, url := newBox(t, sandbox.Faults{})
	r := newRun(t, url)
	c, stdout, stderr := r.command("backfill", "--yes", "--settle", "0s", "--state", "state", "-")
	c.Stdin = strings.NewReader(string(file))
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	if diff := cmp.Diff(want.held, heldBy(box)); diff != "" {
		t.Errorf("what is held: (- JSON lines, + standard input)\n%.3000s", diff)
	}
	if left, err := filepath.Glob(filepath.Join(r.dir, "*stdin*")); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// TestParquetBesideJSONLines reads a directory that has some rows in each form.
func TestParquetBesideJSONLines(t *testing.T) {
	t.Parallel()
	lines, _ := faultyExport(t, parquets.Layout{})
	r := newRun(t, "")
	want := r.preview(r.write("all.jsonl", strings.Join(lines, "")))
	r.write("export/a.jsonl", strings.Join(lines[:30], ""))
	r.write("export/b.parquet", string(parquets.Write(t, parquets.Events(t, []byte(strings.Join(lines[30:60], ""))), parquets.Layout{Codec: "zstd", V2: true})))
	r.write("export/c.jsonl", strings.Join(lines[60:], ""))
	want.compare(t, "a directory of both", r.preview("export"))
}
