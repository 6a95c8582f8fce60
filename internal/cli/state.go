package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"ph2cio/internal/export"
)

// stateDir is where a run keeps what must outlive it: --state, else one directory per workspace.
func (p *program) stateDir(typed string, environmentID int64) (string, error) {
	if typed != "" {
		return typed, nil
	}
	base, err := p.stateBase()
	if err != nil {
		return "", &problem{err: fmt.Errorf("find the state directory: %w", err), code: exitState, hint: "name one with --state"}
	}
	return filepath.Join(base, "ph2cio", strconv.FormatInt(environmentID, 10)), nil
}

// stateBase follows the XDG base directory specification on Unix and the platform's own habits elsewhere.
func (p *program) stateBase() (string, error) {
	if dir := p.env.get("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	switch runtime.GOOS {
	case "windows":
		return os.UserCacheDir() // %LocalAppData%
	case "darwin":
		return os.UserConfigDir() // ~/Library/Application Support
	}
	home := p.env.get("HOME")
	if home == "" {
		return "", fmt.Errorf("neither XDG_STATE_HOME nor HOME is set")
	}
	return filepath.Join(home, ".local", "state"), nil
}

// makeStateDir makes the directory for its owner alone. A symbolic link in its place is refused.
func (p *program) makeStateDir(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && info.IsDir() && readableByOthers(info.Mode()) {
		p.warn("the state directory %s can be read by other users of this machine; chmod 700 it", dir)
	}
	if err == nil && !info.IsDir() {
		return &problem{
			err: &export.StateError{Path: dir, Err: errors.New("it is not a directory")}, code: exitState,
			hint: "name a directory with --state",
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &export.StateError{Path: dir, Err: err}
	}
	return nil
}
