package spool

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestLogGivesBackWhatWasWritten writes any entries with any sizes of blocks and memory, and reads them in
// order and by place.
func TestLogGivesBackWhatWasWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		space := NewSpace(dir, rapid.Int64Range(0, 2000).Draw(t, "memory"))
		defer space.Close()
		space.Block = rapid.IntRange(1, 300).Draw(t, "block")
		logs := []*Log{space.NewLog(), space.NewLog()}
		var want [2][][]byte
		var places [2][]Place
		for range rapid.IntRange(0, 60).Draw(t, "entries") {
			which := rapid.IntRange(0, 1).Draw(t, "log")
			entry := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "entry")
			cut := rapid.IntRange(0, len(entry)).Draw(t, "cut")
			places[which] = append(places[which], logs[which].Append(entry[:cut], entry[cut:]))
			want[which] = append(want[which], entry)
		}
		for which, log := range logs {
			var got [][]byte
			for entry, err := range log.All() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, bytes.Clone(entry))
			}
			if !slices.EqualFunc(got, want[which], bytes.Equal) || log.Len() != int64(len(got)) {
				t.Fatalf("log %d: %d entries, want %d", which, len(got), len(want[which]))
			}
			var r Reader
			for i, place := range places[which] {
				entry, err := r.At(log, place)
				if err != nil || !bytes.Equal(entry, want[which][i]) {
					t.Fatalf("log %d entry %d: %x, %v, want %x", which, i, entry, err, want[which][i])
				}
			}
		}
		if err := space.Err(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSpaceStaysWithinItsMemory checks the memory until a log is dropped, and that text on disk is
// compressed.
func TestSpaceStaysWithinItsMemory(t *testing.T) {
	t.Parallel()
	space := NewSpace(t.TempDir(), 100<<10)
	defer space.Close()
	log := space.NewLog()
	entry := bytes.Repeat([]byte("the same again "), 50)
	for range 2000 {
		log.Append(entry)
	}
	if held := space.held.Load(); held > 100<<10 || held == 0 {
		t.Errorf("%d bytes in memory, want some, and no more than %d", held, 100<<10)
	}
	if disk := space.OnDisk(); disk == 0 || disk > 2000*int64(len(entry))/5 {
		t.Errorf("%d bytes on disk, want some, and much less than %d", disk, 2000*len(entry))
	}
	log.Drop()
	if held := space.held.Load(); held != 0 || log.Len() != 0 {
		t.Errorf("%d bytes in memory, %d entries after the log was dropped", held, log.Len())
	}
}

// TestSpaceLeavesNothingBehind checks that the file is removed with the space, and on Unix has no name from
// the start.
func TestSpaceLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	space := NewSpace(dir, 0)
	log := space.NewLog()
	log.Append(make([]byte, blockSize))
	if found, _ := filepath.Glob(filepath.Join(dir, "*")); runtime.GOOS != "windows" && len(found) > 0 {
		t.Errorf("while it is used: %v", found)
	}
	if err := space.Close(); err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*")); len(found) > 0 {
		t.Errorf("afterwards: %v", found)
	}
}

func TestTroubleWithTheDiskIsKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "missing")
	space := NewSpace(dir, 0)
	log := space.NewLog()
	log.Append(make([]byte, blockSize))
	trouble, ok := errors.AsType[*DiskError](space.Err())
	if !ok || trouble.Dir != dir || !errors.Is(trouble, os.ErrNotExist) {
		t.Errorf("trouble %v", space.Err())
	}
	for _, err := range log.All() {
		if err == nil {
			t.Error("what could not be written was read")
		}
	}
	if err := space.Close(); err != nil {
		t.Error(err)
	}
}
