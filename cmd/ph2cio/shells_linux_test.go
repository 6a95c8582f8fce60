package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// shells are the shells that the program has completions for and that run on a pseudo terminal. Each starts
// with a prompt that the test can wait for.
var shells = []struct {
	name  string
	args  []string
	files map[string]string // in its home
	needs string            // a file of the system
}{
	{
		name: "bash", args: []string{"--noprofile", "--rcfile", "rc", "-i"}, needs: "/usr/share/bash-completion/bash_completion",
		files: map[string]string{"rc": ". /usr/share/bash-completion/bash_completion\nsource <(ph2cio completion bash)\nPS1='ready> '\n"},
	},
	{
		name: "zsh", args: []string{"-i"},
		files: map[string]string{".zshrc": "autoload -Uz compinit; compinit -u -D\nsource <(ph2cio completion zsh)\nPS1='ready> '\n"},
	},
	{
		name: "fish", args: []string{"--no-config", "-C", "ph2cio completion fish | source; function fish_prompt; echo 'ready> '; end"},
	},
}

// TestCompletionInShells presses Tab in real shells.
func TestCompletionInShells(t *testing.T) {
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(shell.name)
			if err != nil {
				t.Skipf("%s is not installed", shell.name)
			}
			if _, err := os.Stat(shell.needs); shell.needs != "" && err != nil {
				t.Skipf("%s is not there", shell.needs)
			}
			home := t.TempDir()
			for name, text := range shell.files {
				if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			pressTab(t, home, path, shell.args)
		})
	}
}

// pressTab completes a topic, the last word of a list and the values of a flag. It runs the first two lines
// to see what they became.
func pressTab(t *testing.T, home, path string, args []string) {
	main, side, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	defer main.Close()
	command := exec.Command(path, args...)
	command.Dir = home
	command.Env = []string{"HOME=" + home, "ZDOTDIR=" + home, "XDG_STATE_HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm", "NO_COLOR=1"}
	command.Stdin, command.Stdout, command.Stderr = side, side, side
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	side.Close()
	screen, ended, read := &screen{}, make(chan struct{}), make(chan struct{})
	go func() { defer close(read); screen.readFrom(main) }()
	go func() { defer close(ended); _ = command.Wait() }()
	defer func() { _ = command.Process.Kill(); <-ended; <-read }()
	if !screen.waitFor("ready> ", ended) {
		t.Fatalf("there is no prompt:\n%s", screen)
	}
	for _, c := range []struct{ typed, shows string }{
		{"ph2cio help exit-c\t\r", "stopped by Ctrl-C"},
		{"ph2cio backfill --identify-by id,em\t\r", "no SOURCE given"},
		{"ph2cio backfill --people \t\t", "people who logged in"},
	} {
		before := len(screen.String())
		if _, err := main.WriteString(c.typed); err != nil {
			t.Fatal(err)
		}
		if !screen.waitFor(c.shows, ended) {
			t.Errorf("%q does not show %q:\n%s", c.typed, c.shows, screen.String()[before:])
		}
	}
	if strings.Contains(screen.String(), "--identify-by takes") {
		t.Errorf("the end of a list was not completed:\n%s", screen)
	}
}
