package parquet_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/codec"
)

// writtenByDuckDB are the names of the files that DuckDB wrote.
func writtenByDuckDB(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../../testdata/parquet/*.parquet")
	if err != nil || len(names) < 15 {
		t.Fatal(names, err)
	}
	return names
}

// TestJoinedFilesAreNotRead joins every two files. If they were read, the footer of the second one would be taken for
// that of both, and the rows of one of them would be missing without a word.
func TestJoinedFilesAreNotRead(t *testing.T) {
	names := writtenByDuckDB(t)
	for _, first := range names {
		for _, second := range names {
			one, err := os.ReadFile(first)
			if err != nil {
				t.Fatal(err)
			}
			other, err := os.ReadFile(second)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range [][]byte{append(bytes.Clone(one), other...), append(append(bytes.Clone(one), one...), other...)} {
				_, _, err = read(t, file, 1000)
				damage, ok := errors.AsType[*codec.Damage](err)
				if !ok || !strings.Contains(err.Error(), "one after the other") || damage.Hint == "" {
					t.Errorf("%s and %s: %v", first, second, err)
				}
			}
		}
	}
}

func TestFilesOfDuckDBAreRead(t *testing.T) {
	for _, name := range writtenByDuckDB(t) {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if rows, gaps, err := read(t, file, 1000); err != nil || len(gaps) > 0 || len(rows) < 20 {
			t.Errorf("%s: %d rows, %v, %v", name, len(rows), gaps, err)
		}
	}
}
