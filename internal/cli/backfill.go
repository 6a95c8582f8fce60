package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/job"
)

type backfillOptions struct {
	mapping   mappingOptions
	sending   sendingOptions
	stdin     stdinOptions
	profiling profiling
}

func newBackfill(p *program) *cobra.Command {
	o := &backfillOptions{}
	c := &cobra.Command{
		Use:   "backfill SOURCE...",
		Short: "Send the whole history, the first time",
		Long: `Reads the exports twice, shows what it will send and where, asks, and sends: people first, then their events. SOURCE is a file,
a directory, a glob, an s3:// or az:// URL, or - for standard input. Events under 72 hours old are held back, because they can start
campaigns. If a run stops, run the same command again to resume.`,
		Example: `  ph2cio backfill --sandbox export.jsonl.gz
  ph2cio backfill --identify-by email,id --events 'Order *' export/
  ph2cio backfill --workspace 12345 --yes --json export/ > summary.json`,
		Args: needsSource,
		RunE: func(c *cobra.Command, args []string) error { return runBackfill(c.Context(), p, o, args) },
	}
	p.checks.add(c, func(args []string) error {
		err := errors.Join(o.mapping.check(p.now()), o.sending.check(p), p.report.check(), p.profiles.check())
		if o.sending.dryRun {
			return err
		}
		return errors.Join(err, p.checkCanAsk(&o.sending, "sent", "preview", args))
	})
	f := flagsInOrder(c)
	o.mapping.addFlags(f, "hold", p)
	p.stores.addFlags(f)
	f.BoolVar(&o.sending.restart, terminal.RestartFlag, false, "start over; events already sent are not sent again")
	describe(f, terminal.RestartFlag, resuming, "", commandLineOnly, sendsSame, inShort())
	o.sending.addFlags(f)
	o.stdin.addFlags(f)
	p.report.addFlags(f, outputFlags)
	p.profiles.addFlags(f, outputFlags, listsMade)
	o.profiling.addFlags(f)
	return c
}

func runBackfill(ctx context.Context, p *program, o *backfillOptions, args []string) (err error) {
	if o.sending.dryRun {
		return runPreview(ctx, p, o.sending.preview(o.mapping, o.stdin, o.profiling, false), args)
	}
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	o.mapping.reading.remember(p, o.sending.state)
	if err := p.checkBeforeStdin(&o.sending, args); err != nil {
		return err
	}
	release := holdOldCopies(args)
	defer func() {
		err = errors.Join(err, release(!o.sending.sandbox && isDone(err)))
	}()
	if args, err = p.copyStdin(ctx, &o.stdin, args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.removeStdinCopy(err != nil && !isFinished(err))) }()
	plan, err := p.newSourcesPlan(&o.mapping, o.stdin.tmp, args)
	if err != nil {
		return err
	}
	if err := o.sending.checkStateFlag(); err != nil {
		return err
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	// This comes before the first pass, which may take long, to report a directory that cannot be written at
	// once.
	if err := p.openState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	if err := o.mapping.reading.recognised.Save(ctx, to.ledger); err != nil {
		return err
	}
	plan.findMissing(ctx, p, to.ledger)
	sends, err := newSendJob(p, to, &o.mapping, &o.sending)
	if err != nil {
		return err
	}
	request := job.Request{Command: job.Backfill, Now: plan.rules.Now, Inputs: plan.found, Incomplete: plan.incomplete, Restart: o.sending.restart}
	return p.runJob(ctx, newPlanner(p, request, &o.mapping, o.stdin.tmp, plan.plan), sends)
}
