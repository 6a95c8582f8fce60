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
	files, err := source.Find(t.Context(), []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	file := files[0]
	version, want := Ends(t.Context(), file)
	if version != file.Version || want == "" {
		t.Errorf("the file has version %v and ends %q", version, want)
	}
	for _, anyOffset := range []bool{false, true} {
		store := sources.New(sources.Manners{AnyOffset: anyOffset, Sips: 10_000})
		far := store.Copy(t, files)[0]
		for _, size := range []int64{file.Size, file.Size - 1000, 100} {
			_, want := endsOf(t.Context(), file, size)
			if version, ends := endsOf(t.Context(), far, size); ends != want || version != far.Version {
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
	version, ends := Ends(t.Context(), empty)
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

// TestRenamedOpensWhatWasReadSince looks for the rows of a file that is gone. A larger file has them, as a
// later run has read it. Files of which it is known without opening them that they have the rows are found
// too; others are not opened.
func TestRenamedOpensWhatWasReadSince(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for name, text := range map[string]string{"a": "other rows, more", "b": "rows and more", "c": "the same, compressed"} {
		path := filepath.Join(dir, name)
		paths = append(paths, path)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := source.Find(t.Context(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	store := sources.New(sources.Manners{AnyOffset: true})
	known := map[string]ledger.KnownSource{}
	for _, one := range store.Copy(t, files) {
		known[one.Name] = ledger.KnownSource{Run: 3, Source: ledger.Source{Path: one.Name, Size: one.Size, Rows: 2, Fingerprint: filepath.Base(one.Name)}}
	}
	before := filepath.Join(dir, "before")
	if err := os.WriteFile(before, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, ends := Ends(t.Context(), source.Source{Name: before, Size: 4})
	gone := ledger.Source{Path: "gone", Size: 4, Rows: 1, Ends: ends}
	same := ledger.Source{Path: "gone", Size: 4, Rows: 2, Fingerprint: "c"}
	for _, c := range []struct {
		then  ledger.Source
		after int64
		want  string
		opens int
	}{{gone, 2, "b", 2}, {gone, 3, "", 0}, {same, 3, "c", 0}} {
		opened := store.Opened()
		now, found := Renamed(t.Context(), &c.then, c.after, known, source.NewSnapshot(store.Remote, store.Copy(t, files)))
		if found != (c.want != "") || found && filepath.Base(now.Name) != c.want || store.Opened()-opened != c.opens {
			t.Errorf("read after run %d: found %s, %t, and opened %d; want %s, and %d opened", c.after, now.Name, found, store.Opened()-opened, c.want, c.opens)
		}
	}
}

// TestObjectsAreKnownByTheirTags compares objects without opening them, and opens one for what a run has read
// in a file, which may have been copied into the store.
func TestObjectsAreKnownByTheirTags(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := source.Source{Name: path}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	store := sources.New(sources.Manners{})
	read := func(s source.Source) ledger.Source {
		version, ends := Ends(t.Context(), s)
		return ledger.Source{Path: s.Name, Size: s.Size, Modified: version.Modified, Ends: ends, Rows: 1}
	}
	before := store.Put("mem://b/a", []byte("rows"))
	same, grown, other := store.Put("mem://b/a", []byte("rows")), store.Put("mem://b/c", []byte("rows, more")), store.Put("mem://b/d", []byte("ROWS"))
	empty, gone := store.Put("mem://b/e", nil), read(before)
	gone.Modified = 0 // as the state notes it
	for _, c := range []struct {
		name                   string
		now                    source.Source
		then                   ledger.Source
		unchanged, sure, holds bool
		opens                  int
	}{
		{"written again as it was", same, read(before), true, true, true, 0},
		{"another one", other, read(before), false, false, false, 0},
		{"one that has grown is another one", grown, read(before), false, false, false, 0},
		{"empty", empty, read(empty), true, true, true, 0},
		{"with trouble", same, ledger.Source{Size: 4, Modified: 1, Ends: read(same).Ends, Trouble: "damaged"}, false, true, true, 0},
		{"back after it was gone", same, gone, false, true, true, 0},
		{"copied from a file", same, read(file), false, true, true, 4},
		{"copied from a file that is another one", other, read(file), false, false, false, 4},
		{"copied into a file", file, read(before), false, false, false, 0},
	} {
		opened := store.Opened()
		unchanged, sure, holds := Unchanged(c.now, &c.then), SurelySame(t.Context(), c.now, c.then), Holds(t.Context(), c.now, c.then)
		if unchanged != c.unchanged || sure != c.sure || holds != c.holds || store.Opened()-opened != c.opens {
			t.Errorf("%s: unchanged %t, surely the same %t, holds all %t, opened %d times", c.name, unchanged, sure, holds, store.Opened()-opened)
		}
	}
}
