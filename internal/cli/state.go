package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// stateDir is the directory that keeps what must outlive a run: --state, else one directory per workspace. If
// the API is none of Customer.io's own hosts, such as a sandbox, the name of the directory has the host in
// it, and that of a sandbox also the life of the sandbox, since one that has ended knows nothing of
// what was sent to it.
func (p *program) stateDir(typed string, to *destination) (string, error) {
	if typed != "" {
		return typed, nil
	}
	base, err := p.stateBase()
	if err != nil {
		return "", &problem{err: fmt.Errorf("find the state directory: %w", err), code: exit.State, hint: "name one with --state"}
	}
	name := strconv.FormatInt(to.workspace.EnvironmentID, 10)
	if published, err := customerio.RegionURL(to.workspace.Region); err != nil || published != to.base {
		name += "-" + hostName(to.base)
	}
	if to.workspace.Sandbox != "" {
		name += lifeOf + to.workspace.Sandbox
	}
	return filepath.Join(base, "ph2cio", name), nil
}

// lifeOf stands before the life of a sandbox in the name of a state directory.
const lifeOf = "-sandbox-"

// hostName is the host and port of a URL, as part of a file's name.
func hostName(base string) string {
	host := base
	if parsed, err := url.Parse(base); err == nil {
		host = parsed.Host
	}
	return strings.Map(func(r rune) rune {
		if r == '.' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, host)
}

// openState makes and locks the state directory and opens the ledger in it, until the destination is closed.
func (p *program) openState(ctx context.Context, to *destination, wait time.Duration) error {
	if err := p.lockState(ctx, to, wait); err != nil {
		return err
	}
	return p.openLedger(ctx, to)
}

// lockState makes the state directory and keeps other senders out of it until the destination is closed.
func (p *program) lockState(ctx context.Context, to *destination, wait time.Duration) error {
	if !to.temporary {
		p.setWrittenState(to.state) // which may be the user's own, unknown until now
		if err := errors.Join(p.checkStateDir(), p.checkForeignFiles(), p.refuseNetwork(to.state)); err != nil {
			return err
		}
	}
	if err := p.makeStateDir(to.state); err != nil {
		return err
	}
	return p.takeLock(ctx, to, wait)
}

// owner is the workspace that the state of the destination belongs to.
func (to *destination) owner() ledger.Workspace {
	return ledger.Workspace{BaseURL: to.base, EnvironmentID: to.workspace.EnvironmentID}
}

// openLedger opens the ledger in the state directory, which must be locked, until the destination is closed.
func (p *program) openLedger(ctx context.Context, to *destination) error {
	store, err := ledger.Open(ctx, to.state, to.owner(), mapping.IDScheme)
	if err != nil {
		return err
	}
	to.use(store, to.lookAtState())
	to.onClose(func() error {
		p.notify.readNewest(store)
		return store.Close()
	})
	return nil
}

// lookAtState looks at the state directory and its database; nil for what is not there.
func (to *destination) lookAtState() (infos [2]fs.FileInfo) {
	for i, path := range []string{to.state, filepath.Join(to.state, ledger.FileName)} {
		infos[i], _ = os.Lstat(path)
	}
	return infos
}

// checkStateStays refuses to send if the state was removed or replaced since the run opened it, because what
// is sent would not be recorded there. A question may stay unanswered for hours.
func (to *destination) checkStateStays() error {
	for i, now := range to.lookAtState() {
		if now == nil || to.stateFiles[i] == nil || !os.SameFile(now, to.stateFiles[i]) {
			return &problem{code: exit.State, err: fmt.Errorf("use the state directory %s: it was removed or replaced since this run opened it; nothing was sent", to.state),
				hint: "put it back, then run the same command again; with a new directory all of history would be sent again"}
		}
	}
	return nil
}

// takeLock keeps other senders out of the state directory until the destination is closed.
func (p *program) takeLock(ctx context.Context, to *destination, wait time.Duration) error {
	host, _ := os.Hostname() // it is only for messages
	me := ledger.Holder{PID: os.Getpid(), Host: host, Since: p.now().UTC().Truncate(time.Second), Command: p.resumeCommand()}
	lock, err := ledger.Take(ctx, to.state, me, wait)
	if err == nil {
		to.onClose(lock.Release)
		return nil
	}
	if held, ok := errors.AsType[*ledger.LockedError](err); ok {
		return &problem{err: errors.New(terminal.Plain(held.Error())), code: exit.Locked,
			hint: "wait until it ends, or add `--wait-lock 10m`; if it hangs, stop that process, which frees the lock at once"}
	}
	if ctx.Err() != nil {
		return err
	}
	return &problem{err: &transfer.StateError{Path: to.state, Err: err}, code: exit.State,
		hint: "make " + to.state + " writable for this user, or name another directory with --state"}
}

// makeStateDir makes the directory, for its owner alone. A symbolic link in its place is refused.
func (p *program) makeStateDir(dir string) error {
	if err := lookForStateDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if info, err := os.Lstat(dir); err == nil && readableByOthers(info.Mode()) {
		p.warn("other users of this machine can read the state directory %s; run: chmod 700 %s", dir, escape.Shell(dir))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &transfer.StateError{Path: dir, Err: err}
	}
	return nil
}

// checkStateFlag refuses a --state that is not a directory, before anything is asked.
func (o *sendingOptions) checkStateFlag() error {
	if o.state == "" || o.sandbox {
		return nil
	}
	if err := lookForStateDir(o.state); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
