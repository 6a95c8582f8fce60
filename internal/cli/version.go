package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// versionFlag is the flag that does the same as the command.
const versionFlag = "version"

func newVersion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Prints the version, the commit it was built from, and the platform.",
		Example: "  ph2cio version\n  ph2cio version --json",
		Args:    noArguments,
		RunE:    func(*cobra.Command, []string) error { return runVersion(p) },
	}
}

func runVersion(p *program) error {
	v := version(p.env.Commit)
	if p.json {
		return p.writeJSON(p.env.Stdout, v)
	}
	_, err := fmt.Fprintf(p.env.Stdout, "ph2cio %s (%s, %s, %s)\n", v.Version, v.Commit, v.Go, v.Platform)
	return err
}
