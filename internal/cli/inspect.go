package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/inspect"
	"ph2cio/internal/source"
)

type inspectOptions struct {
	mapping   mappingOptions
	limit     int
	stdin     stdinOptions
	profiling profiling
}

func newInspect(p *program) *cobra.Command {
	o := &inspectOptions{}
	c := &cobra.Command{
		Use:   "inspect SOURCE...",
		Short: "Show what is in an export; needs no credentials",
		Long: `Shows what is in an export: files and damage, time span, people, events, properties, and what would be left out, cut or rejected
with these flags. It sends nothing. SOURCE is a file, a directory, a glob, an s3:// or az:// URL, or - for standard input. If a file
cannot be read, the others are shown all the same.`,
		Example: `  ph2cio inspect export/
  ph2cio inspect --limit 0 export.jsonl.gz | less
  ph2cio inspect --events '$autocapture' --properties all export/   # what if`,
		Args: needsSource,
		RunE: func(c *cobra.Command, args []string) error { return runInspect(c.Context(), p, o, args) },
	}
	p.checks.add(c, func([]string) error {
		return errors.Join(o.mapping.check(p.now()), checkLimit(o.limit), p.report.check())
	})
	f := flagsInOrder(c)
	addLimitFlag(f, &o.limit)
	p.report.addFlags(f, whatToShow)
	o.mapping.addFlags(f, "hold", p)
	p.stores.addFlags(f)
	o.stdin.addFlags(f)
	o.profiling.addFlags(f)
	return c
}

func addLimitFlag(f *pflag.FlagSet, limit *int) {
	f.IntVar(limit, "limit", 20, "show N lines of each list; 0 shows all, as --json always does")
	describe(f, "limit", whatToShow, "N", inShort())
}

func runInspect(ctx context.Context, p *program, o *inspectOptions, args []string) (err error) {
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	if args, err = p.copyStdin(ctx, &o.stdin, args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.removeStdinCopy(false)) }()
	o.mapping.reading.rememberNow()
	found, missing, err := o.mapping.findEach(args)
	if err != nil {
		return err
	}
	plan, err := p.newSourcesPlan(&o.mapping, o.stdin.tmp, found)
	if err != nil {
		return err
	}
	plan.findMissing(ctx, p, nil)
	input := plan.input(p.newProgress())
	input.Details = p.report.level()
	in, err := inspect.Run(ctx, input, plan.rules, missing)
	if err != nil {
		return err
	}
	if o.mapping.identity.names != nil {
		if unknown := o.mapping.identity.names.missing(); len(unknown) > 0 {
			p.warn("%s", terminal.UnknownOnlyText(unknown))
		}
	}
	if in.MayDouble > 0 {
		p.warnOfNoUUID(in.MayDouble)
	}
	p.nameStdin(in.Files)
	if err := p.writeInspection(in, p.sourcesText(plan.found.Sources), o.limit); err != nil {
		return err
	}
	if in.Troubled() {
		return &finished{code: exit.Input}
	}
	return nil
}

// checkLimit refuses a negative number of lines.
func checkLimit(lines int) error {
	if lines < 0 {
		return fmt.Errorf("--limit must be 0 or more, not %d", lines)
	}
	return nil
}

// nameStdin shows the copy of standard input as standard input.
func (p *program) nameStdin(files []inspect.File) {
	for i := range files {
		f := &files[i]
		if p.stdinCopy == nil || f.Path != p.stdinCopy.Path {
			continue
		}
		if f.Path, f.Bytes = p.sourceName(f.Path), p.stdinCopy.Size; p.stdinCopy.Packed {
			f.Codec = ""
		}
	}
}

// findEach separates the arguments that name a source from those that do not, which the result lists as
// missing files. It is an error if no argument names one.
func (o *mappingOptions) findEach(args []string) (found []string, missing []inspect.File, err error) {
	var errs []error
	for _, arg := range args {
		_, err := o.reading.search([]string{arg}, nil)
		if err != nil && exitCode(sourcesProblem(err)) != exit.Input {
			return nil, nil, sourcesProblem(err) // it is the same for all in a store
		}
		if _, manifest := errors.AsType[*source.OnlyManifest](err); err != nil && !manifest {
			errs = append(errs, err)
			missing = append(missing, inspect.File{Path: arg, State: inspect.FileMissing, Trouble: err.Error(), Hint: didYouMean(arg)})
			continue
		}
		found = append(found, arg)
	}
	if len(found) == 0 {
		return nil, nil, o.identity.beside(&problem{err: errors.Join(errs...), code: exit.Input, hint: didYouMean(args...)})
	}
	return found, missing, nil
}

// writeInspection shows what is in an export, for a person or as one JSON document.
func (p *program) writeInspection(in *inspect.Result, sources string, limit int) error {
	unreported := p.reportInspection(in)
	if p.json {
		return errors.Join(unreported, p.writeJSON(p.env.Stdout, in))
	}
	title := fmt.Sprintf("What is in %s. Nothing was sent.", sources)
	_, err := io.WriteString(p.env.Stdout, terminal.Inspection(in, title, p.style(p.env.StdoutTerminal), cmp.Or(p.env.Width, terminal.ColumnsWithoutTerminal), limit))
	return errors.Join(unreported, err)
}
