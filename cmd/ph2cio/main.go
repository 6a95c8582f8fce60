// Command ph2cio moves PostHog history into Customer.io.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"ph2cio/internal/cli"
)

// commit is set by the Makefile (-X main.commit) for builds without version control stamping.
var commit string

func main() { start(cli.OS()) }

// start is the program with its surroundings. It does not return.
func start(env cli.Env) {
	collectGarbage()
	ctx, cancel := context.WithCancelCause(context.Background())
	stopBySignal(ctx, cancel)
	// net/http logs answers that no request belongs to, and quotes them. They must not appear in the output.
	log.SetOutput(io.Discard)
	env.Commit = commit
	stopByPipe(&env, cancel)
	os.Exit(cli.Main(ctx, env, os.Args[1:]))
}

// stopBySignal stops the command at the first signal. After that, or once anything else has stopped the
// command, the next signal ends the process at once.
func stopBySignal(ctx context.Context, cancel context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	watched := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup means that a terminal which closes ends nothing
		watched = append(watched, syscall.SIGHUP)
	}
	signal.Notify(signals, watched...)
	go func() {
		select {
		case first := <-signals:
			cancel(&cli.Interrupted{Signal: first})
		case <-ctx.Done():
		}
		signal.Reset(watched...)
	}()
}
