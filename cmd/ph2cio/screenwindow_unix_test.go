//go:build unix

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// size is a terminal's.
type size struct{ columns, rows int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.columns, s.rows) }

// window is one terminal with a shell in it.
type window struct {
	t       *testing.T
	tmux    *tmux
	name    string // of its session
	size    size
	written string // the file that gets what the terminal gets
	typed   int    // how much of that there was when the last command was typed
}

// prompt is the shell's.
const prompt = "$ "

// openWindow starts a shell with these variables alone, and waits for its prompt.
func openWindow(t *testing.T, m *tmux, name string, s size, dir string, environment map[string]string) *window {
	t.Helper()
	w := &window{t: t, tmux: m, name: name, size: s, written: filepath.Join(t.TempDir(), "written")}
	words := []string{"new-session", "-d", "-s", name, "-x", strconv.Itoa(s.columns), "-y", strconv.Itoa(s.rows), "-c", dir, "env", "-i"}
	for _, variable := range slices.Sorted(maps.Keys(environment)) {
		words = append(words, variable+"="+environment[variable])
	}
	// Both commands in one call, so that nothing is written before the pipe is there. Without emacs a shell that can edit its line
	// writes no control codes around it.
	m.do(t, append(words, "PS1="+prompt, "BASH_SILENCE_DEPRECATION_WARNING=1", "sh", "+o", "emacs", "-i", ";", "pipe-pane", "-t", name, "exec cat >'"+w.written+"'")...)
	t.Cleanup(func() { m.do(t, "kill-session", "-t", name) })
	w.untilPrompt()
	return w
}

// run types a command and waits until it has ended.
func (w *window) run(command string) {
	w.t.Helper()
	w.start(command)
	w.untilPrompt()
}

// start types a command.
func (w *window) start(command string) {
	w.t.Helper()
	w.typed = len(w.all())
	w.typeText(command)
	w.press("Enter")
}

// typeText types text as it is.
func (w *window) typeText(text string) { w.tmux.do(w.t, "send-keys", "-t", w.name, "-l", text) }

// press presses keys: Enter, C-c, Tab or a letter.
func (w *window) press(keys ...string) {
	w.tmux.do(w.t, append([]string{"send-keys", "-t", w.name}, keys...)...)
}

// resize gives the terminal another size.
func (w *window) resize(s size) {
	w.tmux.do(w.t, "resize-window", "-t", w.name, "-x", strconv.Itoa(s.columns), "-y", strconv.Itoa(s.rows))
}

// all is everything that was written to the terminal so far, with its control codes.
func (w *window) all() string {
	text, err := os.ReadFile(w.written)
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(text)
}

// output is what the terminal got since the last command was typed.
func (w *window) output() string { return w.all()[w.typed:] }

// plain is text without the codes for colours.
func plain(text string) string { return colours.ReplaceAllString(text, "") }

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// until waits until a text has been written.
func (w *window) until(text string) {
	w.t.Helper()
	w.wait(strconv.Quote(text), func() bool { return strings.Contains(plain(w.output()), text) })
}

// untilPrompt waits until the shell asks for a command.
func (w *window) untilPrompt() {
	w.t.Helper()
	w.wait("the prompt", func() bool {
		text := w.output()
		return text == prompt || strings.HasSuffix(text, "\n"+prompt) || strings.HasSuffix(text, "^C"+prompt)
	})
}

// untilQuiet waits until nothing more is written, so that a bar shows what there is to show.
func (w *window) untilQuiet() {
	w.t.Helper()
	const quiet = 500 * time.Millisecond // a bar is drawn again after a fifth of that
	length, since := -1, time.Now()
	w.wait("a moment without output", func() bool {
		if now := len(w.all()); now != length {
			length, since = now, time.Now()
		}
		return time.Since(since) >= quiet
	})
}

func (w *window) wait(what string, reached func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !reached(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s does not come. The screen:\n%s", what, w.screen(false).String())
		}
	}
}

// screen returns what the terminal shows and what was scrolled off it, with the codes for colours or without.
func (w *window) screen(coloured bool) *screenText {
	words := []string{"display-message", "-t", w.name, "-p", "#{history_size}", ";", "capture-pane", "-t", w.name, "-p", "-S", "-"}
	if coloured {
		words = append(words, "-e")
	}
	first, rest, _ := strings.Cut(w.tmux.do(w.t, words...), "\n")
	scrolled, err := strconv.Atoi(first)
	if err != nil {
		w.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(rest, "\n"), "\n")
	return &screenText{lines: lines, scrolled: min(scrolled, len(lines))}
}

// screenText is what a terminal shows, and before that what was scrolled off it.
type screenText struct {
	lines    []string
	scrolled int // how many lines
}

// String is the text with a line that marks where the visible part begins, if there is more.
func (s *screenText) String() string {
	lines := slices.Clone(s.lines)
	if s.scrolled > 0 {
		lines = slices.Insert(lines, s.scrolled, fmt.Sprintf("~~~~ %d lines above have scrolled off the screen ~~~~", s.scrolled))
	}
	return strings.Join(lines, "\n") + "\n"
}
