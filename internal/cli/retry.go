package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"ph2cio/internal/job"
	"ph2cio/internal/source"
)

type retryOptions struct {
	mapping   mappingOptions
	sending   sendingOptions
	stdin     stdinOptions // for --tmp alone
	merges    bool
	dismiss   string // the reason of rejects to close for good; empty retries
	profiling profiling
}

func newRetry(p *program) *cobra.Command {
	o := &retryOptions{}
	c := &cobra.Command{
		Use:   "retry",
		Short: "Send rejected rows again, after a fix",
		Long: `Once you have fixed a file, a flag or a setting in Customer.io: tries the rejected rows and people once more. It reads the files
of those rows again, and sends nothing twice. Give the flags of the run, corrected if need be. It asks before it sends, as
backfill does; for cron, add --yes. With --dismiss REASON it sends nothing, and closes all rejects with that reason for good.`,
		Example: `  ph2cio retry
  ph2cio retry --state DIR --identify-by email,id
  ph2cio retry --merges --yes`,
		Args: takesNoSource,
		RunE: func(c *cobra.Command, _ []string) error { return runRetry(c.Context(), p, o) },
	}
	p.checks.add(c, func([]string) error {
		if dismissing := c.Flags().Changed(dismissFlag); dismissing {
			return errors.Join(o.checkDismiss(), p.report.checkNone(dismissFlag, p.origins[reportFlag]), p.checkCanAsk(&o.sending, "closed", "status --rejects", nil))
		}
		return errors.Join(o.mapping.check(p.now()), o.sending.check(p), p.report.check(), p.profiles.check(), p.checkCanAsk(&o.sending, "sent", "status", nil))
	})
	f := flagsInOrder(c)
	f.BoolVar(&o.merges, job.RetryMergesFlag, false, "also try rejected merges again; they cannot be undone")
	describe(f, job.RetryMergesFlag, whatToSend, "", inShort(), onPage("nightly"))
	f.StringVar(&o.dismiss, dismissFlag, "", "close all rejects with this reason for good, and send nothing")
	describe(f, dismissFlag, whatToSend, "REASON", sendsSame, inShort(), onPage("nightly"), commandLineOnly)
	o.mapping.addFlags(f, "send", p)
	p.stores.addFlags(f)
	o.sending.addFlagsOf(f, false)
	o.stdin.addFlags(f)
	p.report.addFlags(f, outputFlags)
	p.profiles.addFlags(f, outputFlags, listsMade)
	o.profiling.addFlags(f)
	return c
}

// checkDismiss refuses what makes no sense with --dismiss.
func (o *retryOptions) checkDismiss() error {
	switch {
	case o.dismiss == "":
		return errors.New("--dismiss needs a reason; `ph2cio status --rejects` lists those that are open")
	case o.merges:
		return errors.New("--dismiss sends nothing, so it cannot be used with --merges")
	}
	return nil
}

// takesNoSource refuses any source.
func takesNoSource(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return errors.New("retry takes no SOURCE: the state directory says which files have rejected rows")
	}
	return nil
}

func runRetry(ctx context.Context, p *program, o *retryOptions) (err error) {
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	if o.dismiss != "" {
		return runDismiss(ctx, p, o)
	}
	if o.sending.state != "" {
		if err := p.requireState(ctx, o.sending.state, o.sending.state, otherStateHint); err != nil {
			return err
		}
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	if err := p.requireState(ctx, to.state, o.sending.state, otherStateHint); err != nil {
		return err
	}
	if err := p.openState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	sends, err := newSendJob(p, to, &o.mapping, &o.sending)
	if err != nil {
		return err
	}
	request := job.Request{Command: job.Retry, Now: p.now(), Inputs: source.NewSnapshot(p.stores.remote, nil), Merges: o.merges}
	return p.runJob(ctx, newPlanner(p, request, &o.mapping, o.stdin.tmp, nil), sends)
}
