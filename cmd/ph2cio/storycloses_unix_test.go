//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// closes stdout|stderr TEXT CODE COMMAND...: runs the program, closes the pipe that reads this of it once it
// has had a line with TEXT, or at once for an empty one, and wants it to end by itself with this exit code.
// The other output is left in other.txt.
func closes(ts *testscript.TestScript, _ bool, args []string) {
	command := commandOf(ts, args[3:])
	from, to, err := os.Pipe()
	ts.Check(err)
	var other bytes.Buffer
	command.Stdout, command.Stderr = to, io.Writer(&other)
	if args[0] == "stderr" {
		command.Stdout, command.Stderr = &other, to
	}
	ts.Check(command.Start())
	ts.Check(to.Close())
	readUntil(from, args[1])
	ts.Check(from.Close())
	wantExit(ts, command, args[2], &other)
	ts.Check(os.WriteFile(ts.MkAbs("other.txt"), other.Bytes(), 0o600))
}

// stops SIGNAL TEXT CODE COMMAND...: runs the program, sends it the signal once it has said a line with TEXT
// on stderr, and wants this exit code. Its stderr is left in stderr.txt.
func stops(ts *testscript.TestScript, _ bool, args []string) {
	signal := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}[args[0]]
	command := commandOf(ts, args[3:])
	stderr, err := command.StderrPipe()
	ts.Check(err)
	ts.Check(command.Start())
	text := readUntil(stderr, args[1])
	ts.Check(command.Process.Signal(signal))
	rest, err := io.ReadAll(stderr)
	ts.Check(err)
	said := bytes.NewBuffer(append(text, rest...))
	wantExit(ts, command, args[2], said)
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), said.Bytes(), 0o600))
}

// commandOf is a command of a story.
func commandOf(ts *testscript.TestScript, words []string) *exec.Cmd {
	program, err := exec.LookPath(words[0])
	ts.Check(err)
	command := exec.Command(program, words[1:]...)
	command.Dir = ts.Getenv("WORK")
	for _, name := range []string{"CUSTOMERIO_TRACK_URL", "CUSTOMERIO_SITE_ID", "CUSTOMERIO_API_KEY", "XDG_STATE_HOME", "HOME", "PATH"} {
		command.Env = append(command.Env, name+"="+ts.Getenv(name))
	}
	return command
}

// readUntil reads lines up to one that has a text in it.
func readUntil(from io.Reader, text string) (read []byte) {
	one := make([]byte, 1)
	for line := ""; text != ""; {
		if _, err := from.Read(one); err != nil {
			return read
		}
		read, line = append(read, one[0]), line+string(one)
		if one[0] == '\n' {
			if strings.Contains(line, text) {
				return read
			}
			line = ""
		}
	}
	return read
}

// wantExit waits for a program that must end by itself, not by a signal, with an exit code.
func wantExit(ts *testscript.TestScript, command *exec.Cmd, code string, output *bytes.Buffer) {
	timer := time.AfterFunc(2*time.Minute, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	if got := exitCodeOf(command.Wait()); strconv.Itoa(got) != code {
		ts.Fatalf("exit code %d, want %s (-1 is the end by a signal)\n%s", got, code, output)
	}
}
