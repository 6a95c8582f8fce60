package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// lookForStateDir looks whether a state directory exists, and makes nothing. The error is fs.ErrNotExist if
// it does not, else it says what is there instead. A symbolic link is never followed.
func lookForStateDir(dir string) error {
	info, err := os.Lstat(unslashed(dir))
	switch {
	case err != nil && errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		return &transfer.StateError{Path: dir, Err: err}
	case info.Mode()&fs.ModeSymlink != 0:
		err = errLink
	case !info.IsDir():
		err = errNoDirectory
	default:
		return nil
	}
	return &problem{err: fmt.Errorf("use the state directory %s: %w", dir, err), code: exit.State, hint: "name a directory with --state"}
}

// openReadOnly opens the state in a directory for reading. The error is fs.ErrNotExist if nothing was ever
// sent from there.
func openReadOnly(ctx context.Context, dir string) (*ledger.Store, error) {
	if err := lookForStateDir(dir); err != nil {
		return nil, err
	}
	return ledger.OpenReadOnly(ctx, dir, mapping.IDScheme)
}

// requireState refuses a directory from which nothing was ever sent: if it is the wrong one, all of history
// would be sent again. It refuses a damaged state too. Other problems are reported when the state is opened
// for writing.
func (p *program) requireState(ctx context.Context, dir, typed, hint string) error {
	store, err := openReadOnly(ctx, dir)
	if err == nil {
		return store.Close()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return p.nothingSentError(dir, typed, hint)
	}
	if _, ok := errors.AsType[*ledger.StateError](err); ok && !isDamaged(err) {
		return nil
	}
	return err
}

// nothingSentError says that no run has used a state directory, and what named it: typed is the value of
// --state, empty for the default.
func (p *program) nothingSentError(dir, typed, hint string) error {
	if near := didYouMean(dir); near != "" && typed != "" {
		hint = near + " otherwise " + hint
	}
	return &problem{code: exit.Usage, hint: hint, err: errors.New(p.nothingSentText(dir, typed))}
}

func (p *program) nothingSentText(dir, typed string) string {
	what, named := "it does not exist", "the default"
	if _, err := os.Lstat(dir); err == nil {
		what = "there is no " + ledger.FileName + " in it"
	}
	if _, err := os.Lstat(filepath.Join(dir, ledger.FileName)); err == nil {
		what = "no run has started in it"
	}
	if typed != "" {
		named = p.nameOf("state")
	}
	return fmt.Sprintf("no run has used the state directory %s yet: %s (%s)", dir, what, named)
}

const (
	firstRunHint   = "start with `ph2cio backfill`, or add --first-run; if earlier runs used another state directory, name it with --state"
	otherStateHint = "if earlier runs used another state directory, name it with --state"
)

// isDamaged reports whether an error says that a state is damaged.
func isDamaged(err error) bool {
	trouble, ok := errors.AsType[*ledger.StateError](err)
	return ok && trouble.Damage
}
