package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

func newStatus(p *program) *cobra.Command {
	o := &statusOptions{}
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what has been sent, what is left, and what to type next",
		Long: `Shows what the state directories know: how far the last run has come, what was rejected or waits, and the command to type.
It needs no credentials, sends nothing, and works while a run is under way. With --all it shows each of the last 20 runs. With
--rejects it lists what was rejected and is still to be fixed, and how to fix it.`,
		Example: `  ph2cio status
  ph2cio status --all
  ph2cio status --state DIR --json
  ph2cio status --rejects --rejects-csv rejects.csv`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return runStatus(c.Context(), p, o) },
	}
	p.checks.add(c, func([]string) error { return o.check() })
	f := flagsInOrder(c)
	o.addFlags(f)
	f.BoolVar(&p.allFlags, allFlag, false, "show each of the last 20 runs; with --help: show all flags")
	describe(f, allFlag, ownFlags, "", sendsSame, inShort(), commandLineOnly)
	p.stores.addAccountFlags(c.Flags())
	return c
}

// statesDocument is the document of status.
type statesDocument struct {
	States []stateReport `json:"states"`
}

// stateReport is what status shows of one state directory.
type stateReport struct {
	Path          string      `json:"path"`
	EnvironmentID int64       `json:"environment_id"`
	BaseURL       string      `json:"base_url"`
	Running       *runningNow `json:"running,omitempty"`
	People        int64       `json:"people"` // sent, over all runs, each counted once
	MergesDone    int64       `json:"merges_done"`
	MergesOpen    int64       `json:"merges_open"`          // planned, and not known to be done
	OpenRejects   int64       `json:"open_rejects"`         // that no run has tried again
	OpenMerges    int64       `json:"open_rejected_merges"` // among them
	Waiting       waitingNow  `json:"waiting"`
	Newest        time.Time   `json:"newest_event,omitzero"` // of what was sent; left out if in the future
	Lag           *int64      `json:"lag_seconds,omitempty"` // since then
	Runs          []runReport `json:"runs"`                  // the newest first
	Next          string      `json:"next"`                  // the command to type; empty during a run

	Rejects *[]terminal.OpenReject `json:"rejects,omitempty"` // the open ones, with --rejects

	summary   transfer.Summary // of the last run that has ended; zero if none has
	open      ledger.OpenRejects
	rejects   *openRejects // nil unless asked for
	stateFlag string       // the value of --state, empty for the user's own directories
}

type runningNow struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	Sends bool      `json:"sends"` // it has begun to send; before that it reads, or waits for an answer
}

// runReport is what status shows of one run.
type runReport struct {
	ID      int64            `json:"id"`
	Command string           `json:"command"`
	Version string           `json:"version"`
	Began   time.Time        `json:"began"`
	Saved   time.Time        `json:"saved,omitzero"` // its last checkpoint
	Ended   time.Time        `json:"ended,omitzero"`
	Outcome ledger.Outcome   `json:"outcome,omitempty"`
	Phase   string           `json:"phase"`
	Rows    int64            `json:"rows"` // of its sources
	Done    deliver.Counters `json:"done"`
	Sources []sourceReport   `json:"sources"`
	Rejects map[string]int64 `json:"rejects"`
	// Summary is that of the last run that has ended. It has only those sources that have trouble or a
	// warning.
	Summary json.RawMessage `json:"summary,omitempty"`
}

type sourceReport struct {
	Path    string `json:"path"`
	Bytes   int64  `json:"bytes"`
	Rows    int64  `json:"rows"`
	Trouble string `json:"trouble,omitempty"`
}

// maxRuns is how many runs of a state are shown.
const maxRuns = 20

func runStatus(ctx context.Context, p *program, o *statusOptions) (err error) {
	state := o.state
	dirs, err := p.stateDirs(state)
	if err != nil {
		return err
	}
	table, done, err := p.rejectTable(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	reports := []stateReport{}
	for _, dir := range dirs {
		report, err := p.reportState(ctx, dir, o.rejects, table)
		if errors.Is(err, fs.ErrNotExist) && state == "" {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			return p.nothingSentError(dir, state, otherStateHint)
		}
		if err != nil {
			return err
		}
		report.stateFlag = state
		reports = append(reports, *report)
	}
	if p.json {
		return p.writeJSON(p.env.Stdout, &statesDocument{reports})
	}
	if len(reports) == 0 {
		return p.writeNoStates()
	}
	if o.rejects {
		return p.writeRejects(reports)
	}
	return p.writeStatus(reports)
}

// writeNoStates says where status looked and found nothing.
func (p *program) writeNoStates() error {
	where, err := p.statesBase()
	if err != nil {
		return err
	}
	t := &statusText{terminal.Lines{Style: p.style(p.env.StdoutTerminal), Width: p.columns()}}
	fmt.Fprintln(t, terminal.Wrap(fmt.Sprintf("Nothing has been sent yet (no state directory in %s).", terminal.Plain(where)), p.columns(), 0))
	t.Next("ph2cio preview SOURCE", "shows what would be sent")
	_, err = io.WriteString(p.env.Stdout, t.String())
	return err
}

// reportState reads what is shown of a state directory: the open rejects too if they are listed, or if there
// is a table for them.
func (p *program) reportState(ctx context.Context, dir string, listed bool, table *terminal.RejectTable) (report *stateReport, err error) {
	store, err := openReadOnly(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	of := store.Workspace()
	report = &stateReport{Path: dir, EnvironmentID: of.EnvironmentID, BaseURL: of.BaseURL, Runs: []runReport{}}
	if holder, running := ledger.Running(dir); running {
		report.Running = &runningNow{PID: holder.PID, Host: holder.Host, Since: holder.Since}
	}
	now := p.now()
	totals, err := store.Totals(ctx, now)
	if err != nil {
		return nil, err
	}
	report.People, report.MergesDone, report.MergesOpen = totals.People, totals.MergesDone, totals.MergesPending
	open, err := store.OpenRejects(ctx)
	if err != nil {
		return nil, err
	}
	report.open = open
	if listed || table != nil {
		if report.rejects, err = p.readOpenRejects(ctx, store, open.Sources, table); err != nil {
			return nil, err
		}
		if listed {
			report.Rejects = &report.rejects.all
		}
	}
	report.OpenRejects, report.OpenMerges = open.Rows+open.People+open.Merges+open.Emails, open.Merges
	report.Waiting = newWaitingNow(&totals.Waiting)
	if report.Newest = totals.Newest; !report.Newest.IsZero() {
		report.Lag = new(int64(now.Sub(report.Newest).Seconds()))
	}
	runs, err := store.Runs(ctx, maxRuns)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		one, err := reportRun(ctx, run)
		if err != nil {
			return nil, err
		}
		report.Runs = append(report.Runs, *one)
	}
	if err := report.addSummary(ctx, store); err != nil {
		return nil, err
	}
	if report.Running != nil && len(runs) > 0 {
		report.Running.Sends = hasBegun(runs[0], report.Running.Since)
	}
	if len(runs) > 0 && report.Running == nil {
		report.Next = nextOf(runs, report.Waiting.byReason[ledger.Recent].Rows > 0)
	}
	return report, nil
}

// hasBegun reports whether the newest run is that of a process which has held the state since a time: it has
// begun or, if it was resumed, saved something since then.
func hasBegun(newest *ledger.Run, since time.Time) bool {
	return newest.Ended.IsZero() && (!newest.Began.Before(since) || newest.Saved.After(since))
}

// nextOf is the command to type after some runs, the newest first: to resume one that was stopped, to send
// the recent events that wait, to send everybody after few people of --only, else to send what is new. It is
// empty where that cannot be told.
func nextOf(runs []*ledger.Run, held bool) string {
	if runs[0].Ended.IsZero() {
		return runs[0].Typed
	}
	tried := ""
	for _, run := range runs {
		all, only := withoutOnly(run.Typed)
		switch {
		case run.Command == syncCommand && only == "":
			return strings.Replace(run.Typed, " --first-run", "", 1)
		case run.Command != backfillCommand:
		case only != "":
			tried = cmp.Or(tried, all)
		case held:
			return run.Typed + " --" + terminal.RestartFlag
		default:
			return syncAfter(run)
		}
	}
	return tried
}

// syncAfter is the sync that sends what is new after a backfill: with the same flags, but for the one that
// answers what a sync never asks. It is empty if a sync cannot read what the backfill has read.
func syncAfter(backfill *ledger.Run) string {
	rest, is := strings.CutPrefix(backfill.Typed, "ph2cio "+backfillCommand+" ")
	if !is || slices.ContainsFunc(backfill.Sources, func(s ledger.Source) bool { return job.IsStdin(s.Path) }) {
		return ""
	}
	return "ph2cio " + syncCommand + strings.TrimSuffix(strings.Replace(" "+rest+" ", " --yes ", " ", 1), " ")
}

func reportRun(ctx context.Context, run *ledger.Run) (*runReport, error) {
	counters, err := deliver.ReadCounters(run.Counters)
	if err != nil {
		return nil, err
	}
	rejects, err := run.Reasons(ctx)
	if err != nil {
		return nil, err
	}
	report := &runReport{
		ID: run.ID, Command: run.Command, Version: run.Version, Began: run.Began, Saved: run.Saved, Ended: run.Ended, Outcome: run.Outcome,
		Phase: run.Phase.String(), Rows: run.Rows, Done: counters, Rejects: rejects, Sources: []sourceReport{},
	}
	for _, source := range run.Sources {
		report.Sources = append(report.Sources, sourceReport{source.Path, source.Size, source.Rows, source.Trouble})
	}
	return report, nil
}
