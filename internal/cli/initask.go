package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ph2cio/internal/exit"
)

// checkCanAskSecrets refuses a command that asks for credentials, if nobody can be asked.
func (p *program) checkCanAskSecrets() error {
	var why string
	switch {
	case p.log != nil:
		why = "--log-format is json"
	case !p.env.StdinTerminal || p.env.Secret == nil:
		why = "standard input is not a terminal"
	case !p.env.StderrTerminal:
		why = "standard error is not a terminal"
	default:
		return nil
	}
	return &problem{code: exit.Usage, err: errors.New("cannot ask for credentials because " + why + "; nothing was written"), hint: setVariables}
}

// askSecret asks for a line that is not shown. A signal or the end of the input ends the command, and says that
// nothing was written.
func (p *program) askSecret(ctx context.Context, prompt string) (string, error) {
	p.idle.Store(true)
	secret, err := p.env.Secret(ctx, func() { fmt.Fprint(p.env.Stderr, prompt) })
	fmt.Fprintln(p.env.Stderr) // the terminal has not shown the end of the line either
	if p.file != nil {
		p.file.close()
	}
	if ctx.Err() == nil {
		p.idle.Store(false)
	}
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		fmt.Fprintln(p.env.Stderr, "Nothing was written.")
	}
	if errors.Is(err, io.EOF) {
		return "", &finished{code: exit.Done, why: "no credentials were given; nothing was written", declined: true}
	}
	if err != nil && ctx.Err() == nil {
		err = &problem{code: exit.Failed, err: fmt.Errorf("read from the terminal: %w", err), hint: setVariables}
	}
	return strings.TrimSpace(secret), err
}
