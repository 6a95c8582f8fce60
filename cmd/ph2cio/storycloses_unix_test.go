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

// closes stdout|stderr TEXT CODE COMMAND...: runs the program and closes the pipe that reads this output
// after a line with TEXT, or at once if TEXT is empty. The program must then end by itself with this exit
// code. Its other output is written to other.txt.
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

// stops SIGNAL TEXT CODE COMMAND...: runs the program and sends it the signal after a line with TEXT on
// stderr. The program must end with this exit code. Its stderr is written to stderr.txt.
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

// commandOf returns a command of a story.
func commandOf(ts *testscript.TestScript, words []string) *exec.Cmd {
	program, err := exec.LookPath(words[0])
	ts.Check(err)
	command := exec.Command(program, words[1:]...)
	command.Dir = ts.Getenv("WORK")
	for _, name := range []string{"CUSTOMERIO_TRACK_URL", "CUSTOMERIO_SITE_ID", "CUSTOMERIO_API_KEY", "XDG_STATE_HOME", "HOME", "PATH", "GORACE"} {
		command.Env = append(command.Env, name+"="+ts.Getenv(name))
	}
	return command
}

// readUntil reads lines until one holds a text.
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

// wantExit checks that a program ends by itself, not by a signal, and with an exit code.
func wantExit(ts *testscript.TestScript, command *exec.Cmd, code string, output *bytes.Buffer) {
	timer := time.AfterFunc(2*time.Minute, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	if got := exitCodeOf(command.Wait()); strconv.Itoa(got) != code {
		ts.Fatalf("exit code %d, want %s (-1 is the end by a signal)\n%s", got, code, output)
	}
}
