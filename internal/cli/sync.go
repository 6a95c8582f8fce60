package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
)

type syncOptions struct {
	mapping   mappingOptions
	sending   sendingOptions
	stdin     stdinOptions // for --tmp alone
	firstRun  bool
	profiling profiling
}

func newSync(p *program) *cobra.Command {
	o := &syncOptions{}
	c := &cobra.Command{
		Use:   "sync SOURCE...",
		Short: "Send what is new or has changed, such as every night",
		Long: `Sends what no run has sent yet: new files, new rows of files that have grown, and people who have changed. It never
asks. Begin with a backfill, or with --first-run. If a run stops, run the same command again to resume.`,
		Example: `  ph2cio sync export/
  ph2cio sync --first-run --events 'Order *' 'exports/2026-*/*.jsonl.gz'
  ph2cio sync --max-duration 4h --tolerate-rejects 100 --quiet export/`,
		Args: someSource,
		RunE: func(c *cobra.Command, args []string) error { return runSync(c, p, o, args) },
	}
	p.check(c, func(args []string) error {
		return errors.Join(o.mapping.check(time.Now()), o.sending.check(p), noStdin(args))
	})
	f := c.Flags()
	f.SortFlags = false
	o.mapping.addFlags(f, "send")
	f.BoolVar(&o.firstRun, "first-run", false, "begin without a backfill; holds events under 72 hours old")
	describe(f, "first-run", nightly, "", sendsSame, short())
	f.DurationVar(&o.sending.maxDuration, "max-duration", 0, "stop sending after this long, such as 4h; the next run resumes; 0 never stops")
	describe(f, "max-duration", nightly, "DURATION", sendsSame, short())
	f.Int64Var(&o.sending.tolerateRejects, "tolerate-rejects", 0, "exit with code 0 despite up to N newly rejected rows")
	describe(f, "tolerate-rejects", nightly, "N", sendsSame, short())
	o.sending.addFlags(f)
	f.Lookup("yes").Hidden = true // it never asks, and takes it so that one file of settings serves all commands
	o.stdin.addFlags(f)
	o.profiling.addFlags(f)
	return c
}

func noStdin(args []string) error {
	if slices.Contains(args, stdinSource) {
		return errors.New("source -: sync reads files only; use backfill to read standard input")
	}
	return nil
}

func runSync(c *cobra.Command, p *program, o *syncOptions, args []string) (err error) {
	ctx := c.Context()
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	if o.sending.dryRun {
		return runPreview(ctx, p, &previewOptions{
			mapping: o.mapping, batchItems: o.sending.batchItems, rate: o.sending.rate, limit: 10, profiling: o.profiling,
			stdin: o.stdin, state: o.sending.state, workspace: o.sending.workspace, region: o.sending.region, fresh: o.sending.sandbox, onlyNew: true,
		}, args)
	}
	plan, err := p.plan(&o.mapping, o.stdin.tmp, args) // a mistake is told before anything is asked
	if err != nil {
		return err
	}
	if err := o.sending.mayHold(); err != nil {
		return err
	}
	mustKnow := !o.firstRun && !o.sending.sandbox
	if mustKnow && o.sending.state != "" {
		if err := p.hasState(ctx, o.sending.state, o.sending.state, firstRunHint); err != nil {
			return err
		}
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	if mustKnow {
		if err := p.hasState(ctx, to.state, o.sending.state, firstRunHint); err != nil {
			return err
		}
	}
	if err := p.holdState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	if known, idle := p.nothingSince(ctx, to, plan, &o.mapping); idle {
		return p.nothingNew(plan.Incomplete, known)
	}
	if err := p.openLedger(ctx, to); err != nil {
		return err
	}
	return p.sync(ctx, c, to, plan, o)
}

// nothingSince looks whether there is anything to do, without looking the whole state through for damage. What it cannot make out
// is for those to tell who open the state to send.
func (p *program) nothingSince(ctx context.Context, to *destination, plan *export.Plan, m *mappingOptions) (known int, idle bool) {
	store, err := ledger.OpenReadOnly(ctx, to.state, mapping.IDScheme)
	if err != nil {
		return 0, false
	}
	defer store.Close()
	runs, err := store.Runs(ctx, 1)
	if err != nil || len(runs) == 0 || runs[0].Ended.IsZero() || store.Workspace() != to.owner() {
		return 0, false
	}
	all, err := export.KnownSources(ctx, store)
	if err != nil || len(p.newSources(plan, all)) > 0 {
		return 0, false
	}
	same, err := p.asBefore(ctx, store, runs[0], m, plan)
	if err != nil || !same {
		return 0, false
	}
	p.watch.looksAt(store)
	return len(all), true
}

// sync looks for what is new, and sends it.
func (p *program) sync(ctx context.Context, c *cobra.Command, to *destination, plan *export.Plan, o *syncOptions) error {
	runs, err := to.ledger.Runs(ctx, 1)
	if err != nil {
		return err
	}
	if len(runs) == 0 && !o.firstRun && !to.temporary {
		return p.nothingSentFrom(to.state, o.sending.state, firstRunHint)
	}
	known, err := export.KnownSources(ctx, to.ledger)
	if err != nil {
		return err
	}
	if len(known) == 0 && !c.Flags().Changed("recent") {
		o.mapping.recent = "hold"
		first, err := p.planAt(plan.Now, &o.mapping, o.stdin.tmp, plan.Inputs)
		if err != nil {
			return err
		}
		first.Incomplete = plan.Incomplete
		plan = first
	}
	if err := to.wire(p, plan, &o.sending); err != nil {
		return err
	}
	p.onlyNew(plan, known)
	j := &journey{command: syncCommand, known: len(known)}
	if len(runs) > 0 && runs[0].Ended.IsZero() {
		if plan, err = p.takeUp(plan, runs[0], j, o); err != nil {
			return err
		}
	}
	if len(plan.Sources) == 0 {
		idle, err := p.nothingOwed(ctx, to.ledger, runs, &o.mapping, plan)
		if err != nil {
			return err
		}
		if idle {
			return p.nothingNew(plan.Incomplete, len(known))
		}
	}
	if err := p.flagsOf(j, &o.mapping, plan); err != nil {
		return err
	}
	if len(runs) > 0 && !j.goes {
		if err := p.tellOfFlags(j, runs[0], "; they apply to new rows only; `ph2cio backfill --restart` applies them to all rows"); err != nil {
			return err
		}
	}
	if err := to.wire(p, plan, &o.sending); err != nil {
		return err
	}
	return p.send(ctx, plan, to, j, &o.mapping, &o.sending)
}

// takeUp goes on with a run that was stopped, if it is a sync and its sources and flags are as they were. Else this one is planned
// anew, since what the other has sent is known: cron has nobody who could decide. Only a backfill comes first.
func (p *program) takeUp(plan *export.Plan, begun *ledger.Run, j *journey, o *syncOptions) (*export.Plan, error) {
	switch {
	case begun.Command != syncCommand && nothingSent(begun):
		return plan, nil
	case begun.Command == retryCommand:
		if len(plan.Sources) > 0 {
			p.warn("the retry of %s was stopped, and this sync replaces it; `ph2cio retry` tries again what is left", report.Time(begun.Began))
		}
		return plan, nil
	case begun.Command != syncCommand:
		return nil, &problem{code: exit.Usage,
			err:  fmt.Errorf("the %s of %s has not finished", begun.Command, report.Time(begun.Began)),
			hint: "resume it first: " + begun.Typed}
	}
	sent, err := sentFlags(o.mapping.identity.flags, &o.mapping.identity, plan)
	if err != nil {
		return nil, err
	}
	if changed, err := differences(sent, begun); err != nil || len(changed) > 0 {
		return plan, err
	}
	all, err := p.planAt(begun.Now, &o.mapping, o.stdin.tmp, plan.Inputs)
	if err != nil {
		return nil, err
	}
	sources, left, err := p.begunWith(begun, plan.Inputs, plan.Sources, all.Sources)
	if err != nil {
		p.warnAnew(begun, err)
		if len(plan.Sources) == 0 {
			err = begun.Finish(p.ctx, ledger.Replaced, time.Now(), nil, nil) // or this would be said every night
			return plan, err
		}
		return plan, nil
	}
	all.Sources, all.Incomplete = sources, plan.Incomplete
	j.run, j.goes, j.left, j.anew = begun, true, left, plan
	return all, nil
}
