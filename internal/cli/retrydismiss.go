package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
)

// dismissFlag names the flag that closes rejects for good.
const dismissFlag = "dismiss"

// runDismiss closes all open rejects with one reason for good. It needs neither the network nor credentials.
func runDismiss(ctx context.Context, p *program, o *retryOptions) (err error) {
	dir, owner, err := p.stateToDismissIn(ctx, o.sending.state)
	if err != nil {
		return err
	}
	to := &destination{state: dir}
	defer func() { err = errors.Join(err, to.close()) }()
	if err := p.lockState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	store, err := ledger.Open(ctx, dir, owner, mapping.IDScheme)
	if err != nil {
		return err
	}
	to.onClose(store.Close)
	reasons, err := store.OpenReasons(ctx)
	if err != nil {
		return err
	}
	n := reasons[o.dismiss]
	if n == 0 {
		return noSuchReason(o.dismiss, reasons)
	}
	what := report.Plural(n, "reject", "rejects") + " " + terminal.WordsFor(o.dismiss, n)
	if !o.sending.yes {
		question := "Close " + what + " for good?"
		if err := p.ask(ctx, terminal.Plain(question), "closed"); err != nil {
			return err
		}
	}
	if n, err = store.Dismiss(ctx, o.dismiss, p.now()); err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(p.env.Stdout, &dismissedDocument{n, o.dismiss})
	}
	text := report.Plural(n, "reject", "rejects") + " closed for good: " + terminal.WordsFor(o.dismiss, n) +
		". No run tries " + report.PluralWord(n, "it", "them") + " again."
	_, err = fmt.Fprintln(p.env.Stdout, terminal.Wrap(terminal.Plain(text), p.columns(), 0))
	return err
}

// stateToDismissIn returns the state directory that was named, else the only one of the user's, and the
// workspace that it belongs to.
func (p *program) stateToDismissIn(ctx context.Context, typed string) (dir string, owner ledger.Workspace, err error) {
	dirs, err := p.stateDirs(typed)
	if err != nil {
		return "", owner, err
	}
	var found []string
	for _, dir := range dirs {
		store, err := openReadOnly(ctx, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", owner, err
		}
		found, owner = append(found, dir), store.Workspace()
		if err := store.Close(); err != nil {
			return "", owner, err
		}
	}
	switch {
	case len(found) == 1:
		return found[0], owner, nil
	case len(found) > 1:
		for i := range found {
			found[i] = "--" + stateFlag + " " + escape.Shell(found[i])
		}
		return "", owner, &problem{code: exit.Usage, err: errors.New("there are several state directories"), hint: "name one of them: " + strings.Join(found, ", ")}
	case typed != "":
		return "", owner, p.nothingSentError(typed, typed, otherStateHint)
	}
	where, err := p.statesBase()
	if err != nil {
		return "", owner, err
	}
	return "", owner, &problem{code: exit.Usage, err: fmt.Errorf("nothing has been sent yet: there is no state directory in %s", where), hint: otherStateHint}
}

// noSuchReason says that no open reject has a reason, and which reasons they have.
func noSuchReason(reason string, open map[string]int64) error {
	if len(open) == 0 {
		return &problem{code: exit.Usage, err: fmt.Errorf("no reject with the reason %q is open; none is open at all", reason)}
	}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(open)) {
		parts = append(parts, fmt.Sprintf("%s (%s)", code, report.Count(open[code])))
	}
	return &problem{code: exit.Usage, err: fmt.Errorf("no reject with the reason %q is open", reason), hint: "open are " + strings.Join(parts, ", ") + "; `ph2cio status --rejects` lists them"}
}

// dismissedDocument is the document of retry --dismiss.
type dismissedDocument struct {
	Dismissed int64  `json:"dismissed"`
	Reason    string `json:"reason"`
}
