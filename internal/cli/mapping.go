package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
)

// newMapping is the command whose subcommands write, show and test mapping files.
func newMapping(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   mappingFlag + " COMMAND",
		Short: "Write, show and test a mapping file",
		Long: `A mapping file says in YAML what an export becomes in Customer.io: settings, and rules for events, attributes and people.
All commands that read an export take it with --mapping FILE. ph2cio help mapping-file explains what it can say.`,
		Example: `  ph2cio mapping init mapping.yaml
  ph2cio preview --mapping mapping.yaml export/
  ph2cio mapping test --mapping mapping.yaml`,
		Args: cobra.ArbitraryArgs, DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return &problem{
				err: fmt.Errorf("mapping has no command %s", withSuggestion(args[0], subcommandNames(c))), code: exit.Usage,
				hint: "its commands are " + strings.Join(subcommandNames(c), ", "),
			}
		},
	}
	c.AddCommand(newMappingInit(p), newMappingSchema(p), newMappingShow(p), newMappingTest(p))
	return c
}
