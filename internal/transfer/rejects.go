package transfer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"ph2cio/internal/durable"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/regularfile"
)

// RejectsName is the file in the state directory that rejects are written to, one JSON object a line.
const RejectsName = "rejects.jsonl"

// RejectsNames are the names that are written in the state directory on the way to that file.
var RejectsNames = []string{RejectsName, RejectsName + ".new"}

// rejectHead matches the beginning of a line of that file, see deliver.Reject.
var rejectHead = regexp.MustCompile(`^\{("file":"([^"\\]|\\.)*",)?("row":\d+,)?("line":\d+,)?"reason":"`)

// mostRejectHead is how many bytes of the file are read to recognise it: paths may be long.
const mostRejectHead = 32 << 10

// ForeignRejects returns which of RejectsNames is a file in a directory that another program has written;
// empty for none. An empty file does not count, nor does a link, because links are replaced and not followed.
// Neither does a file of zeros, which may be what a power loss has left of ours. It returns an error, with the
// name, if a file cannot be read.
func ForeignRejects(dir string) (name string, err error) {
	for _, name := range RejectsNames {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		head, err := regularfile.Head(path, mostRejectHead)
		if err != nil {
			return name, err
		}
		if lost := len(bytes.TrimLeft(head, "\x00")) == 0; !lost && !rejectHead.Match(head) {
			return name, nil
		}
	}
	return "", nil
}

// NotOurs says that rejects were not written, because another program has written a file of that name.
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

// WriteRejects writes the rejects of a run from its ledger to a file in dir, for people and programs to read.
// It lists rows that correct what was sent too. It replaces the file of an earlier run, and removes that if
// there is nothing to write. It returns the path, empty for no file, and how many rejects there are. An error
// is a *StateError or one of the ledger; or a *NotOurs, and then the number is right all the same.
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
	file, err := createFresh(path + ".new")
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
	if err == nil { // what happened to the name must not be lost once the end of the run is recorded
		err = durable.Names(dir)
	}
	if err == nil && lines > 0 {
		return path, n, nil
	}
	if err = errors.Join(err, os.Remove(file.Name())); err != nil {
		return "", n, &StateError{path, err}
	}
	return "", 0, nil
}

// createFresh creates a file that only its owner can read. It replaces a file that a killed run has left
// there.
func createFresh(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// writeLines returns how many lines it has written, and how many of them are rejects. It escapes control
// characters inside the JSON: they mean the same to a parser, and cannot steer the terminal of somebody who
// looks at the file.
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
