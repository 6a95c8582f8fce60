package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/parquets"
	"ph2cio/internal/testkit/synthetic"
)

// twins are Parquet files and JSON lines of the same rows.
type twins struct {
	lines   string   // a path
	parquet []string // paths, each with the rows of lines
	flags   []string // how the rows are read
}

// duckDBTwins are the files that DuckDB wrote: other codecs, versions of pages and types of columns.
func duckDBTwins(t *testing.T) []twins {
	t.Helper()
	dir, err := filepath.Abs("../../testdata/parquet")
	if err != nil {
		t.Fatal(err)
	}
	all := []twins{
		{lines: "events.jsonl"},
		{lines: "many.jsonl.gz"},
		{lines: "custom.jsonl", flags: []string{"--column", "event=my_event_name", "--column", "timestamp=event_time", "--column", "properties=all_properties"}},
		{lines: "typed.jsonl"},
	}
	for i := range all {
		name, _, _ := strings.Cut(all[i].lines, ".")
		all[i].lines = filepath.Join(dir, all[i].lines)
		all[i].parquet, err = filepath.Glob(filepath.Join(dir, name+"_*.parquet"))
		if err != nil || len(all[i].parquet) == 0 {
			t.Fatal(name, err)
		}
	}
	return all
}

// layoutTwins is a synthetic export in every layout.
func layoutTwins(t *testing.T) twins {
	t.Helper()
	dir := t.TempDir()
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Shape: synthetic.JSONL, Rows: 250, People: 40, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	lines := text.Bytes()
	all := twins{lines: filepath.Join(dir, "export.jsonl")}
	files := map[string][]byte{all.lines: lines}
	table := parquets.Events(t, lines)
	for i, layout := range parquets.Layouts() {
		path := filepath.Join(dir, fmt.Sprintf("%d %s.parquet", i, layout))
		all.parquet, files[path] = append(all.parquet, path), parquets.Write(t, table, layout)
	}
	for path, file := range files {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// outcome is all that a run gave away, but for what names its files.
type outcome struct {
	code       int
	summary    map[string]any
	operations string   // of a preview
	requests   string   // the bodies, one after the other
	trouble    string   // with the first source that has any
	held       []string // by the workspace
	rejects    []string
}

// preview writes all operations of some sources.
func (r *run) preview(words ...string) outcome {
	r.t.Helper()
	file := filepath.Join(r.dir, "operations.jsonl")
	got := r.run(append([]string{"preview", "--json", "--limit", "0", "--operations", file}, words...)...)
	o := outcome{code: got.code, summary: r.summaryOf(got), trouble: r.troubleOf(got)}
	text, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	o.operations = string(text)
	return o
}

// summaryOf is the summary of a run without the files and the times in it, and without what to type next.
func (r *run) summaryOf(got runResult) (summary map[string]any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(got.stdout), &summary); err != nil {
		r.t.Fatal(err, got)
	}
	for _, name := range []string{"sources", "seconds", "estimated_seconds", "run", "first_reject", "next"} {
		delete(summary, name)
	}
	return summary
}

// troubleOf is what the summary of a run says of the first source that could not be read as a whole.
func (r *run) troubleOf(got runResult) string {
	r.t.Helper()
	var summary struct{ Sources []struct{ Trouble string } }
	if err := json.Unmarshal([]byte(got.stdout), &summary); err != nil {
		r.t.Fatal(err, got)
	}
	for _, one := range summary.Sources {
		if one.Trouble != "" {
			return one.Trouble
		}
	}
	return ""
}

// backfill sends some sources to a workspace of its own.
func backfill(t *testing.T, words ...string) outcome {
	t.Helper()
	box := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey})
	inbox := &recorder{next: box}
	server, err := sandbox.Start(inbox, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	r := newRun(t, server.URL())
	got := r.run(append([]string{
		"backfill", "--json", "--yes", "--quiet", "--settle", "0s", "--rate", "1000", "--concurrency", "1", "--max-rejects", "0", "--state", "state",
	}, words...)...)
	return outcome{
		code: got.code, summary: r.summaryOf(got), requests: inbox.bodies.String(), held: heldBy(box), rejects: r.rejectsOf("state"),
	}
}

// recorder keeps the bodies of requests.
type recorder struct {
	next   http.Handler
	lock   sync.Mutex
	bodies bytes.Buffer
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	request.Body = io.NopCloser(bytes.NewReader(body))
	r.lock.Lock()
	if request.Method == http.MethodPost {
		r.bodies.Write(body)
		r.bodies.WriteByte('\n')
	}
	r.lock.Unlock()
	r.next.ServeHTTP(w, request)
}

// rejectsOf are the rejects of a state without the rows themselves, which are written in the form of their file.
func (r *run) rejectsOf(state string) (all []string) {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, state, "rejects.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var reject struct {
			Reason, Field string
			Line          int64
		}
		if err := json.Unmarshal([]byte(line), &reject); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("row %d: %s %s", reject.Line, reject.Reason, reject.Field))
	}
	return all
}

func (o outcome) compare(t *testing.T, name string, other outcome) {
	t.Helper()
	if diff := cmp.Diff(o, other, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("%s: (- JSON lines, + Parquet)\n%.3000s", name, diff)
	}
}

// TestParquetBecomesTheOperationsOfItsTwin previews and sends each file, and expects what JSON lines of the same
// rows give, byte for byte.
func TestParquetBecomesTheOperationsOfItsTwin(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	r := newRun(t, "")
	for _, pair := range append(duckDBTwins(t), layoutTwins(t)) {
		previewed, sent := r.preview(append(pair.flags, pair.lines)...), backfill(t, append(pair.flags, pair.lines)...)
		if len(previewed.operations) < 1000 || len(sent.held) < 10 {
			t.Fatalf("%s: too little to compare: %+v", pair.lines, sent)
		}
		for i, file := range pair.parquet {
			name := filepath.Base(file)
			previewed.compare(t, name+", previewed", r.preview(append(pair.flags, file)...))
			if i < 2 {
				sent.compare(t, name+", sent", backfill(t, append(pair.flags, file)...))
			}
		}
	}
}

// TestPersonsInParquetAreThoseOfTheirTwin reads a persons export beside events.
func TestPersonsInParquetAreThoseOfTheirTwin(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs("../../testdata/parquet")
	if err != nil {
		t.Fatal(err)
	}
	name := func(file string) string { return filepath.Join(dir, file) }
	r := newRun(t, "")
	want := r.preview("--persons", name("persons.jsonl"), name("events.jsonl"))
	if !strings.Contains(want.operations, "São Paulo") {
		t.Fatal("nobody has what only the persons export says")
	}
	for _, persons := range []string{"persons_zstd.parquet", "persons_v2_snappy.parquet"} {
		for _, events := range []string{"events.jsonl", "events_zstd.parquet"} {
			want.compare(t, persons+" and "+events, r.preview("--persons", name(persons), name(events)))
		}
	}
}
