package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"ph2cio/internal/testkit/s3server"
	"ph2cio/internal/testkit/synthetic"
)

func TestBusiestSecondSlides(t *testing.T) {
	ms := func(values ...int) (at []time.Duration) {
		for _, v := range values {
			at = append(at, time.Duration(v)*time.Millisecond)
		}
		return at
	}
	tests := []struct {
		at   []time.Duration
		want int
	}{
		{nil, 0},
		{ms(5), 1},
		{ms(0, 999), 2},
		{ms(0, 1000), 1}, // a second does not hold its end
		{ms(0, 900, 1000, 1899, 1900), 3},
	}
	for _, test := range tests {
		if got := busiest(test.at, time.Second); got != test.want {
			t.Errorf("busiest second of %v has %d, want %d", test.at, got, test.want)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		limit  limit
		figure float64
		want   bool
	}{
		{atMost(0.65), 0.65, true},
		{atMost(0.65), 0.66, false},
		{atLeast(97), 97, true},
		{atLeast(97), 96.9, false},
		{limit{}, 1e9, true},
	}
	for _, test := range tests {
		if got := test.limit.met(test.figure); got != test.want {
			t.Errorf("%v %v %v: %t", test.figure, test.limit.sign, test.limit.bound, got)
		}
	}
}

func TestTableCountsWhatIsMissed(t *testing.T) {
	var out strings.Builder
	table := table{out: &out}
	table.add(result{what: "preview", measured: "1.20 s", figure: 0.7, unit: "x", limit: atMost(0.65)})
	table.add(result{what: "pace", figure: 49.5, unit: "/s", limit: atLeast(47.5)})
	table.add(result{what: "baseline", measured: "1.00 s"})
	table.close()
	want := `  preview                                                  1.20 s       0.70  <= 0.65      MISSED
  pace                                                               49.5 /s  >= 47.5 /s   OK
  baseline                                                 1.00 s

1 targets met, 1 missed
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table differs (-want +got):\n%s", diff)
	}
	if table.missed != 1 {
		t.Errorf("%d missed, want 1", table.missed)
	}
}

func TestEachWriteIsAGzipMember(t *testing.T) {
	var file bytes.Buffer
	m := newMembers(&file)
	for _, row := range []string{"one\n", "two\n", "three\n"} {
		if _, err := io.WriteString(m, row); err != nil {
			t.Fatal(err)
		}
	}
	z, err := gzip.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	var members []string
	for {
		z.Multistream(false)
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, string(text))
		if z.Reset(&file) == io.EOF {
			break
		}
	}
	if diff := cmp.Diff([]string{"one\n", "two\n", "three\n"}, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestServerNotesBatches(t *testing.T) {
	test := httptest.NewServer(newCounting("http://127.0.0.1:1", 0))
	defer test.Close()
	s := server{url: test.URL}
	bodies := []string{
		`{"batch":[{"type":"person","action":"identify","identifiers":{"id":"1"}}]}`,
		`{"batch":[{"type":"person","action":"page","name":"` + strings.Repeat("x", 5000) + `"}]}`,
		`{"batch":[{"type":"person","action":"merge"}]}`,
	}
	for _, body := range bodies {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, test.URL+"/api/v2/batch", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || string(text) != "{}\n" {
			t.Errorf("answered %s %s", answer.Status, text)
		}
	}
	requests, err := s.requests()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range requests {
		got = append(got, fmt.Sprint(r.Phase, " ", r.Bytes))
	}
	want := []string{fmt.Sprint("identify ", len(bodies[0])), fmt.Sprint("events ", len(bodies[1])), fmt.Sprint("merge ", len(bodies[2]))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if again, err := s.requests(); err != nil || len(again) != 0 {
		t.Errorf("notes once taken are still there: %v, %v", again, err)
	}
}

func TestProgramsAreNamedWithCommas(t *testing.T) {
	for named, want := range map[string][]string{"": nil, "a": {"a"}, "a,b/c": {"a", "b/c"}} {
		o, err := parse([]string{"-bin", named})
		if diff := cmp.Diff(want, o.programs, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", named, err, diff)
		}
	}
}

func TestLaterProgramsAreComparedWithTheFirst(t *testing.T) {
	var out strings.Builder
	b := &bench{options: options{programs: []string{"/before", "/after"}}, table: table{out: &out}}
	round := func(wall, cpu time.Duration, peak int64) outcome {
		return outcome{wall: wall * time.Second, cpu: cpu * time.Second, peak: peak}
	}
	b.compare(runs{
		{round(1, 2, 100e6), round(2, 2, 100e6), round(4, 4, 100e6)},
		{round(2, 1, 110e6), round(2, 1, 120e6), round(2, 2, 130e6)},
	})
	want := `    /after, time                                           2.00 s       1.00
    /after, CPU                                            1.00 s       0.50
    /after, memory                                       120.0 MB       1.20
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("comparison differs (-want +got):\n%s", diff)
	}
	alone := command{name: "/before"}
	var names []string
	for _, c := range b.variants(alone) {
		names = append(names, c.name)
	}
	if diff := cmp.Diff(b.programs, names); diff != "" {
		t.Errorf("programs of a command (-want +got):\n%s", diff)
	}
	if others := b.variants(command{name: "go"}); len(others) != 1 {
		t.Errorf("a command that starts none of the programs has %d variants, want 1", len(others))
	}
}

func TestParquetIsWrittenAsOrdered(t *testing.T) {
	for _, codec := range []string{"zstd", "snappy"} {
		path := filepath.Join(t.TempDir(), "rows.parquet")
		order, err := json.Marshal(parquetOrder{path, synthetic.Options{Rows: 100}, 50_000, 10_000, codec})
		if err != nil {
			t.Fatal(err)
		}
		if err := fillParquetOrder(string(order)); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		chunk := file.Metadata().RowGroups[0].Columns[0].MetaData
		if file.NumRows() != 100 || len(file.RowGroups()) < 3 || !strings.EqualFold(chunk.Codec.String(), codec) {
			t.Errorf("%s: %d rows in %d row groups, %s", codec, file.NumRows(), len(file.RowGroups()), chunk.Codec)
		}
	}
}

func TestParquetOfAnUnknownCodecIsNotWritten(t *testing.T) {
	if err := fillParquetOrder(`{"Path":"none","Codec":"zip"}`); err == nil {
		t.Error("no error")
	}
}

func TestPartsHoldWholeRows(t *testing.T) {
	dir := t.TempDir()
	p := &parts{name: filepath.Join(dir, "%d.gz"), size: 6, compress: gzipLines}
	for _, row := range []string{"one\n", "two\n", "three\n", "", "four\n"} {
		if _, err := io.WriteString(p, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := range 3 {
		file, err := os.Open(filepath.Join(dir, fmt.Sprintf("%d.gz", n)))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	if diff := cmp.Diff([]string{"one\ntwo\n", "three\n", "four\n"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestFilesAreObjectsOfTheBucket(t *testing.T) {
	files := t.TempDir()
	dir := filepath.Join(files, s3server.Bucket)
	if err := os.MkdirAll(filepath.Join(dir, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"b", "a/1"} {
		if err := os.WriteFile(filepath.Join(dir, key), []byte("of "+key), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := newMappedFiles(dir)
	keys, found := m.Keys(s3server.Bucket)
	if diff := cmp.Diff([]string{"a/1", "b"}, keys); diff != "" || !found {
		t.Errorf("keys, %t (-want +got):\n%s", found, diff)
	}
	for range 2 {
		if o, found := m.Object(s3server.Bucket, "a/1"); !found || string(o.Data) != "of a/1" {
			t.Errorf("a/1 is %q, %t", o.Data, found)
		}
	}
	if o, found := m.Object(s3server.Bucket, "../bench"); found {
		t.Errorf("found %q outside of the bucket", o.Data)
	}
}
