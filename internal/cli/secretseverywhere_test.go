package cli

import (
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"

	"ph2cio/internal/sandbox"
)

// TestEveryCommandKeepsSecrets runs each command that there is, with everything turned on that says or keeps
// more, against an API that takes the credentials, one that does not, and one that refuses what it is sent;
// and searches what was said and kept. A command that is new has to be put here.
func TestEveryCommandKeepsSecrets(t *testing.T) {
	refusing := sandbox.Faults{Refuse: []sandbox.Refusal{{Match: "Order Completed", Reason: "invalid", Message: canaryKey + " is no good"}}}
	broken := sandbox.Faults{Answers: []sandbox.Answer{{Status: 403, Body: sandbox.BodyText, Text: canarySite + ":" + canaryKey}}}
	arguments := map[string][][]string{
		"backfill":   {{"--yes", acornly}, {"--yes", "--restart", acornly}, {"--dry-run", acornly}},
		"sync":       {{"--yes", acornly}, {"--yes", "--first-run", acornly}, {"--yes", acornly}},
		"retry":      {{"--yes"}},
		"preview":    {{acornly}},
		"inspect":    {{acornly}},
		"explain":    {{acornly, "--id", "user_1001"}},
		"check":      {{acornly}},
		"status":     {{}},
		"sandbox":    {{"--listen", "198.51.100.1:1"}},
		"version":    {{}},
		"help":       {{"environment"}, {"sending"}},
		"completion": {{"bash"}},
	}
	for name, faults := range map[string]sandbox.Faults{"good": {}, "refusing": refusing, "broken": broken} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, err := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Faults: faults}).Start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer box.Close()
			dir := t.TempDir()
			environment := map[string]string{"CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey, "CUSTOMERIO_TRACK_URL": box.URL()}
			commands := newRoot(newProgram(Env{}, nil)).Commands()
			for _, c := range commands {
				if !c.Runnable() && !c.HasSubCommands() || c.IsAdditionalHelpTopicCommand() {
					continue
				}
				all, known := arguments[c.Name()]
				if !known {
					t.Errorf("%s is not among the commands that are searched", c.Name())
				}
				for _, args := range all {
					for _, more := range [][]string{{"-v"}, {"--json"}, {"--log-format", "json", "-v"}} {
						searchCommand(t, environment, dir, c, append(args[:len(args):len(args)], more...))
					}
				}
			}
			searchFiles(t, dir)
		})
	}
}

// searchCommand runs a command with a state and metrics in dir, as far as it has flags for them.
func searchCommand(t *testing.T, environment map[string]string, dir string, c *cobra.Command, args []string) {
	t.Helper()
	for flag, value := range map[string]string{
		"state": filepath.Join(dir, "state"), "metrics-file": filepath.Join(dir, c.Name()+".prom"), "tmp": dir, "operations": filepath.Join(dir, "operations.jsonl"),
	} {
		if c.Flags().Lookup(flag) != nil {
			args = append(args, "--"+flag, value)
		}
	}
	out := runProgram(t, environment, append([]string{c.Name()}, args...)...)
	if out.stdout == "" && out.stderr == "" {
		t.Errorf("%s %q said nothing, so there was nothing to search", c.Name(), args)
	}
	search(t, "stdout", out.stdout)
	search(t, "stderr", out.stderr)
}
