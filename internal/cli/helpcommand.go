package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelp is cobra's help command, but a page that does not exist is an error there.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC]",
		Short: "Help about a command or a topic",
		Example: `  ph2cio help backfill
  ph2cio help exit-codes`,
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // no settings are needed to read
		RunE: func(c *cobra.Command, args []string) error {
			page, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return &problem{
					err: fmt.Errorf("there is no help about %q", strings.Join(args, " ")), code: exitUsage,
					hint: "there is help about " + listed(c.Root()),
				}
			}
			return page.Help()
		},
	}
}

// refuseOtherShells makes an error of a shell for which cobra has no completion.
func refuseOtherShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return &problem{
				err: fmt.Errorf("there is no completion for %q", args[0]), code: exitUsage,
				hint: "there is completion for " + listed(c),
			}
		}
	}
}

// listed names what there is below a command.
func listed(c *cobra.Command) string {
	var names []string
	for _, below := range c.Commands() {
		if !below.Hidden {
			names = append(names, below.Name())
		}
	}
	return strings.Join(names, ", ")
}
