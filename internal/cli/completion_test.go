package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		out := runProgram(t, nil, "completion", shell)
		if out.code != 0 || !strings.Contains(out.stdout, "ph2cio") || out.stderr != "" {
			t.Errorf("completion %s: exit code %d, %s", shell, out.code, out.stderr)
		}
		if plain := runProgram(t, nil, "completion", shell, "--no-descriptions"); plain.code != 0 || plain.stdout == out.stdout {
			t.Errorf("completion %s --no-descriptions: exit code %d", shell, plain.code)
		}
	}
}

// completions is what the program offers a shell for the last word of a command line, and the line that says
// how to take it.
func completions(t *testing.T, words ...string) (offers []string, directive string) {
	t.Helper()
	out := runProgram(t, nil, append([]string{cobra.ShellCompRequestCmd}, words...)...)
	lines := strings.Split(strings.TrimSuffix(out.stdout, "\n"), "\n")
	if out.code != 0 || !strings.HasPrefix(lines[len(lines)-1], ":") {
		t.Fatalf("%q: exit code %d\n%s%s", words, out.code, out.stdout, out.stderr)
	}
	return lines[:len(lines)-1], lines[len(lines)-1]
}

func TestCompletion(t *testing.T) {
	const files, nothing, directories, extensions, list, choice = ":0", ":4", ":16", ":8", ":38", ":36"
	for _, c := range []struct {
		line      string // up to the Tab; a blank at the end begins a new word
		offers    []string
		directive string
	}{
		{"backfill --people ", []string{
			"identified\tpeople who logged in or were identified", "with-email\tpeople with an email, identified or not", "all\talso anonymous visitors",
		}, choice},
		{"backfill --people=i", []string{"identified\tpeople who logged in or were identified"}, choice},
		{"preview --recent ", []string{"hold\tleave them for a later run", "send\tsend them now"}, choice},
		{"check --region ", []string{"us\tUnited States", "eu\tEuropean Union"}, choice},
		{"status --log-format ", []string{"text\tfor people", "json\tone object per line"}, choice},
		{"backfill --identify-by email,", []string{"email,id\tthe kept distinct ID", "email,cio_id\tCustomer.io's own ID"}, list},
		{"backfill --live-since ", []string{"never\tit never sent events"}, choice},
		{"backfill --existing ", []string{"csv"}, extensions},
		{"backfill --exclude-people ", nil, files},
		{"backfill --state ", nil, directories},
		{"backfill --events ", nil, nothing},
		{"backfill --rate ", nil, nothing},
		{"backfill ", nil, files},
		{"backfill --yes ", nil, files},
		{"explain export/ ", nil, files},
		{"retry ", nil, nothing},
		{"status ", nil, nothing},
		{"completion ", []string{
			"bash\tPrint the script for bash", "zsh\tPrint the script for zsh", "fish\tPrint the script for fish",
			"powershell\tPrint the script for PowerShell",
		}, nothing},
		{"help completion z", []string{"zsh\tPrint the script for zsh"}, choice},
		{"help backfill ", nil, choice},
		{"help mapp", []string{"mapping-file\tA mapping file: settings, rules and tests in YAML", "mapping\tWhat an event and a person become in Customer.io"}, choice},
		{"mapping show --screen-name n", []string{"name\tthe screen's own name"}, choice},
		{"mapping test --mapping ", []string{"yaml", "yml"}, extensions},
		{"mapping init ", nil, files},
		{"mapping schema ", nil, nothing},
		{"sync --restart", nil, nothing},
	} {
		offers, directive := completions(t, strings.Split(c.line, " ")...)
		if !slices.Equal(offers, c.offers) || directive != c.directive {
			t.Errorf("%q: %q %s, want %q %s", c.line, offers, directive, c.offers, c.directive)
		}
	}
	for line, has := range map[string]string{
		"": "backfill\tSend the whole history, the first time", "help ": "exit-codes\tWhat the exit code means", "help b": "backfill\tSend the whole history, the first time",
		"backfill --max-pro": "--max-profiles\tsend nothing if more than N profiles would be new; 0 is no limit",
	} {
		if offers, _ := completions(t, strings.Split(line, " ")...); !slices.Contains(offers, has) {
			t.Errorf("%q offers %q, and not %q", line, offers, has)
		}
	}
}

// TestEveryChoiceSaysWhatItMeans holds that no value is offered bare.
func TestEveryChoiceSaysWhatItMeans(t *testing.T) {
	eachFlag(newRoot(newProgram(Env{}, nil)), func(c *cobra.Command, f *pflag.Flag) {
		for _, value := range f.Annotations[valuesFact] {
			if name, means, _ := strings.Cut(value, "\t"); name == "" || means == "" {
				t.Errorf("%s --%s offers %q", c.Name(), f.Name, value)
			}
		}
	})
}

// TestCompletionReadsNothing holds that settings and states neither decide nor say anything while a shell
// asks.
func TestCompletionReadsNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(".env", []byte("PH2CIO_NONSENSE=1\nnot a setting\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{
		"PH2CIO_LOG_FORMAT": "json", "PH2CIO_PEOPLE": "nonsense", "PH2CIO_NONSENSE": "1", "CUSTOMERIO_API_KEY_FILE": "nowhere",
		"PH2CIO_STATE": filepath.Join(t.TempDir(), "state"), "PH2CIO_PING_URL": "http://127.0.0.1:1",
	}
	for _, words := range [][]string{
		{cobra.ShellCompRequestCmd, "backfill", "--people", ""}, {cobra.ShellCompNoDescRequestCmd, "backfill", "--people", ""},
		{cobra.ShellCompRequestCmd, "backfill", "--rate", "x", "--env-file", "nowhere", "--recent", ""}, {"completion", "bash"},
	} {
		out := runProgram(t, environment, words...)
		if out.code != 0 || strings.Contains(strings.TrimPrefix(out.stderr, "Completion ended with directive: "), ": ") {
			t.Errorf("%q: exit code %d, %s", words, out.code, out.stderr)
		}
	}
	if _, err := os.Stat(environment["PH2CIO_STATE"]); err == nil {
		t.Error("a state directory was made")
	}
}
