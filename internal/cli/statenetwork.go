package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ph2cio/internal/exit"
	"ph2cio/internal/transfer"
)

// refuseNetwork refuses a state directory on a network file system. For one that does not exist yet it looks
// at the nearest directory above it. A lock there may not keep other machines out, and SQLite's write-ahead
// log needs memory that all its processes share (sqlite.org/wal.html).
func (p *program) refuseNetwork(dir string) error {
	if p.env.NetworkFS == nil {
		return nil
	}
	at, _, err := nearest(dir)
	if err != nil {
		return nil // making or opening the directory reports it
	}
	name := p.env.NetworkFS(at)
	if name == "" {
		return nil
	}
	return &problem{
		err: &transfer.StateError{Path: dir, Err: fmt.Errorf("it is on a network file system (%s), where locks are unreliable "+
			"and state.db can be damaged", name)},
		code: exit.State, hint: "name a directory on a local disk with --state",
	}
}

// nearest returns the directory, or the nearest one above it that exists.
func nearest(dir string) (at string, info os.FileInfo, err error) {
	at = dir
	info, err = os.Lstat(at)
	for errors.Is(err, os.ErrNotExist) && at != filepath.Dir(at) {
		at = filepath.Dir(at)
		info, err = os.Stat(at)
	}
	return at, info, err
}
