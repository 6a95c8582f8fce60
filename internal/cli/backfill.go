package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/export"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
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
a directory, a glob, or - for standard input. Events under 72 hours old are held back, because they can start campaigns. If a
run stops, run the same command again to resume.`,
		Example: `  ph2cio backfill --sandbox export.jsonl.gz
  ph2cio backfill --identify-by email,id --events 'Order *' export/
  ph2cio backfill --workspace 12345 --yes --json export/ > summary.json`,
		Args: someSource,
		RunE: func(c *cobra.Command, args []string) error { return runBackfill(c.Context(), p, o, args) },
	}
	p.check(c, func(args []string) error {
		err := errors.Join(o.mapping.check(time.Now()), o.sending.check(p))
		if o.sending.dryRun {
			return err
		}
		return errors.Join(err, p.mustBeAsked(&o.sending, "preview", args))
	})
	f := c.Flags()
	f.SortFlags = false
	o.mapping.addFlags(f, "hold")
	f.BoolVar(&o.sending.restart, restartFlag, false, "start over; events already sent are not sent again")
	describe(f, restartFlag, resuming, "", onlyTyped, sendsSame, short())
	o.sending.addFlags(f)
	o.stdin.addFlags(f)
	o.profiling.addFlags(f)
	return c
}

func runBackfill(ctx context.Context, p *program, o *backfillOptions, args []string) (err error) {
	if o.sending.dryRun {
		return runPreview(ctx, p, &previewOptions{
			mapping: o.mapping, batchItems: o.sending.batchItems, rate: o.sending.rate, limit: 10, profiling: o.profiling,
			stdin: o.stdin, state: o.sending.state, workspace: o.sending.workspace, region: o.sending.region, fresh: o.sending.sandbox,
		}, args)
	}
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	if err := p.beforeStdin(&o.sending, args); err != nil {
		return err
	}
	if args, err = p.takeStdin(ctx, &o.stdin, args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.dropStdin(err != nil && !isFinished(err))) }()
	plan, err := p.plan(&o.mapping, o.stdin.tmp, args)
	if err != nil {
		return err
	}
	if err := o.sending.mayHold(); err != nil {
		return err
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	if err := to.wire(p, plan, &o.sending); err != nil {
		return err
	}
	// Before the first reading, which may take long: a directory that cannot be written would be found out only then.
	if err := p.openState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	plan, journey, err := p.goOn(ctx, plan, to, o)
	if err != nil {
		return err
	}
	return p.send(ctx, plan, to, journey, &o.mapping, &o.sending)
}

// send is the run itself: learn, ask, deliver.
func (p *program) send(ctx context.Context, plan *export.Plan, to *destination, j *journey, m *mappingOptions, o *sendingOptions) (err error) {
	plan, learned, err := p.firstReading(ctx, plan, to, j, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, learned.Close()) }()
	if err := p.perhapsDone(plan, learned, j); err != nil {
		return err
	}
	return (&sendJob{p, to, m, o}).finish(ctx, j.read(ctx, plan, learned))
}

// read is what was read, for package job.
func (j *journey) read(ctx context.Context, plan *export.Plan, learned *export.Learned) *readJob {
	now := &job.Job{
		Command: job.Command(j.command), Now: plan.Now, Inputs: j.inputs, Sources: plan.Sources, Flags: j.flags, RetryMerges: j.merges, Added: j.left, Known: j.known,
	}
	if j.goes {
		now.Resumed = j.run
	}
	return &readJob{job: now, plan: plan, learned: learned, pass: &job.FirstPass{Rows: learned.Rows, Origin: func() ([]ledger.Source, []byte) {
		sources, people := learned.Origin(ctx)
		return job.Recorded(sources, plan.Sources), people
	}}}
}
