//go:build unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

// TestFilesAreForTheirOwnerAlone checks the modes of all files of a run, while it sends and after it was
// killed, under any umask.
func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	for _, umask := range []string{"000", "077"} {
		t.Run(umask, func(t *testing.T) {
			t.Parallel()
			box, url := newBox(t, sandbox.Faults{Delay: sandbox.Duration(time.Minute)})
			r := newRun(t, url)
			r.under = []string{"sh", "-c", "umask " + umask + `; exec "$@"`, "sh"}
			tmp := filepath.Join(r.dir, "tmp")
			if err := os.Mkdir(tmp, 0o700); err != nil {
				t.Fatal(err)
			}
			c, _, stderr := r.command("backfill", "--yes", "--tmp", "tmp", "-")
			c.Stdin = strings.NewReader(oneRow + badRow)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { _ = c.Wait(); close(ended) }()
			holder := filepath.Join(r.dir, "home/.local/state/ph2cio")
			seen := func() (names []string) {
				names = append(names, checkModes(t, holder)...)
				return append(names, checkModes(t, tmp)...)
			}
			for deadline := time.Now().Add(2 * time.Minute); box.Stats().Requests < 1 || len(seen()) < 6 || !slices.Contains(seen(), "state.db-shm"); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("there are only %q\n%s", seen(), stderr)
				}
			}
			names := strings.Join(seen(), " ")
			for _, name := range []string{"state.db", "state.db-wal", "state.db-shm", "lock", "holder.json", "ph2cio-stdin-"} {
				if !strings.Contains(names, name) {
					t.Errorf("there is no %s in %q", name, names)
				}
			}
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended

			if err := box.SetFaults(sandbox.Faults{}); err != nil {
				t.Fatal(err)
			}
			events := r.write("events.jsonl", oneRow+badRow)
			if out := r.run("backfill", "--yes", "--restart", events); out.code != 3 {
				t.Fatalf("exit code %d\n%s", out.code, out)
			}
			if names := strings.Join(checkModes(t, holder), " "); !strings.Contains(names, "rejects.jsonl") {
				t.Errorf("there are no rejects in %q", names)
			}
			if out := r.run("preview", "--fresh", "--operations", "tmp/operations.jsonl", events); out.code != 3 {
				t.Fatalf("exit code %d\n%s", out.code, out)
			}
			if names := strings.Join(checkModes(t, tmp), " "); !strings.Contains(names, "operations.jsonl") {
				t.Errorf("there are no operations in %q", names)
			}
		})
	}
}

// checkModes checks that directories below dir are 0700 and files 0600, and returns the names of the files.
func checkModes(t *testing.T, dir string) (names []string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it is being made, or was removed
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		want := fs.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
		} else {
			names = append(names, entry.Name())
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s: %v, want %v", path, info.Mode(), want)
		}
		return nil
	})
	return names
}

// TestPlantedLinksAreNotFollowed puts links at every name that the program writes to. They point to a file of
// somebody else, or to none. The program refuses or replaces the links; the file stays as it was, and no file
// is created elsewhere.
func TestPlantedLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	_, url := newBox(t, sandbox.Faults{})
	for name, link := range map[string]func(target, path string) error{
		"symbolic": os.Symlink, "hard": os.Link,
		"symbolic, later": appearsLater(os.Symlink), "hard, later": appearsLater(os.Link),
	} {
		for _, planted := range []string{
			"state/state.db", "state/state.db-wal", "state/state.db-shm", "state/state.db-journal", "state/lock", "state/holder.json",
			"state/rejects.jsonl", "state/rejects.jsonl.new", "nightly.prom",
		} {
			afterARun := strings.HasSuffix(name, "later")
			if afterARun && !strings.Contains(planted, "state.db") {
				continue
			}
			t.Run(name+" "+planted, func(t *testing.T) {
				t.Parallel()
				r := newRun(t, url)
				events := r.write("events.jsonl", oneRow+badRow)
				const mine = "mine, and nobody else's"
				target := r.write("elsewhere/target", mine)
				before := modeOf(t, target)
				if afterARun {
					if out := r.run("backfill", "--yes", "--quiet", "--state", "state", events); out.code != 3 {
						t.Fatalf("exit code %d\n%s", out.code, out)
					}
				} else if err := os.Mkdir(filepath.Join(r.dir, "state"), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := link(target, filepath.Join(r.dir, planted)); err != nil {
					t.Fatal(err)
				}
				out := r.run("backfill", "--yes", "--quiet", "--state", "state", "--restart", "--metrics-file", "nightly.prom", events)
				refused := out.code == 8 || out.code == 2
				if out.code != 3 && (!refused || !strings.Contains(out.stderr, filepath.Base(planted))) {
					t.Errorf("exit code %d\n%s", out.code, out)
				}
				if text, err := os.ReadFile(target); string(text) != mine || err != nil {
					t.Errorf("exit code %d, and the target is %q, %v", out.code, text, err)
				}
				if after := modeOf(t, target); after != before {
					t.Errorf("the target's mode is %v, and was %v", after, before)
				}
			})
		}
	}
	t.Run("to what is not there", func(t *testing.T) {
		t.Parallel()
		for _, planted := range []string{"state.db", "state.db-wal", "state.db-shm", "lock", "holder.json", "rejects.jsonl", "rejects.jsonl.new"} {
			r := newRun(t, url)
			events := r.write("events.jsonl", oneRow+badRow)
			if err := os.Mkdir(filepath.Join(r.dir, "state"), 0o700); err != nil {
				t.Fatal(err)
			}
			target := filepath.Join(r.dir, "new")
			if err := os.Symlink(target, filepath.Join(r.dir, "state", planted)); err != nil {
				t.Fatal(err)
			}
			out := r.run("backfill", "--yes", "--quiet", "--state", "state", events)
			if _, err := os.Lstat(target); err == nil || out.code != 3 && out.code != 8 {
				t.Errorf("%s: exit code %d, and a file was made where it points: %v\n%s", planted, out.code, err == nil, out)
			}
		}
	})
	t.Run("a directory", func(t *testing.T) {
		t.Parallel()
		r := newRun(t, url)
		events := r.write("events.jsonl", oneRow)
		target := filepath.Join(r.dir, "elsewhere")
		if err := os.Mkdir(target, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(r.dir, "state")); err != nil {
			t.Fatal(err)
		}
		out := r.run("backfill", "--yes", "--quiet", "--state", "state", events)
		if inside, err := os.ReadDir(target); out.code != 8 || len(inside) > 0 || err != nil {
			t.Errorf("exit code %d, %v in it, %v\n%s", out.code, inside, err, out)
		}
	})
}

// appearsLater makes a link in place of a file that a run has left.
func appearsLater(link func(target, path string) error) func(target, path string) error {
	return func(target, path string) error {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
		return link(target, path)
	}
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}
