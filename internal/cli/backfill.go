package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
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
	unknown, err := p.checkAsked(&m.identity, learned)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		p.warn("%s", nobodyHas(unknown))
	}
	p.warnOfPersons(learned)
	p.warnOfHalfRows(learned)
	if err := p.confirm(ctx, plan, learned, to, j, m, o); err != nil {
		return err
	}
	if err := to.stateStays(); err != nil {
		return err
	}
	if err := p.beginRun(ctx, plan, learned, to, j); err != nil {
		return err
	}
	return p.deliver(ctx, plan, learned, to, j, o, unknown)
}

// deliver sends what was learnt, notes how far it came, and prints the summary. unknown are the names of
// --only that nobody has.
func (p *program) deliver(ctx context.Context, plan *export.Plan, learned *export.Learned, to *destination, j *journey, o *sendingOptions, unknown []string) error {
	plan.Ledger = j.run
	sending, done := o.within(ctx)
	// What waits for its turn, or to be tried again, is not under way.
	patient := context.AfterFunc(sending, func() { to.pace.Stop(context.Cause(sending)) })
	summary, err := export.Send(sending, plan, learned)
	patient()
	done()
	summary.UnknownOnly = unknown
	rejects, err := p.settleUp(ctx, to, j, learned, summary, err)
	if err == nil {
		err = o.forget(ctx, to.ledger)
	}
	if err = afterSignal(ctx, err); err != nil && interruption(ctx) != nil {
		summary.Interrupted = true
	}
	if err == nil && j.cameToNothing(plan, summary) {
		return p.nothingNew(plan, j.known)
	}
	enough := errors.Is(err, errEnough) && ctx.Err() == nil
	if enough {
		err, summary.Interrupted = nil, false
	}
	if err := errors.Join(err, p.writeSummary(p.env.Stdout, summary, sentTitle(summary, to), err)); err != nil {
		return err
	}
	if err := to.showSandbox(p); err != nil {
		return err
	}
	if rejects > 0 && rejects <= o.tolerateRejects && len(learned.Trouble) == 0 {
		return nil
	}
	return verdict(summary, learned, rejects)
}

// called is what a person knows the destination as.
func (to *destination) called() string {
	if to.sandbox != nil {
		return "the sandbox"
	}
	return fmt.Sprintf("workspace %d (%s, %s)", to.workspace.EnvironmentID, to.workspace.Region, to.base)
}

// forget lets go of the keys of events that are older than --dedup-window.
func (o *sendingOptions) forget(ctx context.Context, state *ledger.Store) error {
	if o.dedupWindow == 0 {
		return nil
	}
	return state.Forget(ctx, ledger.DayOf(time.Now())-int64(o.dedupWindow))
}

// settleUp writes the file of rejects, notes that the run has ended if it has, and says what comes next. failed is what ended it
// early.
func (p *program) settleUp(ctx context.Context, to *destination, j *journey, learned *export.Learned, summary *export.Summary, failed error) (rejects int64, err error) {
	if broken(failed) {
		summary.Next = p.again()
		return 0, failed
	}
	writing, done := finishing(ctx)
	path, rejects, err := export.WriteRejects(writing, to.state, j.run)
	done()
	if foreign, ok := errors.AsType[*export.NotOurs](err); ok {
		p.warn("%v; move it away, and the next run writes the file", foreign)
		err = nil
	}
	if !to.temporary {
		summary.Rejects = path
	}
	if err = errors.Join(failed, err); err == nil {
		err = j.finish(ctx, learned, to.ledger, rejects)
	}
	switch {
	case err != nil:
		summary.Next = p.again()
	case j.left > 0 && j.command == syncCommand:
		summary.Next = p.again()
	case summary.Rows.Skipped[mapping.ReasonRecent] > 0 && j.command == backfillCommand:
		summary.Next = p.restart()
	case learned.HoldsOld() && j.command == backfillCommand:
		summary.Next = p.restart() + " --" + resendOldFlag
	case learned.HoldsOld():
		summary.Next = p.again() + " --" + resendOldFlag
	}
	return rejects, err
}
