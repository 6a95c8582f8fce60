package cli

import (
	"strings"
	"testing"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer/deliver"
)

// TestAStateFitsOneScreen shows states in every condition that a person may find one in.
func TestAStateFitsOneScreen(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 9, 30, hour, 27, 32, 0, time.UTC) }
	lag := int64(7200)
	counters := deliver.Counters{Read: 9000, Accepted: map[customerio.Action]int64{customerio.Event: 7, customerio.Identify: 3306}}
	backfill := runReport{ID: 2, Command: backfillCommand, Began: at(12), Saved: at(13), Rows: 100_000, Phase: "events", Done: counters}
	done := backfill
	done.ID, done.Ended, done.Outcome = 1, at(14), ledger.Done
	troubled := done
	troubled.Outcome, troubled.Sources = ledger.Troubled, []sourceReport{{Path: "export/a.gz", Trouble: "ends early"}, {Path: "b"}}
	now := runningNow{PID: 7, Host: "here", Since: at(15)}
	sends := now
	sends.Sends = true
	state := func(running *runningNow, runs ...runReport) *stateReport {
		s := &stateReport{Path: "/s/1", EnvironmentID: 1, BaseURL: "https://track-eu.customer.io", Running: running, Runs: runs, People: 3306, Newest: at(10), Lag: &lag}
		if running == nil && len(runs) > 0 {
			s.Next = "ph2cio sync export/"
		}
		return s
	}
	for name, c := range map[string]struct {
		state *stateReport
		want  []string
	}{
		"done": {state(nil, done), []string{
			"Workspace 1 (eu)   up to date through 30 Sep 2026\n", "Last run     backfill, done 30 Sep 2026 14:27 UTC ·\n             7 events and 3,306 people sent\n",
			"    sends what is new\n",
		}},
		"stopped": {state(nil, backfill, done), []string{
			"Workspace 1 (eu)   backfill not finished\n", "Last run     backfill, stopped 30 Sep 2026 13:27 UTC while sending events ·",
			"9,000 of 100,000 rows done\n", "`ph2cio status --all` shows older runs\n", "    resumes it\n",
		}},
		"under way": {state(&sends, backfill, done), []string{
			"(eu)   backfill under way\n", "Running      backfill since 30 Sep 2026 15:27 UTC (process 7 on here)\n             sending events: 9,000 of 100,000 rows done\n", "Last run     backfill, done 30 Sep 2026 14:27 UTC",
		}},
		"first under way": {state(&sends, backfill), []string{"(eu)   backfill under way\n"}},
		"asking":          {state(&now, done), []string{"(eu)   a run has begun, and has sent nothing yet\n", "             reads, or waits for somebody's answer\n"}},
		"troubled":        {state(nil, troubled), []string{"(eu)   some files could not be read to the end\n", "Trouble      export/a.gz: ends early\n"}},
		"no run":          {state(nil), []string{"(eu)   nothing sent yet\n"}},
	} {
		text := &statusText{terminal.Lines{Width: 80}}
		text.state(c.state, false)
		for _, want := range c.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text.String())
			}
		}
		if lines := strings.Count(text.String(), "\n"); lines > 12 {
			t.Errorf("%s takes %d lines:\n%s", name, lines, text.String())
		}
		for line := range strings.Lines(text.String()) {
			if wide := terminal.ColumnsOf(strings.TrimSuffix(line, "\n")); wide > 80 {
				t.Errorf("%s is %d columns wide: %s", name, wide, line)
			}
		}
	}
}

// TestALongHeadlineOfAStateFits has a workspace whose address leaves no room for the verdict beside it.
func TestALongHeadlineOfAStateFits(t *testing.T) {
	tried := runReport{Command: backfillCommand, Outcome: ledger.Done, Ended: time.Date(2026, 9, 30, 14, 27, 32, 0, time.UTC)}
	s := &stateReport{EnvironmentID: 1, BaseURL: "http://127.0.0.1:8099", Runs: []runReport{tried}, Next: "ph2cio backfill export/"}
	text := &statusText{terminal.Lines{Width: 80}}
	text.headline(s)
	if want := "Workspace 1 (http://127.0.0.1:8099)\n  tried with --only, and not sent to everybody\n"; text.String() != want {
		t.Errorf("%q, want %q", text.String(), want)
	}
}
