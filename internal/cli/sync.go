package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

type syncOptions struct {
	mapping   mappingOptions
	sending   sendingOptions
	stdin     stdinOptions // for --tmp alone
	firstRun  bool
	profiling profiling

	waitForFiles time.Duration // how long an export may be incomplete before a sync fails
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
		Args: needsSource,
		RunE: func(c *cobra.Command, args []string) error { return runSync(c, p, o, args) },
	}
	p.checks.add(c, func(args []string) error {
		return errors.Join(o.mapping.check(p.now()), o.sending.check(p), o.checkWait(), noStdin(args), p.report.check(), p.profiles.check())
	})
	f := flagsInOrder(c)
	o.mapping.addFlags(f, "send", p)
	p.stores.addFlags(f)
	f.BoolVar(&o.firstRun, "first-run", false, "begin without a backfill; holds events under 72 hours old")
	describe(f, "first-run", nightly, "", sendsSame, inShort())
	f.DurationVar(&o.sending.maxDuration, "max-duration", 0, "stop sending after this long, such as 4h; the next run resumes; 0 never stops")
	describe(f, "max-duration", nightly, "DURATION", sendsSame, inShort())
	f.Int64Var(&o.sending.tolerateRejects, "tolerate-rejects", 0, "exit with code 0 despite up to N newly rejected rows")
	describe(f, "tolerate-rejects", nightly, "N", sendsSame, inShort())
	f.DurationVar(&o.waitForFiles, "wait-for-files", 24*time.Hour, "end with exit code 6 if files that a manifest lists are still missing this long after it was written")
	describe(f, "wait-for-files", nightly, "DURATION", sendsSame)
	o.sending.addFlags(f)
	f.Lookup("yes").Hidden = true // sync never asks; the flag lets all commands share their settings
	o.stdin.addFlags(f)
	p.report.addFlags(f, outputFlags)
	p.profiles.addFlags(f, outputFlags, listsMade)
	o.profiling.addFlags(f)
	return c
}

func (o *syncOptions) checkWait() error {
	if o.waitForFiles < 0 {
		return fmt.Errorf("--wait-for-files must be 0s or more, not %s", o.waitForFiles)
	}
	return nil
}

func noStdin(args []string) error {
	if slices.Contains(args, stdinSource) {
		return errors.New("source -: sync reads files only; use backfill to read standard input")
	}
	return nil
}

func runSync(c *cobra.Command, p *program, o *syncOptions, args []string) error {
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	if o.sending.dryRun {
		return runPreview(c.Context(), p, o.sending.preview(o.mapping, o.stdin, o.profiling, true), args)
	}
	o.mapping.identity.lateLists = o.mapping.identity.hasListInStore()
	o.mapping.reading.remember(p, o.sending.state)
	// Before any request, so that a mistake is reported first.
	plan, err := p.newSourcesPlan(&o.mapping, o.stdin.tmp, args)
	if err != nil {
		return err
	}
	return o.send(c, p, plan)
}

// send sends what is new in the sources of a plan.
func (o *syncOptions) send(c *cobra.Command, p *program, plan *sourcesPlan) (err error) {
	ctx := c.Context()
	if err := o.sending.checkStateFlag(); err != nil {
		return err
	}
	mustKnow := !o.firstRun && !o.sending.sandbox
	if mustKnow && o.sending.state != "" {
		if err := p.requireState(ctx, o.sending.state, o.sending.state, firstRunHint); err != nil {
			return err
		}
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	if mustKnow {
		if err := p.requireState(ctx, to.state, o.sending.state, firstRunHint); err != nil {
			return err
		}
	}
	if err := p.lockState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	request := job.Request{
		Command: job.Sync, Now: plan.rules.Now, Inputs: plan.found, FirstRun: o.firstRun || to.temporary,
		HoldsRecent: plan.rules.Mapping.HoldsRecent(), RecentGiven: c.Flags().Changed("recent"),
	}
	plans := newPlanner(p, request, &o.mapping, o.stdin.tmp, plan.plan)
	known, idle := p.isIdle(ctx, to, plan, &plans.request)
	found := o.mapping.reading.recognised
	if idle && !found.New() {
		return o.orOverdue(p.now(), plan.incomplete, p.nothingNew(plan.incomplete, known))
	}
	if o.mapping.identity.lateLists {
		o.mapping.identity.lateLists = false
		plans.forget()
	}
	if err := p.openLedger(ctx, to); err != nil {
		return err
	}
	if err := found.Save(ctx, to.ledger); err != nil {
		return err
	}
	if idle {
		return o.orOverdue(p.now(), plan.incomplete, p.nothingNew(plan.incomplete, known))
	}
	sends, err := newSendJob(p, to, &o.mapping, &o.sending)
	if err != nil {
		return err
	}
	err = p.runJob(ctx, plans, sends)
	if errors.Is(err, job.ErrNothingSent) {
		return p.nothingSentError(to.state, o.sending.state, firstRunHint)
	}
	return o.orOverdue(p.now(), plan.incomplete, err)
}

// isIdle reports whether a sync has nothing to do, and how many sources it has found. It does not
// search the state for damage, and returns false on any error: opening the state for writing reports it. It
// also finds the exports of which files are missing, and gives them to the request.
func (p *program) isIdle(ctx context.Context, to *destination, plan *sourcesPlan, request *job.Request) (known int, idle bool) {
	store, err := ledger.OpenReadOnly(ctx, to.state, mapping.IDScheme)
	if err == nil {
		defer store.Close()
	}
	if err != nil || store.Workspace() != to.owner() {
		store = nil
	}
	plan.findMissing(ctx, p, store)
	request.Incomplete = plan.incomplete
	if store == nil {
		return 0, false
	}
	if known, idle = job.Idle(ctx, request, store); idle {
		p.notify.readNewest(store)
	}
	return known, idle
}
