package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
)

const retryCommand = "retry"

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
		Long: `Retry reads the files again that have rejected rows, and tries those rows and the people who were rejected once
more: after a file was mended, a flag changed, or a setting in Customer.io. Nothing that was sent is sent again. Give the flags that
the run had, or those that are right now.`,
		Example: `  ph2cio retry
  ph2cio retry --state DIR --identify-by email,id
  ph2cio retry --merges`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runRetry(c.Context(), p, o) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&o.merges, "merges", false, "try rejected merges again too; they cannot be undone")
	o.mapping.addFlags(f, "send")
	o.sending.addFlags(f)
	o.stdin.addFlags(f)
	o.profiling.addFlags(f)
	return c
}

func runRetry(ctx context.Context, p *program, o *retryOptions) (err error) {
	stop, err := o.profiling.start()
	if err != nil {
		return err
	}
	defer stop()
	if o.sending.dryRun || o.sending.sandbox {
		return usage(errors.New("retry sends what was rejected; --dry-run and --sandbox are for preview, backfill and sync"))
	}
	to, err := p.destination(ctx, &o.sending)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	if err := hasState(to.state); err != nil {
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
		return &problem{code: exitUsage,
			err:  fmt.Errorf("the %s that began at %s has not come to its end", runs[0].Command, timeText(runs[0].Began)),
			hint: "go on with it first: " + runs[0].Typed}
	}
	if !begun && open.Rows+open.People == 0 && (open.Merges == 0 || !o.merges) {
		return p.nothingRejected(&open)
	}
	now := time.Now()
	if begun {
		now, open.Sources = runs[0].Now, nil
		for _, source := range runs[0].Sources {
			open.Sources = append(open.Sources, source.Path)
		}
	}
	plan, err := p.planOf(now, &o.mapping, o.stdin.tmp, p.stillThere(open.Sources))
	if err != nil {
		return err
	}
	j := &journey{command: retryCommand, merges: o.merges}
	if err := p.flagsOf(j, &o.mapping, plan); err != nil {
		return err
	}
	if len(runs) > 0 {
		if err := p.tellOfFlags(j, runs[0]); err != nil {
			return err
		}
	}
	if begun && j.flags == runs[0].Flags && len(plan.Sources) == len(runs[0].Sources) {
		j.run, j.goes = runs[0], true
	}
	if err := to.wire(p, plan, &o.sending); err != nil {
		return err
	}
	if o.merges {
		if plan.Merges, err = to.ledger.OpenMerges(ctx, j.id()); err != nil {
			return err
		}
	}
	o.sending.yes = true
	return p.send(ctx, plan, to, j, &o.mapping, &o.sending)
}

// nothingRejected says that there is nothing to try.
func (p *program) nothingRejected(open *ledger.OpenRejects) error {
	if p.json {
		return p.writeSummary(p.env.Stdout, export.Nothing(&export.Plan{}), "", nil)
	}
	text := "Nothing was rejected that could be tried again."
	if open.Merges > 0 {
		text += fmt.Sprintf(" %s merges were, which --merges tries.", export.Count(open.Merges))
	}
	_, err := fmt.Fprintln(p.env.Stdout, text)
	return err
}

// stillThere are those of some files that are.
func (p *program) stillThere(paths []string) (sources []posthog.Source) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			p.warn("%s is gone: what was rejected of it cannot be tried again", path)
			continue
		}
		sources = append(sources, posthog.Source{Path: path, Size: info.Size()})
	}
	return sources
}

// tellOfFlags says which flags are others than those of the last run. What is in the files that some name may change every night.
func (p *program) tellOfFlags(j *journey, last *ledger.Run) error {
	sent := map[string]string{}
	if err := json.Unmarshal([]byte(j.flags), &sent); err != nil {
		return err
	}
	changed, err := differences(sent, last)
	changed = slices.DeleteFunc(changed, func(text string) bool { return strings.Count(text, filesWith) == 2 })
	if err == nil && len(changed) > 0 {
		p.warn("other flags than the last run had: %s", strings.Join(changed, "; "))
	}
	return err
}
