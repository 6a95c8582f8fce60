//go:build !linux && !darwin

package cli

import "golang.org/x/term"

// hideTyping returns the function that reads a line from a terminal, which does not show it meanwhile.
func hideTyping(terminal int) (readLine func() (string, error), err error) {
	return func() (string, error) {
		text, err := term.ReadPassword(terminal)
		return string(text), err
	}, nil
}
