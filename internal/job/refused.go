package job

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
)

// ErrNothingSent refuses a sync in a state that has no run yet, unless Request.FirstRun allows it.
var ErrNothingSent = errors.New("no run has started from this state")

// refusal is an error that says what somebody has to decide. It has an exit code and a hint.
type refusal struct {
	code       int
	text, hint string
}

func (r *refusal) Error() string { return r.text }

// ExitCode returns the exit code of the program.
func (r *refusal) ExitCode() int { return r.code }

// Hint returns what to do about it.
func (r *refusal) Hint() string { return r.hint }

// unfinished refuses to begin while a run of another command is stopped. or is added to the hint, for another
// way out.
func unfinished(begun *ledger.Run, or string) error {
	return &refusal{
		code: exit.Usage, text: fmt.Sprintf("the %s of %s has not finished", begun.Command, report.Minute(begun.Began)),
		hint: "resume it first: " + begun.Typed + or,
	}
}

// otherFlags refuses to resume a backfill with other flags than it began with.
func otherFlags(begun *ledger.Run, changes []Change) error {
	var texts []string
	for _, one := range changes {
		texts = append(texts, one.String())
	}
	return &refusal{
		code: exit.Usage,
		text: fmt.Sprintf("the backfill of %s has not finished, and it has other flags: %s", report.Minute(begun.Began), strings.Join(texts, "; ")),
		hint: "use the same flags to resume it, or replan with --restart, which sends nothing twice",
	}
}

// notNamed refuses to resume a run because one of its sources was not named, though it exists.
func notNamed(begun *ledger.Run, path string) error {
	return &refusal{
		code: exit.Usage, text: fmt.Sprintf("the %s of %s has one more source, %s", begun.Command, report.Minute(begun.Began), path),
		hint: "name it too to resume, or replan with --restart",
	}
}

// missing refuses to resume a run because one of its sources is gone.
func missing(begun *ledger.Run, path string) error {
	return &refusal{
		code: exit.Input, text: fmt.Sprintf("the %s of %s has the source %s, which is missing", begun.Command, report.Minute(begun.Began), path),
		hint: "put it back to resume, or replan with --restart",
	}
}

// allMissing refuses a retry because all files with rejected rows are gone.
func allMissing(rows int64) error {
	return &refusal{
		code: exit.Input, text: fmt.Sprintf("nothing was tried again: the files with the %s are missing", report.Plural(rows, "rejected row", "rejected rows")),
		hint: "put back the files that the warnings name, or run sync to read them under their new names; then retry; or close the rejects with --dismiss REASON",
	}
}

// changedSince returns the error that a source has changed since a run began.
func changedSince(begun *ledger.Run, path string) error {
	return &posthog.SourceError{
		Path: path, Kind: posthog.Changed, Err: fmt.Errorf("the file has changed since the run began at %s", report.Minute(begun.Began)),
		Advice: "restore the file and run the same command again to resume, or plan again with --restart, which keeps what was sent",
	}
}

// PeopleChanged is the error that a resumed run has found other people than when it began, in the same
// sources.
type PeopleChanged struct{ Began time.Time }

// Error says which run it is about.
func (e *PeopleChanged) Error() string {
	return fmt.Sprintf("the people are not the same as when the run began at %s, although the files are", report.Minute(e.Began))
}

// ExitCode returns the exit code of the program.
func (e *PeopleChanged) ExitCode() int { return exit.Failed }

// Hint returns what to do about it.
func (e *PeopleChanged) Hint() string {
	return "resume with the version of ph2cio that began the run, or plan again with --restart, which keeps what was sent"
}
