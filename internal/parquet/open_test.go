package parquet

import (
	"bytes"
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
	if f.Rows() != 3 || f.Groups() != 2 || f.Codec() != "snappy, zstd" || f.CreatedBy() != "somebody version 1(build 2)" {
		t.Errorf("%d rows, %d groups, codec %q, by %q", f.Rows(), f.Groups(), f.Codec(), f.CreatedBy())
	}
}
