package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/sentdiff"
	"ph2cio/internal/transfer"
)

// diffFlag is the flag of preview with the mapping file to compare with.
const diffFlag = "diff"

// checkDiff checks the file of --diff. checkMapping checks what its settings say.
func (o *previewOptions) checkDiff(p *program) error {
	if o.diff == "" {
		return nil
	}
	if o.operations != "" {
		return errors.New("--diff compares operations, so it cannot be used with --operations")
	}
	if p.profiles.isWanted() && p.origins[profilesCSVFlag] == "" {
		return errors.New("--diff compares operations, so it cannot be used with --" + profilesCSVFlag)
	}
	if err := p.report.checkNone(diffFlag, p.origins[reportFlag]); err != nil {
		return err
	}
	_, err := readMappingFile(o.diff, diffFlag)
	return err
}

// previewDiff shows what would change with the mapping file of --diff.
func (p *program) previewDiff(ctx context.Context, o *previewOptions, args []string) (err error) {
	limit := o.limit
	if limit == oneOfEach {
		limit = shownDifferences
	}
	compared := sentdiff.New(tmpDir(o.stdin.tmp), limit)
	defer func() { err = errors.Join(err, compared.Close()) }()
	before := "no mapping file"
	if p.mapping != nil {
		before = p.mapping.Name
	}
	p.bar.Say("Reading with " + before + ".")
	job := &comparedJob{take: compared.Before}
	if err := p.previewSources(ctx, o, args, job.of); err != nil {
		return err
	}
	p.bar.Say("Reading with " + o.diff + ".")
	q := p.withMapping(o.diff)
	q.compared = compared.After
	if err := q.runWithin(ctx); err != nil {
		return err
	}
	result, err := compared.Result(ctx)
	if err != nil {
		return err
	}
	if err := p.writeComparison(result, before, o.diff); err != nil {
		return err
	}
	return job.verdict()
}

// writeComparison shows where operations differ, for a person or as one JSON document.
func (p *program) writeComparison(result *sentdiff.Result, before, after string) error {
	if p.json {
		return p.writeJSON(p.env.Stdout, result)
	}
	title := fmt.Sprintf("What changes from %s to %s (nothing sent)", before, after)
	_, err := io.WriteString(p.env.Stdout, terminal.Comparison(result, title, p.style(p.env.StdoutTerminal), p.columns()))
	return err
}

// withMapping returns a program with the same command line, but for the mapping file. It is one of its own,
// because settings of that file are values of flags.
func (p *program) withMapping(mapping string) *program {
	q := newProgram(p.env, p.argsWithMapping(mapping))
	q.screen, q.log, q.file, q.part = p.screen, p.log, p.file, true
	q.env.Stdout = io.Discard
	return q
}

// checkMapping checks a command line with another mapping file, and runs nothing.
func (p *program) checkMapping(ctx context.Context, mapping string) error {
	q := p.withMapping(mapping)
	q.file, q.checksOnly = nil, true
	q.setScreen(io.Discard) // p prints the same warnings
	return q.runWithin(ctx)
}

// runWithin runs the program as a part of another one, which reports its error.
func (p *program) runWithin(ctx context.Context) error {
	p.root = newRoot(p)
	p.root.SetArgs(p.args)
	err := p.root.ExecuteContext(ctx)
	p.stopAnnounced()
	p.stores.close()
	p.log.close()
	switch {
	case err == nil, errors.Is(err, errChecked):
		return nil
	case ctx.Err() != nil:
		return err
	case !p.started:
		err = usage(err)
	}
	return &problem{err: &asSaid{err, p.errorText(err)}, code: exitCode(err), hint: p.hint(err)}
}

// asSaid is an error with another text.
type asSaid struct {
	error
	text string
}

func (e *asSaid) Error() string { return e.text }
func (e *asSaid) Unwrap() error { return e.error }

// argsWithMapping returns the command line with another mapping file, which reads the copy of standard input.
func (p *program) argsWithMapping(mapping string) []string {
	args := slices.Clone(p.args)
	for i, arg := range args {
		if arg == stdinSource && p.stdinCopy != nil {
			args[i] = p.stdinCopy.Path
		}
	}
	flag := "--" + mappingFlag + "=" + mapping
	if end := slices.Index(args, "--"); end >= 0 {
		return slices.Insert(args, end, flag)
	}
	return append(args, flag)
}

// comparedJob is the purpose of a preview whose operations are compared with those of another.
type comparedJob struct {
	*previewJob
	take    func(customerio.Operation) error
	trouble int
}

// of returns the job for a preview.
func (c *comparedJob) of(s *previewJob) purpose {
	c.previewJob = s
	return c
}

func (c *comparedJob) prepare() error { return nil }

// finish does everything that sending does except for requests. Damaged files are warned of, and their good
// rows are compared.
func (c *comparedJob) finish(ctx context.Context, read *readJob) error {
	delivery := transfer.DryRun(nil)
	delivery.BatchItems, delivery.Grace, delivery.Observe = c.options.batchItems, grace, c.take
	for _, trouble := range read.first.Trouble {
		c.p.warn("%v", trouble)
	}
	c.trouble = len(read.first.Trouble)
	_, err := transfer.Send(ctx, read.first, delivery)
	return err
}

// verdict returns the error of a preview that could not read everything.
func (c *comparedJob) verdict() error {
	if c.trouble > 0 {
		return &finished{code: exit.Input}
	}
	return nil
}
