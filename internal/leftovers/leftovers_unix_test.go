//go:build linux || darwin

package leftovers

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestOnlyLeftoversAreRemoved puts what may look like a leftover beside one.
func TestOnlyLeftoversAreRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd [name]*")
	old := time.Now().Add(-time.Hour)
	make := func(name string, directory bool, text string, when time.Time) {
		path := filepath.Join(dir, name)
		var err error
		if directory {
			err = os.MkdirAll(filepath.Join(path, "in it"), 0o700)
		} else {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err == nil {
			err = os.Chtimes(path, when, when)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	make("", true, "", old)
	make("a-1.x", false, "", old)
	make("a-22.x", false, "text", old)
	make("a-33.x", false, "", time.Now())
	make("a-44.x", true, "", old)
	make("a-b.x", false, "", old)
	make("a-.x", false, "", old)
	make("a-5.y", false, "", old)
	make("a-66.x", false, "", old)
	if err := os.Symlink("a-5.y", filepath.Join(dir, "a-7.x")); err != nil {
		t.Fatal(err)
	}
	used, err := os.Open(filepath.Join(dir, "a-66.x"))
	if err != nil {
		t.Fatal(err)
	}
	Lock(used)
	check := func(want ...string) {
		t.Helper()
		var names []string
		entries, err := os.ReadDir(dir)
		for _, one := range entries {
			names = append(names, one.Name())
		}
		if slices.Sort(want); err != nil || !slices.Equal(names, want) {
			t.Errorf("%q are there, %v; want %q", names, err, want)
		}
	}
	p := Pattern{Before: "a-", After: ".x", Empty: true, Age: Brief}
	Remove(dir, p)
	check("in it", "a-22.x", "a-33.x", "a-44.x", "a-b.x", "a-.x", "a-5.y", "a-66.x", "a-7.x")
	if err := used.Close(); err != nil {
		t.Fatal(err)
	}
	p.Empty, p.Age = false, 0
	Remove(dir, p)
	check("in it", "a-44.x", "a-b.x", "a-.x", "a-5.y", "a-7.x")
	p.Directories = true
	Remove(dir, p)
	check("in it", "a-b.x", "a-.x", "a-5.y", "a-7.x")
	RemoveFile(filepath.Join(dir, "a-7.x"))
	RemoveFile(filepath.Join(dir, "a-5.y"))
	check("in it", "a-b.x", "a-.x", "a-7.x")
	Remove(filepath.Join(dir, "nowhere"), p)
}
