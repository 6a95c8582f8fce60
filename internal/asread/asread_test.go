package asread

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/sources"
)

// TestWhatStandsForASourceOfAStore: without random access its ends are found by opening it twice, and are
// those of the file.
func TestWhatStandsForASourceOfAStore(t *testing.T) {
	var text bytes.Buffer
	for i := 0; text.Len() < 4*endsSize; i++ {
		fmt.Fprintln(&text, "row", i)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := source.Find([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	file := files[0]
	version, want := Ends(t.Context(), file, file.Size)
	if version != file.Version || want == "" {
		t.Errorf("the file has version %v and ends %q", version, want)
	}
	for _, anyOffset := range []bool{false, true} {
		store := sources.New(sources.Manners{AnyOffset: anyOffset, Sips: 10_000})
		far := store.Copy(t, files)[0]
		for _, size := range []int64{file.Size, file.Size - 1000, 100} {
			_, want := Ends(t.Context(), file, size)
			if version, ends := Ends(t.Context(), far, size); ends != want || version != far.Version {
				t.Errorf("at any offset %v, %d bytes: %v, %s, want %s", anyOffset, size, version, ends, want)
			}
		}
		if n := store.Opened(); n != map[bool]int{false: 6, true: 3}[anyOffset] {
			t.Errorf("at any offset %v: opened %d times", anyOffset, n)
		}
	}
}

// TestAnEmptySourceIsKnown: a source of no bytes has a version, and has its rows as long as it stays empty.
func TestAnEmptySourceIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty, err := source.Source{Name: path}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	version, ends := Ends(t.Context(), empty, 0)
	read := ledger.Source{Path: path, Modified: version.Modified, Ends: ends}
	if !Unchanged(empty, &read) || !SurelySame(t.Context(), empty, read) {
		t.Errorf("the empty file counts as changed: its version is %v, and was read as %v", empty.Version, version)
	}
	if err := os.WriteFile(path, []byte("row"), 0o600); err != nil {
		t.Fatal(err)
	}
	grown, err := empty.Now(t.Context())
	if err != nil || Unchanged(grown, &read) || SurelySame(t.Context(), grown, read) {
		t.Errorf("a file that is not empty any more counts as unchanged, %v", err)
	}
}
