package cli

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
)

var update = flag.Bool("update", false, "rewrite the golden help screens")

const helpGolden = "../../testdata/golden/help"

// helpScreens are all pages of help: the arguments that show them, by the name of the file with the page.
func helpScreens() map[string][]string {
	screens := map[string][]string{"ph2cio": {"--help"}}
	var below func(c *cobra.Command, path []string)
	below = func(c *cobra.Command, path []string) {
		for _, page := range c.Commands() {
			if page.Hidden {
				continue
			}
			args := append(slices.Clone(path), page.Name())
			name := strings.Join(args, "-")
			if page.IsAdditionalHelpTopicCommand() {
				screens["topic-"+name] = append([]string{"help"}, args...)
				continue
			}
			screens[name] = append(slices.Clone(args), "--help")
			if name != "help" {
				screens[name+"--all"] = append(slices.Clone(args), "--help", "--all")
			}
			below(page, args)
		}
	}
	root := newRoot(newProgram(Env{}, nil))
	root.InitDefaultHelpCmd()
	below(root, nil)
	return screens
}

// TestHelpScreens holds every page of help against its golden file, and that the short ones fit into 80
// columns and 40 lines. After a change of the texts: go test ./internal/cli -run TestHelpScreens -update
func TestHelpScreens(t *testing.T) {
	screens := helpScreens()
	for name, args := range screens {
		out := runProgram(t, nil, args...)
		if out.code != 0 || out.stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", args, out.code, out.stderr)
		}
		checkScreen(t, name, out.stdout)
		path := filepath.Join(helpGolden, name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(out.stdout), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != out.stdout {
			t.Errorf("ph2cio %s is not %s (%v); look at it, and if it is right: go test ./internal/cli -run TestHelpScreens -update",
				strings.Join(args, " "), path, err)
		}
	}
	files, err := os.ReadDir(helpGolden)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := screens[strings.TrimSuffix(file.Name(), ".txt")]; ok {
			continue
		}
		if *update {
			_ = os.Remove(filepath.Join(helpGolden, file.Name()))
			continue
		}
		t.Errorf("no page of help is %s", file.Name())
	}
}

func checkScreen(t *testing.T, name, text string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if short := !strings.HasSuffix(name, "--all") && !strings.HasPrefix(name, "topic-"); short && len(lines) > 40 {
		t.Errorf("%s has %d lines, and 40 fit a screen", name, len(lines))
	}
	for _, line := range lines {
		if terminal.ColumnsOf(line) > 80 {
			t.Errorf("%s has a line of %d columns: %s", name, terminal.ColumnsOf(line), line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("%s has blanks at the end of a line: %q", name, line)
		}
	}
}

// TestHelpIsAsWideAsTheTerminal holds that lines fit narrow terminals, and are longer in wide ones, up to 100
// columns.
func TestHelpIsAsWideAsTheTerminal(t *testing.T) {
	for _, width := range []int{40, 60, 100, 200} {
		out := runProgramWith(t, func(e *Env) { e.Width = width }, nil, "backfill", "--help", "--all")
		widest := 0
		for line := range strings.Lines(out.stdout) {
			if !strings.HasPrefix(line, "  ph2cio") { // an example is to be copied
				widest = max(widest, terminal.ColumnsOf(strings.TrimSuffix(line, "\n")))
			}
		}
		if most := min(width, 100); widest > max(most, 50) || widest < most-10 {
			t.Errorf("in a terminal of %d columns the widest line has %d", width, widest)
		}
	}
}

// TestShortHelpHas the flags that everybody should come across.
func TestShortHelpHas(t *testing.T) {
	for _, name := range []string{
		"restart", "state", "only", "fresh", "sandbox", "dry-run", "yes", "max-profiles", "persons", "existing", "exclude-people",
	} {
		for _, c := range newRoot(newProgram(Env{}, nil)).Commands() {
			if f := c.Flags().Lookup(name); f != nil && !f.Hidden && !inShortHelp(c, f) {
				t.Errorf("%s --help does not show --%s", c.Name(), name)
			}
		}
	}
}

// kindsOfValues are what a flag may take in help, beside a choice of values.
var kindsOfValues = []string{
	"DAYS", "DIR", "DURATION", "FIELD=NAME", "FILE", "FROM..TO,...", "GLOB,...", "HOST:PORT", "ID", "ID,...", "KEY,...", "N", "NAME,...", "NAME=TEMPLATE",
	"PERCENT|N", "REASON", "REGEXP", "SIZE", "TEMPLATE", "TEXT", "TIME", "TIME|never", "URL", "ZONE",
}

// TestFlagTexts holds what is said of every flag against the rules of the house.
func TestFlagTexts(t *testing.T) {
	oddities := regexp.MustCompile("`|  |\\.$|^[A-Z][a-z ]|\\(default \\)|\\[|[^ -~]")
	eachFlag(newRoot(newProgram(Env{}, nil)), func(c *cobra.Command, f *pflag.Flag) {
		takes, text := factText(f, takesFact), f.Usage+defaultText(f)
		choice := hasFact(f, valuesFact) && takes == strings.Join(namesOf(f.Annotations[valuesFact]), "|")
		switch {
		case f.Name == "help":
			return
		case oddities.MatchString(text) && !strings.HasPrefix(text, "PostHog") && !strings.HasPrefix(text, "Customer.io"):
			t.Errorf("%s --%s: %q", c.Name(), f.Name, text)
		case f.Value.Type() == "bool" && takes != "":
			t.Errorf("%s --%s is a switch and takes %s", c.Name(), f.Name, takes)
		case f.Value.Type() != "bool" && !choice && !slices.Contains(kindsOfValues, takes):
			t.Errorf("%s --%s takes %q, which is no kind of value", c.Name(), f.Name, takes)
		case !hasFact(f, groupFact) && !f.Hidden:
			t.Errorf("%s --%s stands in no group", c.Name(), f.Name)
		case strings.Count(terminal.Wrap(text, 80, 26), "\n") > 2:
			t.Errorf("%s --%s has a text of more than 3 lines: %s", c.Name(), f.Name, text)
		}
	})
}

func eachFlag(c *cobra.Command, visit func(*cobra.Command, *pflag.Flag)) {
	c.Flags().VisitAll(func(f *pflag.Flag) { visit(c, f) })
	c.PersistentFlags().VisitAll(func(f *pflag.Flag) { visit(c, f) })
	for _, below := range c.Commands() {
		eachFlag(below, visit)
	}
}

func TestEveryCommandHasExamples(t *testing.T) {
	root := newRoot(newProgram(Env{}, nil))
	for _, c := range root.Commands() {
		if c.Runnable() && c.Name() != "completion" && strings.Count(c.Example, "ph2cio") < 2 {
			t.Errorf("%s has no two examples", c.Name())
		}
	}
}
