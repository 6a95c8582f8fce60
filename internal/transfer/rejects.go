package transfer

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/regularfile"
)

// RejectsName is the file in the state directory that rejects are written to, one JSON object a line.
const RejectsName = "rejects.jsonl"

// RejectsNames are the names that are written in the state directory on the way to that file.
var RejectsNames = []string{RejectsName, RejectsName + ".new"}

// rejectHead is how a line of it begins, see deliver.Reject.
var rejectHead = regexp.MustCompile(`^\{("file":"([^"\\]|\\.)*",)?("row":\d+,)?("line":\d+,)?"reason":"`)

// mostRejectHead is how much of the file is looked at: paths may be long.
const mostRejectHead = 32 << 10

// ForeignRejects is a file of somebody else's in a directory under one of RejectsNames; empty when there is
// none. A file without content is nobody's, and so is a link, which is replaced and not followed. The error is
// that of a file that cannot be read, about which nothing is known.
func ForeignRejects(dir string) (name string, err error) {
	for _, name := range RejectsNames {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		if head, err := regularfile.Head(path, mostRejectHead); err != nil || !rejectHead.Match(head) {
			return name, err
		}
	}
	return "", nil
}

// NotOurs says that rejects were not written, since a file of somebody else's has their place.
type NotOurs struct{ Path string }

func (e *NotOurs) Error() string {
	return e.Path + " was not written by ph2cio and stays as it is: the rejects of this run are only in the state"
}

// StateError is trouble with the state directory or the disk under it.
type StateError struct {
	Path string
	Err  error
}

func (e *StateError) Error() string { return ledger.Describe("writing", e.Path, e.Err) }
func (e *StateError) Unwrap() error { return e.Err }

// ExitCode is what the program ends with.
func (e *StateError) ExitCode() int { return exit.State }

// Hint is empty: what failed says what to do.
func (e *StateError) Hint() string { return "" }

// WriteRejects writes the rejects of a run, which its ledger keeps, to a file of dir for people and programs
// to read, in place of what is there; without rejects no file is left. Rows that correct what was sent are
// listed with them. It returns where the file is, empty without one, and how many rejects there are. Errors
// are a *StateError or the ledger's; or a *NotOurs, with which the number is right all the same.
func WriteRejects(ctx context.Context, dir string, run *ledger.Run) (path string, n int64, err error) {
	path = filepath.Join(dir, RejectsName)
	switch name, err := ForeignRejects(dir); {
	case err != nil:
		return "", 0, &StateError{path, err}
	case name != "":
		lines, n, err := writeLines(ctx, io.Discard, run)
		if err == nil && lines > 0 {
			err = &NotOurs{filepath.Join(dir, name)}
		}
		return "", n, err
	}
	file, err := createAnew(path + ".new")
	if err != nil {
		return "", 0, &StateError{path, err}
	}
	lines, n, err := writeLines(ctx, file, run)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	switch {
	case err != nil:
	case lines > 0:
		err = os.Rename(file.Name(), path) // a symbolic link in its place is replaced, never followed
	default:
		if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil && lines > 0 {
		return path, n, nil
	}
	if err = errors.Join(err, os.Remove(file.Name())); err != nil {
		return "", n, &StateError{path, err}
	}
	return "", 0, nil
}

// createAnew makes a file for its owner alone, in place of what a run that was killed may have left there.
func createAnew(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// writeLines returns how many lines it has written, and of how many rejects. What a terminal would not show
// is escaped, so that nothing in a row steers it where somebody looks at the file; to whoever parses it, it
// says the same.
func writeLines(ctx context.Context, file io.Writer, run *ledger.Run) (lines, n int64, err error) {
	w := bufio.NewWriterSize(file, 64<<10)
	for one, err := range run.Rejects(ctx) {
		if err != nil {
			return lines, n, err
		}
		if lines++; !one.Closed {
			n++
		}
		if _, err := w.WriteString(escape.Text(string(one.Text)) + "\n"); err != nil {
			return lines, n, err
		}
	}
	return lines, n, w.Flush()
}
