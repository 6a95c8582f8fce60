//go:build unix

package main

import (
	"bufio"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ph2cio/internal/testkit/synthetic"
)

// TestScreens compares what a person sees in a terminal with files in testdata/golden/screens: the text of a whole terminal, once
// with 80 columns and 24 rows and once with 120 and 40. It types commands into a shell under tmux, with a clock that stands still.
func TestScreens(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	server, names, exports := startTmux(t), &sync.Map{}, screenExports(t)
	if !strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		t.Cleanup(func() { checkNoOtherScreens(t, names) }) // after all stories
	}
	for _, size := range []size{{80, 24}, {120, 40}} {
		for _, story := range screenStories {
			t.Run(size.String()+"/"+story.name, func(t *testing.T) {
				t.Parallel()
				story.play(newScreens(t, server, size, names, exports))
			})
		}
	}
}

// screenStories are the sequences of screens. Each has a directory of its own.
var screenStories = []struct {
	name string
	play func(*screens)
}{
	{"help", helpScreens},
	{"mistakes", mistakeScreens},
	{"inspect", inspectScreens},
	{"plan", planScreens},
	{"terminal", terminalScreens},
	{"send", sendScreens},
	{"trouble", troubleScreens},
	{"resize", resizeScreens},
	{"mapping", mappingScreens},
	{"check", checkScreens},
	{"init", initScreens},
}

// screens is a story: a directory, which is the home of its user too, and terminals of one size.
type screens struct {
	t           *testing.T
	tmux        *tmux
	size        size
	width       int // of the terminals; that of size if 0
	dir         string
	environment map[string]string
	names       *sync.Map // the files of all stories
}

var windowsOpened atomic.Int64

func newScreens(t *testing.T, server *tmux, size size, names *sync.Map, exports map[string]string) *screens {
	t.Helper()
	r := newRun(t, "")
	s := &screens{t: t, tmux: server, size: size, dir: shortDir(t), names: names}
	clock := filepath.Join(t.TempDir(), "clock")
	s.environment = map[string]string{
		"HOME": s.dir, "PATH": filepath.Dir(r.program) + ":" + os.Getenv("PATH"), "TERM": "screen-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC",
		clockVariable: clock,
	}
	s.setClock("2026-06-02T09:30:00Z")
	for name, path := range exports {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(s.dir, name)), 0o755), os.Symlink(path, filepath.Join(s.dir, name))); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// setClock sets the clock of the programs.
func (s *screens) setClock(at string) {
	if err := os.WriteFile(s.environment[clockVariable], []byte(at), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// open opens a terminal.
func (s *screens) open() *window {
	s.t.Helper()
	terminal := size{cmp.Or(s.width, s.size.columns), s.size.rows}
	return openWindow(s.t, s.tmux, fmt.Sprint("w", windowsOpened.Add(1)), terminal, s.dir, s.environment)
}

// shows runs a command in a new terminal and compares the screen.
func (s *screens) shows(name, command string) {
	s.t.Helper()
	w := s.open()
	w.run(command)
	s.compare(w, name)
}

// screenExports makes the files that stories read, and returns their paths by the names that stories call them.
func screenExports(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	acornly, err := filepath.Abs("../../testdata/exports/acornly_events.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{"acornly_events.jsonl.gz": acornly}
	for name, seed := range map[string]uint64{"export/2026-05.jsonl": 5, "export/2026-06.jsonl": 6} {
		path := filepath.Join(dir, filepath.Base(name))
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriter(file)
		_, err = synthetic.Write(out, synthetic.Options{Rows: 1500, People: 60, Seed: seed, Invalid: 0.2, Duplicates: 1})
		if err = errors.Join(err, out.Flush(), file.Close()); err != nil {
			t.Fatal(err)
		}
		paths[name] = path
	}
	return paths
}

// checkNoOtherScreens finds files of screens that no story compares any more.
func checkNoOtherScreens(t *testing.T, names *sync.Map) {
	t.Helper()
	if t.Failed() {
		return // a story may have ended too early
	}
	paths, err := filepath.Glob(goldenScreens + "/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if _, compared := names.Load(path); !compared {
			t.Errorf("no story compares %s: delete it", path)
		}
	}
}
