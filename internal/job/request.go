package job

import (
	"context"
	"iter"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// Command is what somebody asked for.
type Command string

// The commands that are jobs. A preview is one of them that sends nothing, see Request.Preview.
const (
	Backfill Command = "backfill"
	Sync     Command = "sync"
	Retry    Command = "retry"
)

// Request is what somebody asks for, and what there is to read.
type Request struct {
	Command Command
	Preview bool      // nothing is to be sent, so that no run is resumed
	Now     time.Time // when the command began

	Inputs     *source.Snapshot     // what was found; of a retry an empty one, to look for files with
	Incomplete []*source.Incomplete // exports of which files are missing: a sync leaves them for later

	// Flags returns the flags that change what is sent. It is called only where they matter, since it reads
	// the files that some of them name.
	Flags func() (Flags, error)

	HoldsRecent bool // recent events are held
	RecentGiven bool // somebody chose whether they are
	Restart     bool // of a backfill: plan from the start, whatever was begun
	Merges      bool // of a retry: try rejected merges too
	FirstRun    bool // of a sync: it may be the first run of all
}

// Ledger is what a decision asks of the state. A *ledger.Store answers it.
type Ledger interface {
	// Runs returns the newest runs, at most so many, the newest first.
	Runs(ctx context.Context, most int) ([]*ledger.Run, error)
	// Last returns the newest run of a command, nil when there is none.
	Last(ctx context.Context, command string) (*ledger.Run, error)
	// KnownSources yields the sources that runs have read to their ends, as the last of them read each.
	KnownSources(ctx context.Context) iter.Seq2[ledger.KnownSource, error]
	// OpenRejects counts what was rejected and not tried again since, and names its sources.
	OpenRejects(ctx context.Context) (ledger.OpenRejects, error)
	// PendingMerges returns the merges that are not done, or that a run has done; the run is 0 for a new one.
	PendingMerges(ctx context.Context, run int64) ([]ledger.Merge, error)
	// WaitingBefore reports whether rows wait since runs before one.
	WaitingBefore(ctx context.Context, run int64) (bool, error)
}

// newest returns the newest run, nil when there is none.
func newest(ctx context.Context, l Ledger) (*ledger.Run, error) {
	runs, err := l.Runs(ctx, 1)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return runs[0], nil
}
