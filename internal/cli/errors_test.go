package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/transfer"
)

// TestErrorsHaveACodeAndAHint holds what every kind of error comes to: its exit code, and what people read to
// do about it.
func TestErrorsHaveACodeAndAHint(t *testing.T) {
	const (
		personsHint = "export it again, or leave --persons out; ph2cio needs the whole file to know who is who"
		diskHint    = "free some space there, name another directory with --tmp, or raise --memory"
		rejectsHint = "`ph2cio preview` shows which rows and why; to send the others all the same, raise --max-rejects"
		teamsHint   = "choose one with --team ID; send each of the others in its own run, to its own workspace"
		columnsHint = "compare --column with a row of the files, and leave out columns that this export does not have"
		peopleHint  = "resume with the version of ph2cio that began the run, or plan again with --restart, which keeps what was sent"
	)
	var (
		plain       = errors.New("plain")
		interrupted = &Interrupted{Signal: os.Interrupt}
		told        = &finished{code: 3, why: "rejects"}
		source      = sourceError("look at the file")
		bare        = sourceError("")
		persons     = &transfer.PersonsError{Err: plain}
		disk        = &transfer.DiskError{Dir: "tmp", Err: plain}
		state       = &transfer.StateError{Path: "rejects.jsonl", Err: plain}
		trouble     = &ledger.StateError{Path: "ph2cio.db", Err: plain, Advice: "restore it"}
		rejects     = &transfer.TooManyRejects{Rejected: 2, Rows: 2}
		teams       = &transfer.ManyTeams{Teams: []int64{1, 2}}
		columns     = &transfer.UnknownColumns{}
		changed     = &job.PeopleChanged{}
		irregular   = &regularfile.Irregular{Path: "x", Mode: fs.ModeNamedPipe}
		systemic    = &customerio.SystemicError{Err: apiError(400)}
		input       = &problem{err: plain, code: 6, hint: "name it"}
		bareInput   = &problem{err: source, code: 8}
	)
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{plain, 1, ""},
		{fs.ErrNotExist, 1, ""},
		{context.DeadlineExceeded, 1, ""},
		{context.Canceled, 130, ""},
		{interrupted, 130, ""},
		{&Interrupted{Signal: syscall.SIGTERM}, 143, ""},
		{&Interrupted{Signal: syscall.SIGHUP}, 143, ""},
		{&Interrupted{Signal: syscall.SIGPIPE}, 141, ""},
		{told, 3, ""},
		{input, 6, "name it"},
		{bareInput, 8, "look at the file"},
		{&problem{err: plain, code: 4}, 4, ""},
		{usage(plain), 2, seeHelp},
		{usage(input), 6, "name it"},
		{state, 8, ""},
		{trouble, 8, "restore it"},
		{&ledger.LockedError{Dir: "state"}, 1, ""},
		{disk, 8, diskHint},
		{&transfer.NoSpace{Dir: "tmp"}, 1, ""},
		{&transfer.NotOurs{Path: "x"}, 1, ""},
		{rejects, 3, rejectsHint},
		{teams, 2, teamsHint},
		{columns, 2, columnsHint},
		{persons, 6, personsHint},
		{&transfer.PersonsError{Err: source}, 6, "look at the file"},
		{&transfer.PersonsError{Err: bare}, 6, personsHint},
		{changed, 1, peopleHint},
		{source, 6, "look at the file"},
		{bare, 6, ""},
		{irregular, 1, "save its content to a file and name that file"},
		{&regularfile.Irregular{Path: "x", Mode: fs.ModeDir}, 1, "name a file"},
		{&posthog.SourceError{Path: "x", Err: irregular}, 6, "save its content to a file and name that file"},
		{systemic, 5, ""},
		{&customerio.SystemicError{Err: apiError(401)}, 5, ""},
		{&customerio.GaveUpError{Err: apiError(503)}, 5, ""},
		{apiError(0), 5, ""},
		{apiError(207), 5, ""},
		{apiError(302), 2, ""},
		{apiError(400), 5, ""},
		{apiError(401), 4, ""},
		{apiError(403), 4, ""},
		{apiError(418), 5, ""},
		{apiError(429), 5, ""},
		{apiError(500), 5, ""},
		// Of several causes the gravest has the code, and the first that knows what to do the hint.
		{errors.Join(source, interrupted), 130, "look at the file"},
		{errors.Join(source, told), 3, "look at the file"},
		{errors.Join(apiError(401), &problem{err: plain, code: 2, hint: "name it"}), 2, "name it"},
		{errors.Join(input, interrupted), 130, "name it"},
		{errors.Join(&problem{err: plain, code: 4}, input), 4, "name it"},
		{errors.Join(trouble, input), 6, "name it"},
		{errors.Join(apiError(401), trouble), 8, "restore it"},
		{errors.Join(context.Canceled, state), 8, ""},
		{errors.Join(apiError(401), rejects), 3, rejectsHint},
		{errors.Join(rejects, trouble), 8, rejectsHint},
		{errors.Join(disk, teams), 8, diskHint},
		{errors.Join(source, apiError(302)), 6, "look at the file"},
		{errors.Join(apiError(302), source), 6, "look at the file"},
		{errors.Join(apiError(401), context.Canceled), 130, ""},
		{errors.Join(plain, systemic), 5, ""},
		{errors.Join(source, irregular), 6, "look at the file"},
	} {
		for _, err := range []error{c.err, fmt.Errorf("sending: %w", c.err), errors.Join(c.err, plain), errors.Join(plain, c.err)} {
			if code, hint := exitCode(err), hintOf(err); code != c.code || hint != c.hint {
				t.Errorf("%T %v: exit code %d and %q, want %d and %q", c.err, err, code, hint, c.code, c.hint)
			}
		}
	}
}

func apiError(code int) error { return &customerio.APIError{Request: "asking", Status: code} }

func sourceError(hint string) error {
	return &posthog.SourceError{Path: "x.jsonl", Kind: posthog.Refused, Err: errors.New("no events"), Advice: hint}
}

// TestAnErrorIsSaidOnce has two things fail for the same reason.
func TestAnErrorIsSaidOnce(t *testing.T) {
	noSpace, other := errors.New("write /dev/stdout: no space left on device"), errors.New("other")
	if got, want := (&program{}).errorText(errors.Join(noSpace, other, noSpace)), noSpace.Error()+"\nother"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// TestAFullDiskIsSaidOnce has no command that says it twice, or not at all.
func TestAFullDiskIsSaidOnce(t *testing.T) {
	for _, args := range [][]string{
		{"preview", acornly}, {"preview", "--json", acornly}, {"preview", "--operations", "-", "--limit", "0", acornly}, {"inspect", acornly},
		{"explain", acornly, "user_1001"}, {"check"}, {"backfill", "--sandbox", acornly}, {"help", "mapping"}, {"preview", "--help"}, {"version"}, {},
	} {
		out := runProgramWith(t, func(e *Env) { e.Stdout = full{} }, nil, append(args, "--quiet")...)
		if out.code == exit.Done || strings.Count(out.stderr, "no space left on device") != 1 {
			t.Errorf("%q: exit code %d\n%s", args, out.code, out.stderr)
		}
	}
}
