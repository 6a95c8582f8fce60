package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/exit"
)

// command is a program to run to its end.
type command struct {
	name    string
	args    []string
	env     []string // on top of this process's own
	here    bool     // in this directory; otherwise in an empty one, where no .env lies
	allowed []int    // exit codes besides 0 that are no error
	core    string   // the only one that it has, by its number; empty for all
	state   string   // a directory to remove afterwards, so that the same command starts from the beginning
}

// outcome is what a program took.
type outcome struct {
	wall time.Duration
	cpu  time.Duration // of all cores
	peak int64         // bytes of resident memory at most; 0 where the system does not tell
}

// command runs a program. What it printed is part of the error, if there is one.
func (b *bench) command(c command) (outcome, error) {
	name, args := c.name, c.args
	if c.core != "" {
		name, args = "taskset", append([]string{"-c", c.core, c.name}, c.args...)
	}
	cmd := exec.CommandContext(b.ctx, name, args...)
	cmd.Env = append(os.Environ(), c.env...)
	if !c.here {
		cmd.Dir = b.tmp
	}
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	started := time.Now()
	err := cmd.Run()
	o := outcome{wall: time.Since(started)}
	if c.state != "" {
		err = errors.Join(err, os.RemoveAll(c.state))
	}
	if cmd.ProcessState != nil {
		o.peak = peak(cmd.ProcessState)
		o.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && slices.Contains(c.allowed, ended.ExitCode()) {
		err = nil
	}
	if err != nil {
		return o, fmt.Errorf("%s %s: %w\n%s", filepath.Base(c.name), strings.Join(c.args, " "), err, lastLines(printed.String()))
	}
	return o, nil
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

func (b *bench) preview(args ...string) command {
	return command{name: b.programs[0], args: append([]string{"preview", "--quiet"}, args...), allowed: []int{exit.Rejects}}
}

// backfill sends rows to the server, with a state of its own.
func (b *bench) backfill(to *server, rows string, rate int, args ...string) command {
	state := filepath.Join(b.tmp, "state")
	return command{
		name: b.programs[0], state: state, allowed: []int{exit.Rejects},
		args: append([]string{"backfill", rows, "--quiet", "--yes", "--rate", fmt.Sprint(rate), "--settle", "0s", "--max-rejects", "0", "--state", state}, args...),
		env: []string{
			"CUSTOMERIO_TRACK_URL=" + to.url, "CUSTOMERIO_SITE_ID=bench", "CUSTOMERIO_API_KEY=bench", "CUSTOMERIO_REGION=",
		},
	}
}

// withState is the same command with its state elsewhere.
func (c command) withState(state string) command {
	c.args = slices.Clone(c.args)
	c.args[slices.Index(c.args, c.state)], c.state = state, state
	return c
}

// childArgument starts this program as one of the others that it measures or measures with. They are
// processes of their own, so that start-up, memory and cores count as they do for ph2cio.
const childArgument = "child"

// child is the command that runs one of them on a file.
func (b *bench) child(name, file string, env ...string) command {
	return command{name: b.self, args: []string{childArgument, name, file}, env: env}
}

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
