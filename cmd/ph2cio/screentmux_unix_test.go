//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tmux is a tmux server of its own, which nobody is attached to. Each of its sessions is one terminal.
type tmux struct{ socket string }

// startTmux starts a server, which ends with the test, and also if this process is killed. It skips the test where there is no
// tmux.
func startTmux(t *testing.T) *tmux {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("screens are not compared: install tmux for that")
	}
	m := &tmux{filepath.Join(shortDir(t), "tmux")}
	m.endWithThisProcess(t)
	// A server ends with its last session: this one stays.
	m.do(t, "new-session", "-d", "sh", ";", "set", "-g", "status", "off", ";", "set", "-g", "history-limit", "5000")
	return m
}

// shortDir makes a directory whose path is as long as shownHome, since messages that hold it are wrapped, and short, since
// sockets have short names. It is removed when the test ends.
func shortDir(t *testing.T) string {
	t.Helper()
	for range 10 {
		dir, err := os.MkdirTemp("/tmp", "ph2cio-*")
		if err != nil {
			t.Fatal(err)
		}
		short := dir + strings.Repeat("0", len(shownHome))
		short = short[:len(shownHome)]
		err = os.Rename(dir, short)
		if err == nil {
			t.Cleanup(func() { _ = os.RemoveAll(short) })
			return short
		}
		_ = os.Remove(dir)
	}
	t.Fatal("there is no free name in /tmp")
	return ""
}

// endWithThisProcess starts a shell that ends the server once its standard input is closed.
func (m *tmux) endWithThisProcess(t *testing.T) {
	t.Helper()
	ender := exec.Command("sh", "-c", `cat >/dev/null; exec tmux -S "$0" kill-server`, m.socket)
	open, err := ender.StdinPipe()
	if err == nil {
		err = ender.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(open.Close(), ender.Wait()) })
}

// do runs commands of tmux, with ; between them, and returns what they print.
func (m *tmux) do(t *testing.T, words ...string) string {
	t.Helper()
	c := exec.Command("tmux", append([]string{"-u", "-S", m.socket, "-f", os.DevNull}, words...)...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color"} // and no TMUX
	var failed bytes.Buffer
	c.Stderr = &failed
	out, err := c.Output()
	if err != nil {
		t.Fatalf("tmux %s: %v\n%s", strings.Join(words, " "), err, &failed)
	}
	return string(out)
}
