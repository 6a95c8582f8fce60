package job

import (
	"context"
	"iter"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// Command is one of the commands that send.
type Command string

// The commands that send. A preview is one of them with Request.Preview.
const (
	Backfill Command = "backfill"
	Sync     Command = "sync"
	Retry    Command = "retry"
)

// Request is a command that somebody typed, and the sources that were found.
type Request struct {
	Command Command
	Preview bool      // nothing is sent, so that no run is resumed
	Now     time.Time // when the command began

	Inputs     *source.Snapshot     // what was found; for a retry an empty snapshot, which can look for files
	Incomplete []*source.Incomplete // exports of which files are missing: a sync leaves them for later

	// Flags returns the flags that change what is sent. It reads the files that some of them name, so it is
	// called only when needed.
	Flags func() (Flags, error)

	HoldsRecent bool // recent events are held
	RecentGiven bool // a flag says whether recent events are held
	Restart     bool // for a backfill: plan from the start, also if a run was stopped
	Merges      bool // for a retry: try rejected merges too
	FirstRun    bool // for a sync: it may be the first run of the state

	known *knownThen // what Idle has found, nil if it was not asked
}

// knownThen is what the ledger said of the sources of a request when a run was the last one.
type knownThen struct {
	sources *newSources
	last    *ledger.Run
}

// still reports whether the same run is the last one, and as it was.
func (k *knownThen) still(last *ledger.Run) bool {
	return k != nil && last != nil && last.ID == k.last.ID && last.Ended.Equal(k.last.Ended) && last.Outcome == k.last.Outcome
}

// Ledger is what decisions need of the state. *ledger.Store is one.
type Ledger interface {
	// LastRun returns the newest run, nil if there is none. One that has ended comes without its sources.
	LastRun(ctx context.Context) (*ledger.Run, error)
	// Last returns the newest run of a command, nil if there is none.
	Last(ctx context.Context, command string) (*ledger.Run, error)
	// KnownSources yields the sources of runs that have come to their ends. One that several of them have
	// read comes several times, last as the last of them read it.
	KnownSources(ctx context.Context) iter.Seq2[ledger.KnownSource, error]
	// OpenRejects counts what was rejected and not tried again since, and returns the sources with such rows.
	OpenRejects(ctx context.Context) (ledger.OpenRejects, error)
	// FreedSources returns the sources with rows that were rejected only because their person was, if a run
	// other than besides has sent the person since; besides is 0 for no exception.
	FreedSources(ctx context.Context, besides int64) ([]ledger.SourceOfRun, error)
	// PendingMerges returns the merges that are not done and those that a run has done; run is 0 for a new
	// run.
	PendingMerges(ctx context.Context, run int64) ([]ledger.Merge, error)
	// Manifests returns the manifests of stores that runs have saved as End says.
	Manifests(ctx context.Context) ([]ledger.Manifest, error)
	// WaitingBefore reports whether rows wait that an earlier run than the given one has read.
	WaitingBefore(ctx context.Context, run int64) (bool, error)
	// WaitingPaths yields the paths of all sources with waiting rows, some perhaps several times.
	WaitingPaths(ctx context.Context) iter.Seq2[ledger.WaitingPath, error]
}
