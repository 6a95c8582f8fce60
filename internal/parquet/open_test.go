package parquet

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	parquetgo "github.com/parquet-go/parquet-go"
)

// written returns a file with rows as parquet-go writes it.
func written[T any](t testing.TB, rows []T, options ...parquetgo.WriterOption) []byte {
	t.Helper()
	var file bytes.Buffer
	w := parquetgo.NewGenericWriter[T](&file, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func open(t testing.TB, file []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOpenSaysWhatIsInAFile(t *testing.T) {
	type row struct {
		Event string `parquet:"event,zstd"`
		Team  int64  `parquet:"team,snappy,optional"`
	}
	f := open(t, written(t, []row{{"a", 1}, {"b", 2}, {"c", 3}}, parquetgo.MaxRowsPerRowGroup(2), parquetgo.CreatedBy("somebody", "1", "2")))
	var names []string
	for _, c := range f.Columns() {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"event", "team"}, names); diff != "" {
		t.Error(diff)
	}
	if f.Rows() != 3 || f.Groups() != 2 || f.Codec() != "snappy, zstd" || f.meta.CreatedBy != "somebody version 1(build 2)" {
		t.Errorf("%d rows, %d groups, codec %q, by %q", f.Rows(), f.Groups(), f.Codec(), f.meta.CreatedBy)
	}
}

// TestFilesOfDuckDB opens files that another program has written.
func TestFilesOfDuckDB(t *testing.T) {
	const there = "../../testdata/parquet/"
	files, err := filepath.Glob(there + "*.parquet")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no files", err)
	}
	for _, name := range files {
		openFile(t, name)
	}
	var got []string
	for _, c := range openFile(t, there+"typed_zstd.parquet").Columns() {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s: %s %s", c.Name, c.Type, c.Trouble)))
	}
	want := []string{
		"uuid: UUID", "event: STRING", "distinct_id: INT64", "timestamp: TIMESTAMP(MICROS)", "created_at: TIMESTAMP(MICROS)", "person_id: UUID",
		"properties: JSON", "properties.price: DECIMAL(10, 2)", "properties.total: DECIMAL(30, 4)", "properties.day: DATE",
		"properties.ratio: DOUBLE", "properties.count: INT64", "properties.small: INT16", "properties.unsigned: UINT64", "properties.ok: BOOLEAN",
		"properties.when: TIMESTAMP(MICROS, UTC)", "properties.clock: TIME(MICROS)", "properties.text: STRING", "person.properties.seats: INT32",
		"person.properties.name: STRING", "raw_bytes: BYTE_ARRAY", "tags: LIST it is nested (LIST)", "labels: MAP it is nested (MAP)",
		"place: STRUCT it is nested (STRUCT)", "nothing: INT32",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func openFile(t *testing.T, name string) *File {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, data)
}
