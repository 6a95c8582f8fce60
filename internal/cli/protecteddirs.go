package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/regularfile"
	"ph2cio/internal/transfer"
)

// stateDirOf returns the state directory that a path is in or would be in, of this run or of another that may
// be sending; empty if it is in none.
func stateDirOf(path string) string {
	dir, base := filepath.Split(resolved(path))
	if ledger.InUse(dir) {
		return filepath.Clean(dir)
	}
	same := func(name string) bool { return strings.EqualFold(name, base) }
	there := func(name string) bool { _, err := os.Lstat(filepath.Join(dir, name)); return err == nil }
	if slices.ContainsFunc(stateFileNames, same) && slices.ContainsFunc(stateFileNames, there) {
		return filepath.Clean(dir)
	}
	return ""
}

// checkStateDir refuses a state directory in which a run would read or replace its own sources, settings or
// lists.
func (p *program) checkStateDir() error {
	dir := p.writtenState
	if dir == "" {
		return nil
	}
	if is := p.protected.describePath(dir); is != "" {
		return p.outputError(stateFlag, dir, "is "+is, "name another directory")
	}
	for _, name := range stateFileNames {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil {
			if is := p.protected.describeFile(info); is != "" {
				return p.outputError(stateFlag, dir, "has "+is+" under a name that ph2cio uses for its own files", "name another directory")
			}
		}
	}
	return nil
}

// checkForeignFiles refuses a directory that holds no state yet, but files of others that a run would replace
// or remove.
func (p *program) checkForeignFiles() error {
	dir := p.writtenState
	if dir == "" || ledger.IsState(dir) {
		return nil
	}
	name, err := ledger.ForeignFile(dir)
	if name == "" && err == nil {
		name, err = transfer.ForeignRejects(dir)
	}
	switch {
	case err != nil:
		return &problem{err: fmt.Errorf("looking at --%s %s: %w", stateFlag, dir, err), code: exit.State}
	case name != "":
		return p.outputError(stateFlag, dir, "has a file "+name+" that ph2cio did not write and would replace", "name another directory")
	}
	return nil
}

// checkFilled refuses a directory of a flag that is no directory, or whose files belong to something else.
// holds is what lies in it between runs, if that would be read as a source; empty for nothing.
func (p *program) checkFilled(flag, dir, holds string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		is := p.protected.describeFile(info)
		if is == "" {
			is = regularfile.Kind(info.Mode())
		}
		return p.outputError(flag, dir, "is "+is+", not a directory", "name a directory")
	}
	inside := filepath.Join(dir, "file")
	if is := p.protected.describePath(inside); is != "" {
		return p.outputError(flag, dir, "is "+is, "name another directory")
	}
	if in := p.protected.sourceDirOf(inside); holds != "" && in != "" {
		return p.outputError(flag, dir, "would hold "+holds+", which the next run would read as a source", "name a directory outside "+in)
	}
	return nil
}
