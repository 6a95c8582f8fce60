package objectstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"ph2cio/internal/source"
)

// readAnnounced reads sources in order, as a pass does.
func readAnnounced(t testing.TB, found []source.Source) (all []byte) {
	t.Helper()
	done := source.Announce(t.Context(), found)
	defer done()
	for _, one := range found {
		all = append(all, readOne(t, one)...)
	}
	return all
}

// TestTheSecondPassReadsTheCache: nothing is fetched twice, and nothing but the objects is in the cache.
// Another run finds them too. A new version of an object is fetched.
func TestTheSecondPassReadsTheCache(t *testing.T) {
	f := &fake{}
	var want []byte
	for i := range 20 {
		text := noise(uint64(i), i*300_000)
		want = append(want, text...)
		f.Put(fmt.Sprintf("%02d", i), text)
	}
	dir := filepath.Join(t.TempDir(), "new", "cache")
	for run := range 2 {
		s := f.start(t, Options{Cache: dir})
		found := listAll(t, s, "s3://bucket/")
		for pass := range 2 {
			if got := readAnnounced(t, found); !bytes.Equal(got, want) {
				t.Errorf("run %d, pass %d: read %d other bytes", run, pass, len(got))
			}
		}
		wantBytes := int64(len(want))
		if run == 1 {
			wantBytes = 0
		}
		if n := s.Counts().Bytes; n != wantBytes {
			t.Errorf("run %d fetched %d bytes, want %d", run, n, wantBytes)
		}
		if n := s.Cached(found); n != int64(len(want)) {
			t.Errorf("run %d: %d bytes are in the cache", run, n)
		}
		nothingHeld(t, s)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 19 { // an empty object is not fetched
		t.Error(len(entries), err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Error(info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Error(info.Mode(), err)
	}
	f.Put("05", []byte("new"))
	s := f.start(t, Options{Cache: dir})
	if got := readOne(t, listAll(t, s, "s3://bucket/05")[0]); string(got) != "new" {
		t.Errorf("the old version was read: %d bytes", len(got))
	}
}

// TestWhatIsFetchedAheadIsReadFromMemory: objects are in the cache before they are opened, and yet what was
// fetched ahead is used, so that the memory is free for the next ones.
func TestWhatIsFetchedAheadIsReadFromMemory(t *testing.T) {
	f := &fake{}
	f.fill(30, blockSize)
	s := f.start(t, Options{Cache: t.TempDir(), Memory: 10 * blockSize})
	found := listAll(t, s, "s3://bucket/")
	done := source.Announce(t.Context(), found)
	for i, one := range found {
		for began := time.Now(); s.Cached(found) < int64(min(i+10, len(found)))*blockSize; time.Sleep(time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("at object %d only %d bytes were fetched ahead", i, s.Cached(found))
			}
		}
		readOne(t, one)
	}
	done()
	if n := s.Counts().Gets; n != int64(len(found)) {
		t.Errorf("%d requests", n)
	}
	nothingHeld(t, s)
}

// TestTheCacheHasALimit: what this run reads stays, and what earlier ones have read goes, the longest unused
// first.
func TestTheCacheHasALimit(t *testing.T) {
	f := &fake{}
	f.fill(10, 1000)
	dir := t.TempDir()
	s := f.start(t, Options{Cache: dir, CacheSize: 5500})
	found := listAll(t, s, "s3://bucket/")
	readAnnounced(t, found)
	if n := s.Cached(found); n != 5000 {
		t.Errorf("%d bytes are in the cache", n)
	}
	readAnnounced(t, found)
	if n := s.Counts().Bytes; n != 15_000 {
		t.Errorf("fetched %d bytes", n)
	}
	var kept, others []int // which, depends on who comes first: the reader, or what fetches ahead of it
	for i := range found {
		if s.Cached(found[i:i+1]) > 0 {
			kept = append(kept, i)
		} else {
			others = append(others, i)
		}
	}
	old := time.Now().Add(-time.Hour)
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if err := os.Chtimes(filepath.Join(dir, entry.Name()), old, old); err != nil {
			t.Fatal(err)
		}
	}
	s = f.start(t, Options{Cache: dir, CacheSize: 5500})
	found = listAll(t, s, "s3://bucket/")
	var read []source.Source
	for _, i := range slices.Concat(kept[2:], others[:3]) {
		read = append(read, found[i])
	}
	readAnnounced(t, read)
	if n := s.Counts().Bytes; n != 3000 {
		t.Errorf("fetched %d bytes, with three of six objects in the cache", n)
	}
	if inCache, all := s.Cached(read), s.Cached(found); inCache != 5000 || all != 5000 {
		t.Errorf("%d bytes of what was read last are in the cache, and %d in all", inCache, all)
	}
}

// TestADamagedCacheIsNotRead: a file of another size is fetched again, and so is one of an earlier run with
// another byte, such as after a power loss, even if the clock was ahead then.
func TestADamagedCacheIsNotRead(t *testing.T) {
	f := &fake{}
	f.Put("x", noise(1, 1000))
	dir := t.TempDir()
	s := f.start(t, Options{Cache: dir})
	found := listAll(t, s, "s3://bucket/")
	readAnnounced(t, found)
	entries, _ := os.ReadDir(dir)
	if err := os.Truncate(filepath.Join(dir, entries[0].Name()), 999); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if !bytes.Equal(readOne(t, found[0]), noise(1, 1000)) {
			t.Error("other bytes")
		}
	}
	if n := s.Counts().Bytes; n != 2000 {
		t.Errorf("fetched %d bytes", n)
	}
	path := filepath.Join(dir, entries[0].Name())
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 999, 1000, 1007, -1} {
		other := bytes.Clone(text)
		if at >= 0 {
			other[at] ^= 1
		}
		if err := os.WriteFile(path, other, 0o600); err != nil {
			t.Fatal(err)
		}
		written := time.Now().Add(-time.Minute)
		if at%2 != 0 {
			written = time.Now().Add(time.Hour)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		s := f.start(t, Options{Cache: dir})
		if got := readAnnounced(t, listAll(t, s, "s3://bucket/")); !bytes.Equal(got, noise(1, 1000)) {
			t.Errorf("byte %d: other bytes", at)
		}
		if n := s.Counts().Bytes; n != map[bool]int64{true: 1000}[at >= 0] {
			t.Errorf("byte %d: fetched %d bytes", at, n)
		}
	}
}

// TestAFileThatIsNotReadToItsEndIsNotKept closes it early.
func TestAFileThatIsNotReadToItsEndIsNotKept(t *testing.T) {
	f := &fake{}
	f.Put("x", noise(1, 50<<20))
	dir := t.TempDir()
	s := f.start(t, Options{Cache: dir})
	file, err := listAll(t, s, "s3://bucket/")[0].Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, file, 1000); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	nothingHeld(t, s)
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Error(entries)
	}
	if s.shared.cache.used != 0 {
		t.Errorf("%d bytes count as used", s.shared.cache.used)
	}
}

// TestCachesThatCannotBeUsed names directories that can hold no cache, or that somebody else may have filled.
func TestCachesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	file, link, open := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "open")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Mkdir(open, 0o700), os.Chmod(open, 0o777), os.Symlink(dir, link)); err != nil {
		t.Skip(err) // not every system has links
	}
	bad := []string{file, filepath.Join(file, "below"), link}
	if runtime.GOOS != "windows" {
		bad = append(bad, open)
	}
	if runtime.GOOS == "linux" {
		bad = append(bad, "/proc/self") // nobody can write there, not even root
	}
	for _, dir := range bad {
		if s, err := New(Options{Cache: dir}); err == nil {
			s.Close()
			t.Errorf("%s is used", dir)
		}
	}
	good := filepath.Join(dir, "new", "cache")
	s, err := New(Options{Cache: good})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if left, err := os.ReadDir(good); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}
