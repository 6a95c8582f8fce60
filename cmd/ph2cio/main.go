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

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup means that a terminal which closes ends nothing
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		first := <-signals
		signal.Reset() // the second quits at once
		cancel(&cli.Interrupted{Signal: first})
	}()
	// net/http tells it of answers that nobody asked for, and quotes them: they are no part of our output.
	log.SetOutput(io.Discard)
	env := cli.OS()
	env.Commit = commit
	os.Exit(cli.Main(ctx, env, os.Args[1:]))
}
