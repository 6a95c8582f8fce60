package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Rejects takes what could not be sent, as it happens. Reject is called from one goroutine at a time; what it is
// given is borrowed until it returns.
type Rejects interface {
	Reject(r *Reject) error
}

// Reject is one row or operation that could not be sent, with its place and reason.
type Reject struct {
	File      string          `json:"file,omitempty"`
	Row       int64           `json:"row,omitempty"`  // in its file, from 1, a CSV's header not counted
	Line      int64           `json:"line,omitempty"` // in its file, from 1; left out where only the row is known
	Reason    string          `json:"reason"`
	Detail    string          `json:"detail,omitempty"`
	Field     string          `json:"field,omitempty"`     // the API's, of what it refused
	Operation json.RawMessage `json:"operation,omitempty"` // what the API refused, as it was sent
	Raw       string          `json:"raw,omitempty"`       // the row's first bytes, where it never became an operation
}

// RejectsFile writes rejects.jsonl, one JSON object a line.
type RejectsFile struct {
	path string
	file *os.File
	w    *bufio.Writer
	n    int64
}

// RejectsName is the file's name in the state directory.
const RejectsName = "rejects.jsonl"

// StateError is trouble with the state directory or the disk under it.
type StateError struct {
	Path string
	Err  error
}

func (e *StateError) Error() string { return fmt.Sprintf("write %s: %v", e.Path, e.Err) }
func (e *StateError) Unwrap() error { return e.Err }

// CreateRejects starts a new rejects file in dir, which must exist, in place of an earlier run's. A symbolic link in its
// place is replaced, never followed. Errors are a *StateError.
func CreateRejects(dir string) (*RejectsFile, error) {
	path := filepath.Join(dir, RejectsName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &StateError{path, err}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, &StateError{path, err}
	}
	return &RejectsFile{path: path, file: file, w: bufio.NewWriterSize(file, 64<<10)}, nil
}

// Path is where the file is.
func (f *RejectsFile) Path() string { return f.path }

// Len is how many rejects were written.
func (f *RejectsFile) Len() int64 { return f.n }

// Reject writes one line. Errors are a *StateError.
func (f *RejectsFile) Reject(r *Reject) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a reject of %s: %w", r.File, err)
	}
	f.n++
	if _, err := f.w.Write(append(line, '\n')); err != nil {
		return &StateError{f.path, err}
	}
	return nil
}

// Flush makes what was written visible to other programs. Errors are a *StateError.
func (f *RejectsFile) Flush() error {
	if err := f.w.Flush(); err != nil {
		return &StateError{f.path, err}
	}
	return nil
}

// Close flushes, makes the file safe on disk and closes it. Errors are a *StateError.
func (f *RejectsFile) Close() error {
	if err := errors.Join(f.w.Flush(), f.file.Sync(), f.file.Close()); err != nil {
		return &StateError{f.path, err}
	}
	return nil
}
