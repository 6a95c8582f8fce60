//go:build unix

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// signals NAME TIMES CODE COMMAND...: runs the program, sends it the signal so many times once the sandbox
// has answered some more requests, and checks its exit code. Until the first signal the sandbox holds back
// all later requests. The program's output is written to stdout.txt and stderr.txt.
func signals(ts *testscript.TestScript, _ bool, args []string) {
	signal := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}[args[0]]
	command := commandOf(ts, args[3:])
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	const some = 12
	gate, before := gateOf(ts), requestsSoFar(ts)
	gate.hold(some)
	defer gate.open(false)
	ts.Check(command.Start())
	defer func() { _ = command.Process.Kill() }()
	waitForRequests(ts, before+some)
	waitForSaved(ts, args[3:])
	for n := range len(args[1]) {
		if n > 0 {
			time.Sleep(300 * time.Millisecond)
		}
		ts.Check(command.Process.Signal(signal))
		gate.open(signal == syscall.SIGKILL)
	}
	err := command.Wait()
	code := command.ProcessState.ExitCode()
	if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		ts.Fatalf("%v", err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), stdout.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), stderr.Bytes(), 0o600))
	if want := map[string]int{"130": 130, "137": 137, "143": 143}[args[2]]; code != want {
		ts.Fatalf("exit code %d, want %s\n%s\n%s", code, args[2], &stdout, &stderr)
	}
}

// waitForRequests waits until the sandbox has answered so many requests.
func waitForRequests(ts *testscript.TestScript, n int64) {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if requestsSoFar(ts) >= n {
			return
		}
	}
	ts.Fatalf("the sandbox never had %d requests", n)
}

// waitForSaved waits until the state of a command has acknowledged events, which takes a moment after the
// answers. It gives up after a while: there may be no events among the requests so far.
func waitForSaved(ts *testscript.TestScript, command []string) {
	_, rest, found := strings.Cut(strings.Join(command, " "), "--state ")
	if !found {
		return
	}
	state, _, _ := strings.Cut(rest, " ")
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if savedEvents(ts.MkAbs(state)) > 0 {
			return
		}
	}
}

// savedEvents returns how many acknowledged events the state has of the last run, 0 if it cannot be read.
func savedEvents(state string) int64 {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(state, "state.db")+"?mode=ro")
	if err != nil {
		return 0
	}
	defer db.Close()
	var text []byte
	if db.QueryRow("SELECT counters FROM positions ORDER BY run DESC, phase DESC LIMIT 1").Scan(&text) != nil {
		return 0
	}
	var counters struct{ Accepted map[string]int64 }
	if json.Unmarshal(text, &counters) != nil {
		return 0
	}
	return counters.Accepted["event"] + counters.Accepted["page"] + counters.Accepted["screen"]
}

func requestsSoFar(ts *testscript.TestScript) int64 {
	var stats struct{ Requests int64 }
	answer, err := http.Get(ts.Getenv("CUSTOMERIO_TRACK_URL") + "/sandbox/stats")
	ts.Check(err)
	err = json.NewDecoder(answer.Body).Decode(&stats)
	answer.Body.Close()
	ts.Check(err)
	return stats.Requests
}
