//go:build !linux && !darwin

package cli

import (
	"os"

	"golang.org/x/term"
)

// hideTyping returns the function that reads a line from a terminal, which does not show it meanwhile.
func hideTyping(terminal int) (readLine func() (string, error), err error) {
	return func() (string, error) {
		text, err := term.ReadPassword(terminal)
		return string(text), err
	}, nil
}

// continuedAfterStop returns nothing to wait for: these systems do not stop processes with Ctrl-Z.
func continuedAfterStop() (continued <-chan os.Signal, stop func()) { return nil, func() {} }
