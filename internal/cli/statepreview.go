package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// openStateForPreview opens, for reading only and without its lock, the state that was named, or the user's
// own for where this would be sent. It is nil if there is none, or if there are several. The caller closes
// it.
func (p *program) openStateForPreview(ctx context.Context, o *previewOptions) (found *ledger.Store, err error) {
	dirs, err := p.stateDirs(o.state)
	if err != nil && o.state == "" {
		return nil, nil // without a home directory there is no state
	}
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		store, err := p.openIfOurs(ctx, dir, o)
		switch {
		case err != nil && found != nil:
			return nil, errors.Join(err, found.Close())
		case err != nil:
			return nil, err
		case store == nil:
		case found != nil:
			p.warn("there are several state directories, so this assumes that nothing was sent before; name one with --state, or add --fresh")
			return nil, errors.Join(found.Close(), store.Close())
		default:
			found = store
		}
	}
	return found, nil
}

// openIfOurs opens a state if it belongs to the workspace that would be sent to, else it returns nil. If the
// state was not named, an error becomes a warning, unless the state is damaged.
func (p *program) openIfOurs(ctx context.Context, dir string, o *previewOptions) (*ledger.Store, error) {
	store, err := openReadOnly(ctx, dir)
	switch {
	case err != nil && o.state != "" && errors.Is(err, fs.ErrNotExist):
		p.sayNothingSent(dir)
		return nil, nil
	case err != nil && (o.state != "" || isDamaged(err)):
		return nil, err
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		p.warn("cannot read what was sent before, so this assumes that nothing was: %v", err)
		return nil, nil
	case p.mayBelong(store.Workspace(), o):
		return store, nil
	case o.state != "":
		return nil, errors.Join(otherWorkspaceError(dir, store.Workspace()), store.Close())
	}
	return nil, store.Close()
}

// sayNothingSent says that the state that was named is empty, in case another one was meant.
func (p *program) sayNothingSent(dir string) {
	fmt.Fprintln(p.unlessQuiet(), terminal.Plain(strings.TrimSpace(p.nothingSentText(dir, dir)+" "+didYouMean(dir))))
}

// mayBelong reports whether a state can belong to the workspace that would be sent to, as far as that is
// known without asking the API.
func (p *program) mayBelong(of ledger.Workspace, o *previewOptions) bool {
	if o.workspace != 0 && o.workspace != of.EnvironmentID {
		return false
	}
	if url := strings.TrimRight(p.setting(varTrackURL), "/"); url != "" {
		return of.BaseURL == url
	}
	regions := []string{"us", "eu"}
	if region := p.region(&sendingOptions{region: o.region}); region != "" {
		regions = []string{region}
	}
	return slices.ContainsFunc(regions, func(region string) bool {
		url, err := customerio.RegionURL(region)
		return err == nil && url == of.BaseURL
	})
}

// otherWorkspaceError refuses a state that was named but belongs to another workspace, as sending would.
func otherWorkspaceError(dir string, of ledger.Workspace) error {
	return &ledger.StateError{
		Path:   filepath.Join(dir, ledger.FileName),
		Err:    fmt.Errorf("belongs to workspace %d at %s, and this would be sent elsewhere", of.EnvironmentID, of.BaseURL),
		Advice: "name another state directory with --state, or add --fresh; CUSTOMERIO_TRACK_URL, --region and --workspace say where to send",
	}
}
