package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/sandbox"
)

// TestASyncFollowsABackfill has the flags of the backfill, but for the answer to a question that a sync never asks.
func TestASyncFollowsABackfill(t *testing.T) {
	for typed, want := range map[string]string{
		"ph2cio backfill --yes --rate 2 export/": "ph2cio sync --rate 2 export/",
		"ph2cio backfill export/ --yes":          "ph2cio sync export/",
		"ph2cio backfill export/":                "ph2cio sync export/",
		"ph2cio sync export/":                    "",
	} {
		if got := syncAfter(&ledger.Run{Start: ledger.Start{Typed: typed}}); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// TestStatusKnowsARunThatAsks looks at the state while a backfill waits for the answer to its question, after another run has ended.
func TestStatusKnowsARunThatAsks(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	dir := t.TempDir()
	source, state := filepath.Join(dir, "more.jsonl"), filepath.Join(dir, "state")
	write(t, source, `{"event":"Opened","distinct_id":"user_1","timestamp":"2026-03-01T09:00:00Z","uuid":"01960001-0000-7000-8000-000000000001","properties":{}}`+"\n")
	if out := runProgram(t, account, "backfill", "--yes", "--quiet", "--state", state, acornly); out.code != exit.Done {
		t.Fatal(out.stderr)
	}
	status := ""
	look := func() error {
		status = strings.Join(strings.Fields(runProgram(t, account, "status", "--state", state).stdout), " ")
		return nil
	}
	runProgramWith(t, func(e *Env) {
		e.Stdin, e.StdinTerminal, e.StderrTerminal = &answerAfter{look, strings.NewReader("n\n")}, true, true
	}, account, "backfill", "--state", state, source)
	if !strings.Contains(status, "a run has begun, and has sent nothing yet") || strings.Contains(status, "sending ") {
		t.Error(status)
	}
}
