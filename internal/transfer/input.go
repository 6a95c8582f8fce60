package transfer

import (
	"context"
	"runtime"

	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// Input is what a run reads, and what it knows of earlier runs. Only Sources must be set.
type Input struct {
	Sources    []source.Source      // exports of events, in the order in which they are read
	Persons    []source.Source      // exports of persons, read before all else; Rules.Index.Persons must be set with them
	Read       posthog.Options      // how to read Sources; the passes set Until, Known and Types
	Team       int64                // rows of any other team_id are skipped; 0 accepts rows of one team only, whichever it is
	Found      *source.Snapshot     // all that was found when the run began, Sources among it; nil is nothing
	Incomplete []*source.Incomplete // exports of which files are missing, for the summary
	Details    DetailLevel          // which Details the summary has

	Earlier

	Progress Progress // nil shows nothing
	Workers  int      // goroutines that decode and map; 0 is one for each core

	mostTail int // for tests, instead of the constant; 0 is the constant
}

// Earlier is what a run knows of earlier ones, and what it does about it. The zero value knows of none.
type Earlier struct {
	State   *ledger.Store // what earlier runs have read and sent; nil knows of no run
	Resumed *ledger.Run   // the stopped run that this one continues; nil for a new one

	// Remember says that FirstPass.Restorable will be stored for later runs. A resumed run has stored it
	// already.
	Remember bool
	// OtherSources says that earlier runs have read sources that are not among Input.Sources.
	OtherSources bool
	// NameOf returns the name under which State has the source of a path. Nil is source.Absolute.
	NameOf func(path string) string
	// SkipsMore returns the reasons for which this run skips rows that a run with those flags did not skip.
	// Nil is for a run that has the flags of all earlier ones.
	SkipsMore func(flags string) map[string]bool

	// SaysWhatIsGone says that rows which wait in sources that are gone are looked for in all sources, and are
	// lost if they are in none. Else they keep waiting.
	SaysWhatIsGone bool

	ResendOld   bool           // rows are sent of days for which State no longer has what was sent
	RetryRows   bool           // rows and people that earlier runs have rejected are tried again
	RetryMerges bool           // rejected merges are tried again
	Merges      []ledger.Merge // sent in addition to the merges that the first pass finds
}

// resumedID is the number of the resumed run in the state, 0 for a new run.
func (e *Earlier) resumedID() int64 {
	if e.Resumed == nil {
		return 0
	}
	return e.Resumed.ID
}

func (e *Earlier) nameOf(path string) string {
	if e.NameOf == nil {
		return source.Absolute(path)
	}
	return e.NameOf(path)
}

func (e *Earlier) skipsMore(flags string) map[string]bool {
	if e.SkipsMore == nil {
		return nil
	}
	return e.SkipsMore(flags)
}

// skipsMoreOnce returns skipsMore for a few different flags that come many times.
func (e *Earlier) skipsMoreOnce() func(flags string) map[string]bool {
	known := map[string]map[string]bool{}
	return func(flags string) map[string]bool {
		reasons, ok := known[flags]
		if !ok {
			reasons = e.skipsMore(flags)
			known[flags] = reasons
		}
		return reasons
	}
}

func (in *Input) workers() int {
	if in.Workers > 0 {
		return in.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (in *Input) progress() Progress {
	if in.Progress == nil {
		return silent{}
	}
	return in.Progress
}

// bytes is the size of all sources on disk.
func (in *Input) bytes() (n int64) {
	for _, s := range in.Sources {
		n += s.Size
	}
	return n
}

// personsRead is how the exports of persons are read.
func (in *Input) personsRead(types *posthog.ColumnTypes) posthog.Options {
	return posthog.Options{Zone: in.Read.Zone, AcceptDamaged: in.Read.AcceptDamaged, UserID: in.Read.UserID, Types: types}
}

// otherTeam reports whether a row is skipped for its team. A row without a team_id never is: most exports
// have none, because they are of one team.
func (in *Input) otherTeam(e *posthog.Event) bool {
	return in.Team != 0 && e.TeamID != 0 && e.TeamID != in.Team
}

// found returns all that was found when the run began.
func (in *Input) found() *source.Snapshot {
	if in.Found == nil {
		return &source.Snapshot{}
	}
	return in.Found
}

// there returns a function that reports whether a source of a name is there. Asked again, it answers the
// same.
func (in *Input) there(ctx context.Context) func(name string) bool {
	found := in.found()
	return func(name string) bool {
		_, there := found.Look(ctx, name)
		return there
	}
}
