package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

type retryOptions struct {
	mapping   mappingOptions
	sending   sendingOptions
	stdin     stdinOptions // for --tmp alone
	merges    bool
	profiling profiling
}

func newRetry(p *program) *cobra.Command {
	o := &retryOptions{}
	c := &cobra.Command{
		Use:   "retry",
		Short: "Send rejected rows again, after a fix",
		Long: `Once you have fixed a file, a flag or a setting in Customer.io: tries the rejected rows and people once more. It reads the files
of those rows again, and sends nothing twice. Give the flags of the run, corrected if need be. It asks before it sends, as
backfill does; for cron, add --yes.`,
		Example: `  ph2cio retry
  ph2cio retry --state DIR --identify-by email,id
  ph2cio retry --merges --yes`,
		Args: noSource,
		RunE: func(c *cobra.Command, _ []string) error { return runRetry(c.Context(), p, o) },
	}
	p.check(c, func([]string) error {
		return errors.Join(o.mapping.check(time.Now()), o.sending.check(p), p.mustBeAsked(&o.sending, "status", nil))
	})
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&o.merges, "merges", false, "also try rejected merges again; they cannot be undone")
	describe(f, "merges", whatToSend, "", short(), on("nightly"))
	o.mapping.addFlags(f, "send")
	o.sending.addFlagsOf(f, false)
	o.stdin.addFlags(f)
	o.profiling.addFlags(f)
	return c
}

// noSource refuses what is typed as a source.
func noSource(_ *cobra.Command, args []string) error {
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
	if o.sending.state != "" {
		if err := p.hasState(ctx, o.sending.state, o.sending.state, usedHint); err != nil {
			return err
		}
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	if err := p.hasState(ctx, to.state, o.sending.state, usedHint); err != nil {
		return err
	}
	if err := p.openState(ctx, to, o.sending.waitLock); err != nil {
		return err
	}
	return p.retry(ctx, to, o)
}

// retry finds what was rejected, and sends it.
func (p *program) retry(ctx context.Context, to *destination, o *retryOptions) error {
	open, err := to.ledger.OpenRejects(ctx)
	if err != nil {
		return err
	}
	runs, err := to.ledger.Runs(ctx, 1)
	if err != nil {
		return err
	}
	begun := len(runs) > 0 && runs[0].Ended.IsZero()
	if begun && runs[0].Command != retryCommand {
		return &problem{code: exit.Usage,
			err:  fmt.Errorf("the %s of %s has not finished", runs[0].Command, report.Time(runs[0].Began)),
			hint: "resume it first: " + runs[0].Typed}
	}
	if !begun && open.Rows+open.People == 0 && (open.Merges == 0 || !o.merges) {
		return p.nothingRejected(&open)
	}
	inputs := &source.Snapshot{}
	sources, reread, err := p.stillThere(ctx, to.ledger, inputs, &open)
	if err != nil {
		return err
	}
	j := &journey{command: retryCommand, asks: true, merges: o.merges, reread: reread}
	if !begun && len(sources) == 0 && open.People == 0 && (open.Merges == 0 || !o.merges) {
		return &problem{code: exit.Input,
			err:  fmt.Errorf("nothing was tried again: the files with the %s are missing", report.Plural(open.Rows, "rejected row", "rejected rows")),
			hint: "put back the files that the warnings name, or run sync to read them under their new names; then retry"}
	}
	plan, err := p.retryPlan(ctx, time.Now(), to, j, o, inputs, sources)
	if err != nil {
		return err
	}
	if len(runs) > 0 {
		if err := p.tellOfFlags(j, runs[0], ""); err != nil {
			return err
		}
	}
	if begun && j.flags == runs[0].Flags {
		if plan, err = p.takeUpRetry(ctx, plan, runs[0], to, j, o); err != nil {
			return err
		}
	}
	return p.send(ctx, plan, to, j, &o.mapping, &o.sending)
}

// retryPlan is the plan of a retry, with the flags that it is typed with.
func (p *program) retryPlan(ctx context.Context, now time.Time, to *destination, j *journey, o *retryOptions, inputs *source.Snapshot, sources []source.Source) (*export.Plan, error) {
	plan, err := p.planOf(now, &o.mapping, o.stdin.tmp, sources)
	if err == nil {
		plan.Inputs = inputs
		err = p.flagsOf(j, &o.mapping, plan)
	}
	if err == nil && o.merges {
		plan.Merges, err = to.ledger.OpenMerges(ctx, j.id())
	}
	if err == nil {
		err = to.wire(p, plan, &o.sending)
	}
	return plan, err
}

// takeUpRetry goes on with a retry that was stopped, if its files are as they were; else the one that was planned begins.
func (p *program) takeUpRetry(ctx context.Context, plan *export.Plan, begun *ledger.Run, to *destination, j *journey, o *retryOptions) (*export.Plan, error) {
	var there []source.Source
	for _, one := range begun.Sources {
		if now, ok := plan.Inputs.Look(ctx, one.Path); ok {
			there = append(there, now)
		}
	}
	sources, _, err := p.begunWith(begun, plan.Inputs, there, nil)
	if err != nil {
		p.warnAnew(begun, err)
		return plan, nil
	}
	j.run, j.goes, j.anew = begun, true, plan
	return p.retryPlan(ctx, begun.Now, to, j, o, plan.Inputs, sources)
}

// nothingRejected says that there is nothing to try.
func (p *program) nothingRejected(open *ledger.OpenRejects) error {
	if p.json {
		return p.writeSummary(p.env.Stdout, export.Nothing(&export.Plan{}), "", nil)
	}
	text := "Nothing to retry: nothing is rejected."
	if open.Merges > 0 {
		text = "Nothing to retry except " + report.Plural(open.Merges, "rejected merge", "rejected merges") + ": add --merges to try " +
			report.PluralWord(open.Merges, "it", "them") + " again."
	}
	_, err := fmt.Fprintln(p.env.Stdout, text)
	return err
}

// stillThere are the files that have rejected rows, also those by another name now, and the sources that are surely in them.
func (p *program) stillThere(ctx context.Context, state *ledger.Store, inputs *source.Snapshot, open *ledger.OpenRejects) (files []source.Source, reread []ledger.Source, err error) {
	known, err := export.KnownSources(ctx, state)
	if err != nil {
		return nil, nil, err
	}
	var gone []string
	for _, then := range open.Sources {
		now, there := inputs.Look(ctx, then.Path)
		if there {
			files = append(files, now) // if another file has its name, it may be that which was mended
		}
		if there && export.Holds(ctx, now, then) {
			reread = append(reread, then)
			continue
		}
		renamed, found := export.NowNamed(ctx, &then, known, inputs)
		switch {
		case found:
			files, reread = append(files, renamed), append(reread, then)
		case !there:
			gone = append(gone, then.Path)
		}
	}
	slices.SortFunc(files, func(a, b source.Source) int { return strings.Compare(a.Name, b.Name) })
	files = slices.Compact(files)
	for _, path := range slices.Compact(gone) {
		p.warn("%s is missing, so its rejected rows cannot be tried again; put it back, or run sync to read it under its new name; then retry", path)
	}
	return files, reread, nil
}

// tellOfFlags says which flags are others than those of the last run, and what that means. What is in the files that some name may
// change every night.
func (p *program) tellOfFlags(j *journey, last *ledger.Run, means string) error {
	sent := map[string]string{}
	if err := json.Unmarshal([]byte(j.flags), &sent); err != nil {
		return err
	}
	changed, err := differences(sent, last)
	changed = slices.DeleteFunc(changed, func(text string) bool { return strings.Count(text, filesWith) == 2 })
	if err == nil && len(changed) > 0 {
		p.warn("flags differ from the last run: %s", strings.Join(changed, "; ")+means)
	}
	return err
}
