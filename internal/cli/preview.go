package cli

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

type previewOptions struct {
	mapping    mappingOptions
	batchItems int
	rate       float64
	limit      int
	operations string
	diff       string // the mapping file to compare with
	firstOnly  bool
	state      string
	workspace  int64  // to which a run would send; 0 if unknown
	region     string // of that workspace; empty if unknown
	fresh      bool
	onlyNew    bool // read only what a sync would read
	stdin      stdinOptions
	profiling  profiling
}

// preview returns the options of the preview that --dry-run shows in place of sending. onlyNew is for a sync.
func (o *sendingOptions) preview(rules mappingOptions, input stdinOptions, profile profiling, onlyNew bool) *previewOptions {
	return &previewOptions{
		mapping: rules, batchItems: o.batchItems, rate: o.rate, limit: oneOfEach, profiling: profile,
		stdin: input, state: o.state, workspace: o.workspace, region: o.region, fresh: o.sandbox, onlyNew: onlyNew,
	}
}

// oneOfEach is the value of --limit that shows one operation of each kind, laid out to be read. It is the default.
const oneOfEach = math.MinInt32

// shownDifferences is how many differences of each kind --diff shows unless --limit says otherwise.
const shownDifferences = 10

func newPreview(p *program) *cobra.Command {
	o := &previewOptions{}
	c := &cobra.Command{
		Use:   "preview SOURCE...",
		Short: "Show what would be sent; needs no credentials",
		Long: `Shows what a backfill would send: one operation of each kind, and counts of everything. It sends
nothing. SOURCE is a file, a directory, a glob, an s3:// or az:// URL, or - for standard input.`,
		Example: `  ph2cio preview export.jsonl.gz
  ph2cio preview --events 'Order *,Signed Up' --people with-email export/
  ph2cio preview --operations ops.jsonl --json export/ > totals.json`,
		Args: needsSource,
		RunE: func(c *cobra.Command, args []string) error { return runPreview(c.Context(), p, o, args) },
	}
	p.checks.add(c, func([]string) error {
		return errors.Join(o.mapping.check(p.now()), o.checkLimit(), checkRate(o.rate), checkBatchItems(o.batchItems), o.checkDiff(p), p.report.check(), p.profiles.check())
	})
	o.addFlags(c, p)
	return c
}

func (o *previewOptions) addFlags(c *cobra.Command, p *program) {
	f := flagsInOrder(c)
	f.IntVar(&o.limit, "limit", oneOfEach, "show the first N operations as JSON; by default one of each kind, to be read; 0 shows none")
	f.Lookup("limit").DefValue = ""
	describe(f, "limit", whatToShow, "N", inShort())
	f.StringVar(&o.operations, operationsFlag, "", "write every operation, one per line; in the order of sending; - is stdout")
	describe(f, operationsFlag, whatToShow, "FILE", inShort(), withExtensions("jsonl", "json"))
	f.StringVar(&o.diff, diffFlag, "", "show only what would change with this mapping file; --limit N shows up to N examples of each kind (default 10)")
	describe(f, diffFlag, whatToShow, "FILE", isRead, commandLineOnly, withExtensions("yaml", "yml"))
	p.report.addFlags(f, whatToShow)
	p.profiles.addFlags(f, whatToShow, listsPreviews)
	o.mapping.addFlags(f, "hold", p)
	p.stores.addFlags(f)
	f.IntVar(&o.batchItems, "batch-items", 1000, "put at most N operations into a request; 0 leaves only the limit on bytes")
	describe(f, "batch-items", pace, "N", sendsSame)
	f.Float64Var(&o.rate, "rate", defaultRate, "requests a second, to tell how long sending would take")
	describe(f, "rate", pace, "N", sendsSame)
	f.StringVar(&o.state, stateFlag, "", "state directory, which has what was sent before; by default the user's own, if there is one")
	describe(f, stateFlag, resuming, "DIR", sendsSame, inShort())
	f.BoolVar(&o.fresh, "fresh", false, "plan as if nothing had been sent before")
	describe(f, "fresh", resuming, "", sendsSame, inShort())
	o.stdin.addFlags(f)
	f.BoolVar(&o.firstOnly, "first-reading-only", false, "stop after the first reading")
	_ = f.MarkHidden("first-reading-only")
	o.profiling.addFlags(f)
}

func (o *previewOptions) checkLimit() error {
	if o.limit == oneOfEach {
		return nil
	}
	return checkLimit(o.limit)
}

func runPreview(ctx context.Context, p *program, o *previewOptions, args []string) (err error) {
	if p.compared != nil {
		return p.previewSources(ctx, o, args, (&comparedJob{take: p.compared}).of)
	}
	p.stdoutHasOperations = o.operations == "-"
	if o.diff != "" {
		if err := p.checkMapping(ctx, o.diff); err != nil {
			return err
		}
	}
	stop, err := o.profiling.start(p)
	if err != nil {
		return err
	}
	defer stop()
	if args, err = p.copyStdin(ctx, &o.stdin, args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.removeStdinCopy(false)) }()
	if o.diff != "" {
		return p.previewDiff(ctx, o, args)
	}
	return p.previewSources(ctx, o, args, func(s *previewJob) purpose { return s })
}

// previewSources previews sources. as makes the purpose of the preview.
func (p *program) previewSources(ctx context.Context, o *previewOptions, args []string, as func(*previewJob) purpose) (err error) {
	if !o.fresh {
		o.mapping.reading.remember(p, o.state)
	}
	plan, err := p.newSourcesPlan(&o.mapping, o.stdin.tmp, args)
	if err != nil {
		return err
	}
	shows := &previewJob{p: p, options: o}
	if !o.fresh {
		if shows.earlier, err = p.openStateForPreview(ctx, o); err != nil {
			return err
		}
	}
	if shows.earlier != nil {
		p.report.readsState(shows.earlier.Dir())
	}
	defer func() { err = errors.Join(err, shows.earlier.Close()) }()
	plan.findMissing(ctx, p, shows.earlier)
	command := job.Backfill
	if o.onlyNew {
		command = job.Sync
	}
	request := job.Request{Command: command, Preview: true, Now: plan.rules.Now, Inputs: plan.found, Incomplete: plan.incomplete, HoldsRecent: plan.rules.Mapping.HoldsRecent()}
	return p.runJob(ctx, newPlanner(p, request, &o.mapping, o.stdin.tmp, plan.plan), as(shows))
}

// previewJob is the purpose of a preview: it shows what a job would send.
type previewJob struct {
	p       *program
	options *previewOptions
	earlier *ledger.Store     // what earlier runs have sent; nil if unknown
	shown   *operationsWriter // nil until there is something to show
}

func (s *previewJob) state() *ledger.Store { return s.earlier }

func (s *previewJob) resendsOld() bool { return false }

// prepare opens the file for operations before the first pass, which may take long.
func (s *previewJob) prepare() (err error) {
	if s.shown == nil {
		s.shown, err = s.p.newOperationsWriter(s.options, s.p.newProgress())
	}
	return err
}

// delivery counts requests and shows operations, and sends nothing.
func (s *previewJob) delivery() transfer.Delivery {
	tally := &customerio.Tally{}
	return transfer.Delivery{
		Options: deliver.Options{Sender: customerio.Counting(tally), BatchItems: s.options.batchItems, Grace: grace, Observe: s.shown.write},
		Tally:   tally, ListProfiles: s.p.profiles.isWanted(),
	}
}

// finish does everything that sending does except for requests, and prints the summary.
func (s *previewJob) finish(ctx context.Context, read *readJob) error {
	p, o, first := s.p, s.options, read.first
	if o.firstOnly {
		_, err := fmt.Fprintln(p.resultsWriter(), report.Count(first.Rows), "rows")
		return err
	}
	unknown, err := p.checkOnlyNames(&o.mapping.identity, first)
	if err != nil {
		return err
	}
	summary, err := transfer.Send(ctx, first, s.delivery())
	summary.AddUnknownOnly(unknown)
	err = errors.Join(err, s.shown.close())
	if err == nil && read.job.FoundNothing(summary) {
		return p.nothingNew(summary.Incomplete, read.job.Known)
	}
	liveStops := checkLive(&o.mapping, first) != nil
	summary.AddForecast(sendingSeconds(summary, o.rate), settlingSeconds(summary), liveStops, o.mapping.identity.exceededLimits(first, first.Counts()))
	troubled := verdict(first, deliver.Sum(summary.Rows.Rejected)+deliver.Sum(summary.People.Rejected)+deliver.Sum(summary.MergesRejected))
	if err == nil && (troubled == nil || exitCode(troubled) == exit.Rejects) && !liveStops && len(summary.WouldStop) == 0 {
		next, failed := s.tryOne(ctx, first)
		summary.AddNext("", next)
		err = failed
	}
	title := planTitle(p.sourcesText(read.job.Sources), "Customer.io (nothing sent)")
	if err := errors.Join(err, p.writeSummary(p.resultsWriter(), summary, title, err)); err != nil {
		return err
	}
	return troubled
}

// sendingSeconds estimates how long sending takes at the given rate, if Customer.io keeps up.
func sendingSeconds(s *transfer.Summary, rate float64) float64 {
	return float64(s.Requests)/rate + settlingSeconds(s)
}

// settlingSeconds is how long of that a run waits until Customer.io has taken in the people.
func settlingSeconds(s *transfer.Summary) float64 {
	if s.People.Sent == 0 {
		return 0
	}
	return defaultSettle.Seconds()
}
