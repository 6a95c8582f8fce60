package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"ph2cio/internal/escape"
	"ph2cio/internal/leftovers"
	"ph2cio/internal/regularfile"
)

// Lock is held by the one run that sends from a state directory. The system releases it when the process ends
// for any reason.
type Lock struct {
	file   *flock.Flock
	holder string
}

// Holder says who holds a lock.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Command string    `json:"command"` // as it was typed; no credential is ever part of it
}

const (
	lockName      = "lock"
	holderName    = "holder.json"
	retryEvery    = 250 * time.Millisecond
	maxHolderSize = 64 << 10 // bytes of the holder file
)

// LockedError is the error that another run holds the lock of a directory.
type LockedError struct {
	Dir    string
	Holder Holder // the zero value if that run has not written its holder file
}

// Error says which run holds the lock, as far as that is known.
func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return "another run is sending from " + e.Dir
	}
	return fmt.Sprintf("another run is sending from %s: process %d on %s, since %s (%s)",
		e.Dir, e.Holder.PID, e.Holder.Host, e.Holder.Since.Format("2006-01-02 15:04:05 MST"), e.Holder.Command)
}

// Take takes the lock of a directory, which must exist. It waits for the lock for at most wait, but always
// for a moment, since [Running] holds it briefly to look. The error is a *LockedError if another run still
// holds it then, and the cause of ctx if that is done first.
func Take(ctx context.Context, dir string, me Holder, wait time.Duration) (*Lock, error) {
	path := filepath.Join(dir, lockName)
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("locking %s: %s is not a regular file", dir, path)
	}
	l := &Lock{file: flock.New(path, flock.SetPermissions(0o600)), holder: filepath.Join(dir, holderName)}
	for deadline := time.Now().Add(max(wait, retryEvery)); ; {
		taken, err := l.file.TryLock()
		if err != nil {
			return nil, fmt.Errorf("locking %s: %w", dir, err)
		}
		if taken {
			leftovers.Remove(dir, leftovers.Pattern{Before: holderName + "."}) // only the holder of the lock writes there
			return l, l.writeHolder(me)
		}
		if !time.Now().Before(deadline) {
			return nil, &LockedError{dir, l.readHolder()}
		}
		if err := pause(ctx, retryEvery); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// writeHolder writes the holder file, which tells others who holds the lock.
func (l *Lock) writeHolder(me Holder) error {
	text, err := json.MarshalIndent(me, "", "  ")
	if err == nil {
		err = replace(l.holder, []byte(escape.Text(string(text))+"\n"))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("recording who holds the lock: %w", err), l.Release())
	}
	return nil
}

// replace writes a file atomically. A symbolic link in its place is replaced, never followed.
func replace(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// readHolder reads the holder file. It returns the zero value if it cannot.
func (l *Lock) readHolder() (h Holder) {
	file, err := regularfile.OpenNoFollow(l.holder)
	if err != nil {
		return h
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxHolderSize))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

// Running reports whether a run holds the lock of a directory at this moment, and which.
func Running(dir string) (h Holder, running bool) {
	path := filepath.Join(dir, lockName)
	l := &Lock{file: flock.New(path, flock.SetFlag(os.O_RDONLY)), holder: filepath.Join(dir, holderName)}
	if _, err := os.Lstat(l.holder); err != nil {
		return h, false
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return h, false // opening a pipe would wait for ever
	}
	free, err := l.file.TryRLock()
	if err != nil || free {
		_ = l.file.Close() // nothing was written
		return h, false
	}
	return l.readHolder(), true
}

// Release releases the lock.
func (l *Lock) Release() error {
	err := os.Remove(l.holder)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close())
}
