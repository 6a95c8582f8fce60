package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

// checks are what each command looks at before it begins: its arguments and the values of its flags. A check
// asks nobody and opens no source. All that the checks of a command find is reported at once.
type checks map[*cobra.Command][]func(args []string) error

func (k checks) add(c *cobra.Command, check func(args []string) error) { k[c] = append(k[c], check) }

// addArguments makes what commands say of their arguments the first of their checks.
func (k checks) addArguments(root *cobra.Command) {
	for _, c := range withSettings(root) {
		if arguments := c.Args; arguments != nil && !c.HasSubCommands() {
			c.Args = cobra.ArbitraryArgs
			first := func(args []string) error { return arguments(c, args) }
			k[c] = append([]func([]string) error{first}, k[c]...)
		}
	}
}

// run returns all that the checks of a command find.
func (k checks) run(c *cobra.Command, args []string) error {
	var errs []error
	for _, check := range k[c] {
		errs = append(errs, check(args))
	}
	return errors.Join(errs...)
}
