package cli

import (
	"io"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/escape"
	"ph2cio/internal/job"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// withoutOnly returns a command line, as it was typed or is to be typed, without --only and its value. named is
// that value, quoted, and empty if the command has none that it could do without.
func withoutOnly(command string) (all, named string) {
	before, rest, has := strings.Cut(command, " --only")
	if !has || rest == "" || !strings.Contains("= ", rest[:1]) || strings.Contains(before+" ", " -- ") {
		return command, ""
	}
	named, rest, _ = strings.Cut(rest[1:], " ")
	if named == "" || strings.Contains(named, "'") || strings.Contains(rest, "--only") {
		return command, "" // quoted, which is rare
	}
	return strings.TrimSuffix(before+" "+rest, " "), named
}

// afterOnly returns the command that sends everybody, after a backfill that has sent few people to try it out.
func (p *program) afterOnly(command job.Command, s *transfer.Summary) string {
	if all, named := withoutOnly(p.resumeCommand()); command == job.Backfill && named != "" && deliver.Sum(s.Accepted) > 0 {
		return all
	}
	return ""
}

// showTried says how to look at the people of --only, before the next command sends everybody.
func (p *program) showTried(s *transfer.Summary, to *destination) error {
	all, named := withoutOnly(p.resumeCommand())
	if named == "" || s.Next != all || p.json || to.temporary {
		return nil
	}
	look := "open People in Customer.io and search for it."
	if customerio.RegionOf(to.base) == "" {
		look = "`curl -s " + escape.Shell(to.base) + "/sandbox/people` shows who has arrived."
	}
	text := "First look at " + named + ": " + look + " Then send everybody else:"
	_, err := io.WriteString(p.env.Stdout, "\n"+terminal.Wrap(terminal.Plain(text), p.columns(), 0)+"\n  "+terminal.Plain(all)+"\n")
	return err
}
