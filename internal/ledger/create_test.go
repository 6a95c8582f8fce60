package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestKilledWhileItIsMade creates a state in a directory in which a kill has left an incomplete one, from
// each step of its creation.
func TestKilledWhileItIsMade(t *testing.T) {
	t.Parallel()
	whole := filepath.Join(t.TempDir(), "whole")
	if err := os.Mkdir(whole, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := open(t, whole).Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(whole, FileName))
	if err != nil {
		t.Fatal(err)
	}
	for name, left := range map[string]map[string][]byte{
		"no content":    {"": nil},
		"a byte":        {"": text[:1]},
		"a page":        {"": text[:4096]},
		"a journal":     {"": text[:4096], "-journal": text[:700]},
		"a log":         {"": text[:4096], "-wal": text[:9000], "-shm": text[:100]},
		"a log alone":   {"-wal": text},
		"all but named": {"": text},
		"of another":    {"": []byte(strings.Replace(string(text), "https://track.customer.io", "https://other.customer.io", 1))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			odd := "odd name#%20[1]"
			if runtime.GOOS != "windows" {
				odd += "?mode=memory"
			}
			dir := filepath.Join(t.TempDir(), odd)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			for suffix, text := range left {
				if err := os.WriteFile(filepath.Join(dir, FileName+newSuffix+suffix), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := OpenReadOnly(t.Context(), dir, scheme); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("to look at it: %v, want that there is none", err)
			}
			s := open(t, dir)
			write(t, s)
			checkWritten(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 || entries[0].Name() != FileName {
				t.Errorf("it leaves %v; %v", entries, err)
			}
		})
	}
}

// TestWhatIsLeftOfAStateIsDamaged opens a state that has lost its end, or everything except its log. Neither
// is taken for a new state, when opened for reading or for writing, and nothing is written to it.
func TestWhatIsLeftOfAStateIsDamaged(t *testing.T) {
	t.Parallel()
	made := t.TempDir()
	s := open(t, made)
	write(t, s)
	logged, err := os.ReadFile(filepath.Join(made, FileName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(made, FileName))
	if err != nil {
		t.Fatal(err)
	}
	lengths := []int{511, 512, 1000, 4095, 4096, 4097, len(whole) - 4096, len(whole) - 1}
	for n := range 101 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			checkDamaged(t, map[string][]byte{"": whole[:n]}, "is damaged: ")
		})
	}
	checkDamaged(t, map[string][]byte{"-wal": logged}, "state.db-wal with its last changes")
	checkDamaged(t, map[string][]byte{"-journal": whole[:512]}, "state.db-journal with its last changes")
	checkDamaged(t, map[string][]byte{"": nil, "-wal": logged}, "is damaged: ")
}

func checkDamaged(t *testing.T, files map[string][]byte, says string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	for suffix, text := range files {
		if err := os.WriteFile(path+suffix, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look, err1 := OpenReadOnly(t.Context(), dir, scheme)
	send, err2 := Open(t.Context(), dir, ours, scheme)
	for _, err := range []error{err1, err2} {
		failed, ok := errors.AsType[*StateError](err)
		if !ok || !strings.Contains(err.Error(), says) || !strings.Contains(failed.Hint(), "restore it") {
			t.Errorf("%v, want %q", err, says)
		}
	}
	_, _ = look.Close(), send.Close()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(files) {
		t.Errorf("there are %v; %v", entries, err)
	}
	for suffix, want := range files {
		if text, err := os.ReadFile(path + suffix); err != nil || string(text) != string(want) {
			t.Errorf("%s is not what it was; %v", suffix, err)
		}
	}
}
