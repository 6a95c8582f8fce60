package cli

import (
	"strings"
	"testing"
)

// TestHelpFitsAScreen keeps every help page within 60 lines and 140 columns.
func TestHelpFitsAScreen(t *testing.T) {
	for _, args := range []string{
		"--help", "backfill --help", "sync --help", "retry --help", "preview --help", "inspect --help", "check --help", "status --help", "sandbox --help", "version --help",
	} {
		out := runProgram(t, nil, strings.Fields(args)...)
		if out.code != 0 || out.stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", args, out.code, out.stderr)
		}
		lines := strings.Split(out.stdout, "\n")
		if len(lines) > 60 || len(lines) < 5 {
			t.Errorf("%s: %d lines", args, len(lines))
		}
		for _, line := range lines {
			if strings.Contains(line, "default []") {
				t.Errorf("%s shows an empty default: %s", args, line)
			}
			if len(line) > 140 {
				t.Errorf("%s: a line of %d columns: %s", args, len(line), line)
			}
		}
	}
}

func TestEveryCommandHasExamples(t *testing.T) {
	root := newRoot(&program{})
	for _, c := range root.Commands() {
		if c.Runnable() && c.Name() != "completion" && strings.Count(c.Example, "ph2cio") < 2 {
			t.Errorf("%s has no two examples", c.Name())
		}
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := runProgram(t, nil, "completion", shell); out.code != 0 || !strings.Contains(out.stdout, "ph2cio") {
			t.Errorf("completion %s: exit code %d", shell, out.code)
		}
	}
}
