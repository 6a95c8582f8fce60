package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// unknownFlag is the error of a flag that a command does not have, with the one that may be meant. What stands behind its name, as in
// -kSECRET or --key:SECRET, is not shown.
func unknownFlag(c *cobra.Command, e *pflag.NotExistError) error {
	dashes, typed := "--", e.GetSpecifiedName()
	if group := e.GetSpecifiedShortnames(); group != "" {
		dashes, typed = "-", group
	}
	name := typed[:len(typed)-len(strings.TrimLeft(typed, "abcdefghijklmnopqrstuvwxyz0123456789-"))]
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if meant := closest(name, known); meant != "" {
		return fmt.Errorf("unknown flag: %s%s; did you mean --%s?", dashes, name, meant)
	}
	if dashes == "-" {
		name = typed[:1]
	}
	if name != typed {
		name += "..."
	}
	return fmt.Errorf("unknown flag: %s%s", dashes, name)
}

// noSuchCommand refuses what is typed in the place of a command, and names the one that may be meant.
func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	if meant := closest(args[0], known); meant != "" {
		return fmt.Errorf("unknown command %q; did you mean %s?", args[0], meant)
	}
	return fmt.Errorf("unknown command %q", args[0])
}
