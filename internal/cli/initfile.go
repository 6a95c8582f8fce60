package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"ph2cio/internal/cli/dotenv"
	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/durable"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/leftovers"
)

// newSettings begins a settings file that init makes.
const newSettings = "# Settings of ph2cio, see `ph2cio help environment`. Keep this file out of version control.\n"

// settingsToWrite is a settings file that init makes or changes.
type settingsToWrite struct {
	path   string
	text   string // as it is; empty if there is no file
	exists bool
	values map[string]string
}

// settingsToWrite reads the settings file that init is to write. It refuses a symbolic link, and a file that
// names files with credentials.
func (p *program) settingsToWrite(path string) (*settingsToWrite, error) {
	f := &settingsToWrite{path: path, values: p.dotenv.values}
	if path == os.DevNull {
		return nil, usage(fmt.Errorf("%s cannot keep settings; name a file with --%s", path, envFileFlag))
	}
	if err := tryWriting(filepath.Dir(path)); err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // which does not name the file that was tried
		}
		return nil, &problem{code: exit.Usage, err: fmt.Errorf("%s cannot be written: %w", path, err), hint: "name a file in another directory with --" + envFileFlag}
	}
	text, err := readSmallFileNoFollow(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, &problem{code: exit.Usage, err: fmt.Errorf("read settings from %s: %w", path, fileError(path, err)),
			hint: "name a regular file with --" + envFileFlag + "; a new one is created"}
	}
	f.text, f.exists = string(text), true
	for _, name := range []string{varSiteID + "_FILE", varAPIKey + "_FILE"} {
		if f.values[name] != "" {
			return nil, &problem{code: exit.Usage, err: fmt.Errorf("%s in %s already names a file with that credential", name, path),
				hint: "check it with `ph2cio check`, or remove that line first"}
		}
	}
	return f, nil
}

// hasCredentials reports whether there is something to replace.
func (f *settingsToWrite) hasCredentials() bool {
	return f.values[varSiteID] != "" || f.values[varAPIKey] != ""
}

// write puts settings into the file, unless somebody has changed it since it was read.
func (f *settingsToWrite) write(settings []dotenv.Setting) error {
	before := f.text
	if !f.exists {
		before = newSettings
	}
	text, err := dotenv.Set(before, settings...)
	if err != nil {
		return &problem{code: exit.Usage, err: fmt.Errorf("%s: %w; nothing was written", f.path, err), hint: "edit the file yourself"}
	}
	leftovers.Remove(filepath.Dir(f.path), leftovers.Pattern{Before: durable.Temporary(f.path), Age: leftovers.Brief})
	if err := durable.Replace(f.path, []byte(text), f.unchanged); err != nil {
		return &problem{code: exit.State, err: fmt.Errorf("write %s: %w", f.path, err), hint: "name another file with --" + envFileFlag}
	}
	return nil
}

// unchanged returns an error if the file is not as it was when it was read.
func (f *settingsToWrite) unchanged() error {
	text, err := readSmallFileNoFollow(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !f.exists:
		return nil
	case err != nil:
		return err
	case !f.exists || string(text) != f.text:
		return errors.New("somebody else has changed it just now")
	}
	return nil
}

// warnOfGit warns if git would take a file with credentials into its repository. It says nothing without git.
func (p *program) warnOfGit(ctx context.Context, path string) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, "git", "-c", "core.fsmonitor=false", "check-ignore", "--quiet", "--", filepath.Base(path))
	c.Dir = filepath.Dir(path)
	if ended, ok := errors.AsType[*exec.ExitError](c.Run()); ok && ended.ExitCode() == notIgnored {
		p.warn("%s is in a git repository that does not ignore it: run echo %s >> .gitignore, so that nobody commits the credentials",
			terminal.OneLine(path), escape.Shell(filepath.Base(path)))
	}
}

// notIgnored is the exit code of git check-ignore for a file that git does not ignore; it has others if there is
// no repository.
const notIgnored = 1
