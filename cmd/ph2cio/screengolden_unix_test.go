//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// goldenScreens holds a directory for each size, with a file for each screen.
const goldenScreens = "../../testdata/golden/screens"

// shownHome stands for the directory that a story works in. Both have the same length.
const shownHome = "/home/someone/posthog"

// masks replace what differs from run to run by text of the same width.
var masks = []struct {
	found *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`127\.0\.0\.1([:-])\d{5}`), "127.0.0.1${1}18099"},
	{regexp.MustCompile(`\b\d+\.\ds\b`), "0.1s"},
	{regexp.MustCompile(`in \d s \(\d s so far\)`), "in 2 s (1 s so far)"},
}

// compare compares the screen of a window with its file, and what was written with the rules.
func (s *screens) compare(w *window, name string) {
	s.t.Helper()
	checkWritten(s.t, name, w.output(), w.size.columns)
	s.compareText(w.screen(false), name)
}

// compareEnd compares the last lines of a screen, where how the terminal wraps those above again is its own affair.
func (s *screens) compareEnd(w *window, name string, lines int) {
	s.t.Helper()
	all := w.screen(false).lines
	s.compareText(&screenText{lines: all[max(0, len(all)-lines):]}, name)
}

// compareColours compares a screen with its colours. The file has \e for the escape character.
func (s *screens) compareColours(w *window, name string) {
	s.t.Helper()
	screen := w.screen(true)
	for i := range screen.lines {
		screen.lines[i] = strings.ReplaceAll(screen.lines[i], "\x1b[0m\x1b[39m\x1b[49m", "\x1b[0m") // as tmux writes it
	}
	s.compareText(screen, name)
}

func (s *screens) compareText(screen *screenText, name string) {
	s.t.Helper()
	text := strings.ReplaceAll(screen.String(), s.dir, shownHome)
	text = strings.ReplaceAll(text, "\x1b", `\e`)
	for _, mask := range masks {
		text = mask.found.ReplaceAllString(text, mask.shown)
	}
	path := filepath.Join(goldenScreens, s.size.String(), name+".txt")
	s.names.Store(path, true)
	if *update {
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			s.t.Error(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Errorf("%v; -update writes it", err)
		return
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		s.t.Errorf("the screen %s at %s, want -, got + (-update writes it):\n%s", name, s.size, diff)
	}
}
