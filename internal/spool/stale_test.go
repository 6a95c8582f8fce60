//go:build linux || darwin

package spool

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A later run removes the files of a killed process, but no file that is being written, new, another
// user's, or a link.
func TestStaleCopiesAreRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd [name]*")
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	old := time.Now().Add(-time.Hour)
	write := func(path string, when time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, "ph2cio-stdin-1.part"), old)
	write(filepath.Join(dir, "ph2cio-stdin-2-finished"), old)
	write(filepath.Join(dir, "ph2cio-stdin-3.part"), time.Now())
	write(filepath.Join(dir, "other.part"), old)
	write(elsewhere, old)
	if err := os.Symlink(elsewhere, filepath.Join(dir, "ph2cio-stdin-4.part")); err != nil {
		t.Fatal(err)
	}

	// The pipe keeps one copy under way while another begins.
	in, out := io.Pipe()
	begun, done := make(chan struct{}, 100), make(chan error)
	go func() {
		_, err := Copy(t.Context(), dir, in, 0, func(int64) { begun <- struct{}{} })
		done <- err
	}()
	if _, err := out.Write(make([]byte, 2<<20)); err != nil {
		t.Fatal(err)
	}
	<-begun
	for _, path := range parts(t, dir) {
		if filepath.Base(path) != "ph2cio-stdin-3.part" && filepath.Base(path) != "ph2cio-stdin-4.part" {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	RemoveLeftovers(dir)
	before := len(parts(t, dir))
	c := copyOf(t, dir, []byte("text"))
	if after := len(parts(t, dir)); before != 3 || after != 3 {
		t.Errorf("%d unfinished copies, then %d; want the new one, the link and the one under way", before, after)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := c.Remove(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(2, len(parts(t, dir))); diff != "" {
		t.Error(left(t, dir))
	}
	for _, path := range []string{elsewhere, filepath.Join(dir, "other.part"), filepath.Join(dir, "ph2cio-stdin-2-finished")} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

// A copy of the same stream replaces those of killed runs, but none that is in use or was kept. Copies of
// other streams stay for a week.
func TestCopiesOfKilledRuns(t *testing.T) {
	dir := t.TempDir()
	killed, used, kept, other := copyOf(t, dir, []byte("text")), copyOf(t, dir, []byte("text")), copyOf(t, dir, []byte("text")), copyOf(t, dir, []byte("other"))
	old, err := os.ReadFile(other.Path)
	if err != nil {
		t.Fatal(err)
	}
	ancient := filepath.Join(dir, filepath.Base(other.Path)+"1")
	if err := os.WriteFile(ancient, old, 0o600); err != nil {
		t.Fatal(err)
	}
	week := time.Now().Add(-8 * 24 * time.Hour)
	for _, path := range []string{ancient, used.Path, kept.Path} {
		if err := os.Chtimes(path, week, week); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(kept.Keep(), killed.Close(), other.Close()); err != nil {
		t.Fatal(err)
	}
	RemoveLeftovers(dir)
	again := copyOf(t, dir, []byte("text"))
	want := []string{filepath.Base(used.Path), filepath.Base(kept.Path), filepath.Base(other.Path), filepath.Base(again.Path)}
	got := left(t, dir)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	reopened, is := Reopen(kept.Path)
	if !is {
		t.Fatal("the copy that was kept is none")
	}
	if err := errors.Join(used.Remove(), again.Remove(), reopened.Close(), reopened.Close()); err != nil {
		t.Fatal(err)
	}
	if _, is := Reopen(filepath.Join(dir, "ph2cio-stdin-1")); is {
		t.Error("another file is a copy")
	}
}

func parts(t *testing.T, dir string) (paths []string) {
	t.Helper()
	for _, name := range left(t, dir) {
		if filepath.Ext(name) == unfinished && name != "other.part" {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}
