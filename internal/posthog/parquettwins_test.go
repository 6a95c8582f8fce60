package posthog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
)

const parquetDir = "../../testdata/parquet/"

// sampleFile returns a file of testdata as a source.
func sampleFile(t testing.TB, name string) source.Source {
	t.Helper()
	path := filepath.Join(parquetDir, name)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return source.Source{Name: path, Size: info.Size()}
}

// twinOf returns the JSON lines of a sample.
func twinOf(t testing.TB, name string) source.Source {
	t.Helper()
	kind, _, _ := strings.Cut(name, "_")
	if kind == "many" {
		return sampleFile(t, "many.jsonl.gz")
	}
	return sampleFile(t, kind+".jsonl")
}

// samples returns the names of Parquet files in testdata, of persons or of events.
func samples(t *testing.T, persons bool) (names []string) {
	t.Helper()
	files, err := filepath.Glob(parquetDir + "*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := filepath.Base(file); strings.HasPrefix(name, "persons") == persons {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		t.Fatalf("only %d files", len(names))
	}
	return names
}

// TestParquetIsReadAsItsTwinOfJSONLines compares files of DuckDB with JSON lines of the same rows.
func TestParquetIsReadAsItsTwinOfJSONLines(t *testing.T) {
	t.Parallel()
	for _, name := range samples(t, false) {
		options := Options{}
		if strings.HasPrefix(name, "custom") {
			options.Columns = columns(t, "event=my_event_name", "timestamp=event_time", "properties=all_properties")
		}
		want, troubles := readOnce(t, []source.Source{twinOf(t, name)}, options)
		if len(want) == 0 || troubles != nil {
			t.Fatalf("the twin of %s: %d rows, %v", name, len(want), troubles)
		}
		got, troubles := readOnce(t, []source.Source{sampleFile(t, name)}, options)
		for _, trouble := range troubles {
			if trouble.Kind != Warning {
				t.Errorf("%s: %v", name, trouble)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-JSON lines +Parquet):\n%s", name, diff)
		}
	}
}

// TestPersonsInParquetAreReadAsTheirTwinOfJSONLines does the same with persons.
func TestPersonsInParquetAreReadAsTheirTwinOfJSONLines(t *testing.T) {
	t.Parallel()
	read := func(input source.Source) (all []string) {
		for row, err := range ReadPersons(t.Context(), []source.Source{input}, Options{}) {
			if err != nil {
				t.Errorf("%s: %v", input.Name, err)
				continue
			}
			all = append(all, personText(row)+" "+allOf(row))
		}
		return all
	}
	for _, name := range samples(t, true) {
		want := read(twinOf(t, name))
		if diff := cmp.Diff(want, read(sampleFile(t, name))); diff != "" || len(want) == 0 {
			t.Errorf("%s, %d rows (-JSON lines +Parquet):\n%s", name, len(want), diff)
		}
	}
}

// TestParquetOfAnyLayoutHasTheSameRowsAndSums writes the same rows in many ways. Compression, sizes of pages
// and of row groups make no difference to the rows, nor to the text that is compared between passes and runs.
func TestParquetOfAnyLayoutHasTheSameRowsAndSums(t *testing.T) {
	t.Parallel()
	lines := makeRows(120)
	want, _ := readOnce(t, []source.Source{sourceOf(t, "x.jsonl", lines)}, Options{})
	table := parquets.Events(t, lines)
	var sums []uint64
	for _, layout := range parquets.Layouts() {
		input := sourceOf(t, "x.parquet", parquets.Write(t, table, layout))
		o := Options{window: 20_000}
		until, found, got := ends(t, []source.Source{input}, o)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-JSON lines +Parquet):\n%s", layout, diff)
		}
		if sums == nil {
			sums = found
		}
		if diff := cmp.Diff(sums, found); diff != "" || len(sums) < 5 {
			t.Errorf("%s: other sums of %d chunks: %s", layout, len(sums), diff)
		}
		o.Until = until
		if again, errs := trusting(t, []source.Source{input}, o, found); len(errs) > 0 || !cmp.Equal(want, again) {
			t.Errorf("%s, second reading: %d rows, %v", layout, len(again), errs)
		}
	}
}

// TestParquetIsRecognisedByContent reads files under names that say something else, and a text that begins
// with the same letters.
func TestParquetIsRecognisedByContent(t *testing.T) {
	t.Parallel()
	lines := makeRows(3)
	file := parquets.Write(t, parquets.Events(t, lines), parquets.Layout{Codec: "zstd"})
	for _, name := range []string{"x.parquet.zst", "x", "x.jsonl", "x.br"} {
		rows, troubles := readOnce(t, []source.Source{sourceOf(t, name, file)}, Options{})
		if len(rows) != 3 {
			t.Errorf("%s: %d rows, %v", name, len(rows), troubles)
		}
	}
	for _, letters := range []string{"PAR1", "PARENT"} {
		text := letters + ",event,distinct_id\nx,a,u\n"
		if rows, troubles := readOnce(t, []source.Source{sourceOf(t, "x.csv", []byte(text))}, Options{}); len(rows) != 1 {
			t.Errorf("%s: %d rows, %v", letters, len(rows), troubles)
		}
	}
	_, troubles := readOnce(t, []source.Source{sourceOf(t, "x.parquet.gz", zip(t, file, false))}, Options{})
	if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), "not compressed as a whole") {
		t.Errorf("Parquet in gzip: %v", troubles)
	}
}
