package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/explain"
	"ph2cio/internal/source"
)

type explainOptions struct {
	mapping mappingOptions
	sources []string // the arguments without the ID
	id      string
	limit   int
	stdin   stdinOptions
}

func newExplain(p *program) *cobra.Command {
	o := &explainOptions{}
	c := &cobra.Command{
		Use:   "explain SOURCE... ID",
		Short: "Show one person: which IDs, why, and what would be sent",
		Long: `Shows the person behind one distinct ID or email: the IDs that are the same person and the row that says so, links that were
refused, each attribute with the row that set it, and what would be sent. The ID comes last, or in --id if a file has that name.
An email matches in any case, and everybody who has it is shown. It needs no credentials.`,
		Example: `  ph2cio explain export/ user_1001
  ph2cio explain export/ --persons persons.jsonl.gz --id maya@example.com
  ph2cio explain export/ --id user_1001 --json | jq .ids`,
		Args: needsSource,
		RunE: func(c *cobra.Command, _ []string) error { return runExplain(c.Context(), p, o, o.sources) },
	}
	p.checks.add(c, func(args []string) (err error) {
		o.sources, err = o.takeID(args, p.stores.has)
		return errors.Join(o.mapping.check(p.now()), checkLimit(o.limit), err)
	})
	f := flagsInOrder(c)
	f.StringVar(&o.id, "id", "", "the distinct ID exactly as in the export, or an email")
	describe(f, "id", whatToShow, "ID", mayBeEmpty, inShort())
	addLimitFlag(f, &o.limit)
	o.mapping.addFlags(f, "hold", p)
	p.stores.addFlags(f)
	o.stdin.addFlags(f)
	return c
}

func runExplain(ctx context.Context, p *program, o *explainOptions, args []string) (err error) {
	if args, err = p.copyStdin(ctx, &o.stdin, args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.removeStdinCopy(false)) }()
	plan, err := p.newSourcesPlan(&o.mapping, o.stdin.tmp, args)
	if err != nil {
		return err
	}
	plan.findMissing(ctx, p, nil)
	why, err := explain.Run(ctx, plan.input(p.newProgress()), plan.rules, o.id)
	if err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(p.env.Stdout, why)
	}
	_, err = io.WriteString(p.env.Stdout, terminal.Explanation(why, p.style(p.env.StdoutTerminal), p.columns(), o.limit))
	return err
}

// takeID takes the last argument as the ID, unless --id gives one, a file has that name, or it is the URL of
// a store, as inStore says.
func (o *explainOptions) takeID(args []string, inStore func(arg string) bool) (sources []string, err error) {
	if len(args) == 0 {
		return args, nil
	}
	last := args[len(args)-1]
	switch {
	case o.id != "" && o.id == last && len(args) > 1 && !pathExists(last):
		return nil, usage(fmt.Errorf("the ID %s is given twice, at the end and with --id; leave one of them out", last))
	case o.id != "":
		return args, nil
	}
	if strings.TrimSpace(last) == "" {
		return nil, usage(errors.New("explain needs a distinct ID or an email, and what was given is empty"))
	}
	there, directory := source.Named(last)
	if directory {
		return nil, usage(fmt.Errorf("explain needs a distinct ID or an email, and %s is a directory; name the person with --id ID", last))
	}
	if inStore(last) {
		return nil, usage(fmt.Errorf("explain needs a distinct ID or an email, and %s is a SOURCE; name the person with --id ID", last))
	}
	if there || last == stdinSource {
		return nil, usage(fmt.Errorf("explain needs a distinct ID or an email, and %s is a file; name the person with --id ID", last))
	}
	if len(args) == 1 {
		err := usage(fmt.Errorf("explain needs a SOURCE before the ID, and there is no file %s", last))
		if near := didYouMean(last); near != "" {
			err = &problem{err: err, code: exit.Usage, hint: near}
		}
		return nil, err
	}
	o.id = last
	return args[:len(args)-1], nil
}
