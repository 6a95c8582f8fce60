package asread

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

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
