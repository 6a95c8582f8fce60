package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ph2cio/internal/mapping"
)

// versionFlag is the flag that does what the command does.
const versionFlag = "version"

type versionInfo struct {
	Version       string `json:"version"`
	Commit        string `json:"commit"`
	Go            string `json:"go"`
	Platform      string `json:"platform"`
	EventIDScheme int    `json:"event_id_scheme"`
}

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

func version(commit string) versionInfo {
	v := versionInfo{
		Version: "devel", Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		EventIDScheme: mapping.IDScheme,
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v.Commit == "" {
			v.Commit = s.Value
		}
	}
	if v.Commit == "" {
		v.Commit = "unknown commit"
	}
	return v
}
