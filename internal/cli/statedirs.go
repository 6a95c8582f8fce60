package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"ph2cio/internal/exit"
	"ph2cio/internal/transfer"
)

// stateDirs returns the directory that was named, else all in the user's default place.
func (p *program) stateDirs(typed string) ([]string, error) {
	if typed != "" {
		return []string{typed}, nil
	}
	base, err := p.statesBase()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(base)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &transfer.StateError{Path: base, Err: err}
	}
	var dirs []string
	for _, entry := range entries {
		if entry.IsDir() {
			dirs = append(dirs, filepath.Join(base, entry.Name()))
		}
	}
	return dirs, nil
}

// statesBase is the default place of state directories.
func (p *program) statesBase() (string, error) {
	base, err := p.stateBase()
	if err != nil {
		return "", &problem{err: fmt.Errorf("find the state directories: %w", err), code: exit.State, hint: "name one with --state"}
	}
	return filepath.Join(base, "ph2cio"), nil
}

// stateBase follows the XDG base directory specification on Unix, and the conventions of the platform
// elsewhere.
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
