package cli

import (
	"context"
	"os"

	"golang.org/x/term"
)

// readSecret calls ask, and reads a line from the terminal on standard input without showing it. When it returns,
// also because ctx is done, the terminal is as it was before. Then the error is the cause of ctx; at the end of the
// input it is io.EOF. After Ctrl-Z and fg it asks again.
func readSecret(ctx context.Context, ask func()) (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(terminal, before) }()
	readLine, err := hideTyping(terminal)
	if err != nil {
		return "", err
	}
	continued, stop := continuedAfterStop()
	defer stop()
	ask()
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := readLine()
		read <- line{text, err}
	}()
	for {
		select {
		case l := <-read:
			return l.text, l.err
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-continued: // the shell has made the terminal show again what is typed
			if _, err := hideTyping(terminal); err != nil {
				return "", err
			}
			ask()
		}
	}
}
