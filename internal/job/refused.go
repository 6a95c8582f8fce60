package job

import (
	"errors"
	"fmt"
	"strings"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
)

// ErrNothingSent refuses a sync of a state from which nothing was sent yet, unless it may be the first run.
var ErrNothingSent = errors.New("no run has started from this state")

// refusal is an error that says what somebody has to decide. It is an exit.Error.
type refusal struct {
	code       int
	text, hint string
}

func (r *refusal) Error() string { return r.text }

// ExitCode is what the program ends with.
func (r *refusal) ExitCode() int { return r.code }

// Hint is what to do about it.
func (r *refusal) Hint() string { return r.hint }

// unfinished refuses to begin while a run of another command is stopped. or is what else somebody can do.
func unfinished(begun *ledger.Run, or string) error {
	return &refusal{
		code: exit.Usage, text: fmt.Sprintf("the %s of %s has not finished", begun.Command, report.Time(begun.Began)),
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
		text: fmt.Sprintf("the backfill of %s has not finished, and it has other flags: %s", report.Time(begun.Began), strings.Join(texts, "; ")),
		hint: "use the same flags to resume it, or replan with --restart, which sends nothing twice",
	}
}

// notNamed refuses to resume a run without one of its sources, which is there.
func notNamed(begun *ledger.Run, path string) error {
	return &refusal{
		code: exit.Usage, text: fmt.Sprintf("the %s of %s has one more source, %s", begun.Command, report.Time(begun.Began), path),
		hint: "name it too to resume, or replan with --restart",
	}
}

// missing refuses to resume a run of which a source is gone.
func missing(begun *ledger.Run, path string) error {
	return &refusal{
		code: exit.Input, text: fmt.Sprintf("the %s of %s has the source %s, which is missing", begun.Command, report.Time(begun.Began), path),
		hint: "put it back to resume, or replan with --restart",
	}
}

// allMissing refuses a retry none of whose files are there.
func allMissing(rows int64) error {
	return &refusal{
		code: exit.Input, text: fmt.Sprintf("nothing was tried again: the files with the %s are missing", report.Plural(rows, "rejected row", "rejected rows")),
		hint: "put back the files that the warnings name, or run sync to read them under their new names; then retry",
	}
}
