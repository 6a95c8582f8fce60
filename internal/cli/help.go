package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
)

// newHelp is cobra's help command, except that a page that does not exist is an error, and that it prints the
// schema of documents.
func newHelp(schema func() []byte) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC] [--all]",
		Short: "Show help about a command or a topic",
		Long: `Shows the help of a command, or a topic. With --all a command's help has all its flags. ph2cio help json-schema prints the JSON
schema of what commands write with --json.`,
		Example: `  ph2cio help backfill
  ph2cio help backfill --all
  ph2cio help exit-codes
  ph2cio help json-schema > ph2cio.schema.json`,
		DisableFlagsInUseLine: true,
		PersistentPreRunE:     withoutSettings,
		ValidArgsFunction:     completePages,
		RunE: func(c *cobra.Command, args []string) error {
			if slices.Equal(args, []string{schemaPage}) {
				_, err := c.OutOrStdout().Write(schema())
				return err
			}
			page, rest, err := findPage(c.Root(), args)
			if err == nil && len(rest) == 0 {
				return page.Help()
			}
			about := strings.Join(args, " ")
			return &problem{
				err:  fmt.Errorf("there is no help about %s", withSuggestion(about, subcommandNames(c.Root()))),
				code: exit.Usage, hint: helpElsewhere(c.Root(), about),
			}
		},
	}
}

// findPage finds a command or a topic. mapping is both: the topic says what the flags mean, and
// `ph2cio mapping --help` has the help of the command.
func findPage(root *cobra.Command, args []string) (page *cobra.Command, rest []string, err error) {
	if len(args) == 1 {
		for _, c := range root.Commands() {
			if c.IsAdditionalHelpTopicCommand() && c.Name() == args[0] {
				return c, nil, nil
			}
		}
	}
	return root.Find(args)
}

// helpElsewhere says where there is help about a flag or one of PostHog's events, else what there is help
// about.
func helpElsewhere(root *cobra.Command, about string) string {
	switch name := strings.TrimLeft(about, "-"); {
	case strings.HasPrefix(name, "$"):
		return "`ph2cio help mapping` says what becomes of PostHog's own events and properties"
	case slices.Contains(flagNames(root), name):
		return fmt.Sprintf("--%s is a flag of %s: `ph2cio %s`", name, commandsWith(root, name), helpOn(root, name))
	}
	var commands, topics []string
	for _, c := range root.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			topics = append(topics, c.Name())
		} else if !c.Hidden {
			commands = append(commands, c.Name())
		}
	}
	return "there is help about the topics " + strings.Join(topics, ", ") + "; and about the commands " + strings.Join(commands, ", ")
}

// helpOn is what to type after ph2cio for the page that explains a flag.
func helpOn(root *cobra.Command, flag string) string {
	if hasFlag(root, flag) {
		return "--help"
	}
	for _, c := range sendersFirst(root) {
		if f := c.Flags().Lookup(flag); f != nil && !f.Hidden && listsFlags(factText(f, topicFact)) {
			return "help " + factText(f, topicFact)
		}
	}
	return "help COMMAND --all"
}

// subcommandNames returns the names of a command's subcommands and topics.
func subcommandNames(c *cobra.Command) (names []string) {
	for _, below := range c.Commands() {
		if !below.Hidden {
			names = append(names, below.Name())
		}
	}
	return names
}
