package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

func newMappingTest(p *program) *cobra.Command {
	o := &mappingOptions{}
	c := &cobra.Command{
		Use:   "test",
		Short: "Run the tests of a mapping file",
		Long: `Runs the tests of a mapping file: each test's rows are read as if they were a whole export, and what would be sent is compared
with the test's operations, in the order of ph2cio preview. The order of members does not matter, and an operation without
id matches any id. A test with a rejected row differs too. Recent events are not held, and --persons and --existing say nothing
here. If a test differs, the exit code is 1.`,
		Example: `  ph2cio mapping test --mapping mapping.yaml
  ph2cio mapping test --mapping mapping.yaml --json | jq .tests`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return p.testMapping(c.Context(), o) },
	}
	p.checks.add(c, func([]string) error { return o.check(p.now()) })
	o.addFlags(flagsInOrder(c), "hold", p)
	return c
}

// testMapping runs the tests of the mapping file and says how they end.
func (p *program) testMapping(ctx context.Context, o *mappingOptions) error {
	if p.mapping == nil {
		return usage(errors.New("no mapping file given: name one with --mapping FILE"))
	}
	if len(p.mapping.Tests) == 0 {
		return &problem{
			err: fmt.Errorf("%s has no tests", p.mapping.Name), code: exit.Usage,
			hint: "`ph2cio mapping init` shows what a test looks like",
		}
	}
	o.recent, o.identity.persons, o.identity.existing = "send", nil, "" // so that a test ends alike on every day
	results := &testResults{Tests: []*testResult{}}
	for i := range p.mapping.Tests {
		test := &p.mapping.Tests[i]
		sent, err := p.runTest(ctx, o, test)
		if err != nil {
			return fmt.Errorf("run the test %q in %s:%d: %w", test.Name, p.mapping.Name, test.At.Line, err)
		}
		results.add(compareTest(test, sent))
	}
	if err := p.writeTestResults(results); err != nil {
		return err
	}
	if results.Differ > 0 {
		return &finished{code: exit.Failed, why: results.text()}
	}
	return nil
}

// testRun is what became of a test's rows.
type testRun struct {
	operations []string
	rejects    []deliver.Reject
	summary    *transfer.Summary
}

// Reject notes a row or a person that is rejected.
func (r *testRun) Reject(reject *deliver.Reject) error {
	r.rejects = append(r.rejects, reject.WithoutText())
	return nil
}

// runTest maps the rows of a test as if they were a whole export.
func (p *program) runTest(ctx context.Context, o *mappingOptions, test *mappingfile.Test) (run *testRun, err error) {
	rows := []byte(strings.Join(test.Rows, "\n") + "\n")
	sources := []source.Source{{Name: "rows", Size: int64(len(rows)), Version: source.Version{Tag: "rows"}, In: &testRows{rows}}}
	plan, err := p.newPlan(p.now(), o, "", sources)
	if err != nil {
		return nil, err
	}
	input := transfer.Input{Sources: sources, Found: source.NewSnapshot(nil, sources), Read: plan.read, Team: plan.team}
	first, err := transfer.RunFirstPass(ctx, input, plan.rules)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	for _, trouble := range first.Trouble {
		return nil, trouble
	}
	run = &testRun{}
	tally := &customerio.Tally{}
	run.summary, err = transfer.Send(ctx, first, transfer.Delivery{
		Options: deliver.Options{
			Sender: customerio.Counting(tally), Rejects: run, BatchItems: 1000, Grace: grace,
			Observe: func(operation customerio.Operation) error {
				run.operations = append(run.operations, string(operation.Body))
				return nil
			},
		},
		Tally: tally,
	})
	return run, err
}

// testRows is a store with the rows of one test.
type testRows struct{ text []byte }

// Open opens the rows from an offset on.
func (r *testRows) Open(_ context.Context, _ source.Source, offset int64) (source.File, error) {
	return openRows{io.NewSectionReader(bytes.NewReader(r.text), offset, int64(len(r.text))-offset)}, nil
}

// Look finds nothing, since no row names another source.
func (r *testRows) Look(context.Context, string) (source.Source, error) {
	return source.Source{}, fs.ErrNotExist
}

type openRows struct{ io.Reader }

func (openRows) Close() error { return nil }

// Version returns the only one that there is.
func (openRows) Version() (source.Version, error) { return source.Version{Tag: "rows"}, nil }
