package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelp is cobra's help command, but a page that does not exist is an error there.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC] [--all]",
		Short: "Show help about a command or a topic",
		Long:  "Shows the help of a command, or a topic. With --all a command's help has all its flags.",
		Example: `  ph2cio help backfill
  ph2cio help backfill --all
  ph2cio help exit-codes`,
		DisableFlagsInUseLine: true,
		PersistentPreRunE:     withoutSettings,
		ValidArgsFunction:     completePages,
		RunE: func(c *cobra.Command, args []string) error {
			page, rest, err := c.Root().Find(args)
			if err == nil && len(rest) == 0 {
				return page.Help()
			}
			return &problem{
				err: fmt.Errorf("there is no help about %s", meant(strings.Join(args, " "), belowOf(c.Root()))), code: exitUsage,
				hint: "there is help about " + strings.Join(belowOf(c.Root()), ", "),
			}
		},
	}
}

// belowOf names what there is below a command.
func belowOf(c *cobra.Command) (names []string) {
	for _, below := range c.Commands() {
		if !below.Hidden {
			names = append(names, below.Name())
		}
	}
	return names
}
