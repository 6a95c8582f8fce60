package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"ph2cio/internal/export"
	"ph2cio/internal/progress"
)

// Main is the whole program as a function: it runs the command that args name, prints an error once, and
// returns the exit code. When ctx is cancelled the command finishes what is under way, within 20 s; the cause
// should be an *Interrupted.
func Main(ctx context.Context, env Env, args []string) int {
	return inTime(ctx, func() int { return run(ctx, env, args) })
}

func run(ctx context.Context, env Env, args []string) int {
	program := &program{env: env, args: args, toldOfStop: func() {}}
	root := newRoot(program)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	program.toldOfStop()
	code := program.tell(afterSignal(ctx, err))
	program.watch.end(ctx, code)
	program.log.close()
	return code
}

// tell prints an error, and returns the exit code.
func (p *program) tell(err error) int {
	if err == nil {
		return exitDone
	}
	if !p.started {
		err = usage(err)
		p.peekAtDotenv()
	}
	if p.wantsJSONLog() {
		_ = p.openLog(logJSON, "") // which fails only for another form
	}
	p.report(err)
	p.document(err, p.args)
	return exitCode(err)
}

// program is what the commands share.
type program struct {
	env     Env
	args    []string // as given
	started bool     // a command's own code has begun: errors are no longer the command line's
	json    bool
	quiet   bool
	verbose bool
	dotenv  dotenv

	precious precious // what no output may replace
	outputs  []output // files that the command may write
	filled   string   // the state directory, if it was named and is written to

	account  *account                                       // nil until somebody asks
	origins  map[string]string                              // of flags that were not typed, where their values came from
	mistakes []error                                        // values that flags did not take
	checks   map[*cobra.Command][]func(args []string) error // before a command begins

	stdoutTaken bool            // stdout belongs to operations: results go to stderr
	documented  bool            // the document of --json has been written
	spooled     *export.Spooled // the copy of standard input, if it is a source
	log         *jsonLog        // nil when stderr is text
	watch       *watch          // nil for a command that has nobody to tell how it went

	bar        *progress.Progress // of all readings and phases; nil before the command's own code
	toldOfStop func()             // waits until the stop has been said, if there is one
	idle       atomic.Bool        // nothing is under way: it waits for an answer or for requests
	ctx        context.Context    // of the command: done when it is to stop
}

// report prints an error once, with what to do about it.
func (p *program) report(err error) {
	style := p.style(p.env.StderrTerminal)
	if signal, ok := errors.AsType[*Interrupted](err); isFinished(err) || ok && signal.pipe() && p.watch == nil {
		return // the summary has said it, or nobody reads on, as with | head
	}
	if p.log != nil {
		p.log.failed(plain(p.errorText(err)), exitCode(err), plain(p.hint(err)))
		return
	}
	for i, line := range strings.Split(strings.TrimSpace(plain(p.errorText(err))), "\n") {
		if i == 0 {
			line = style.red("error: ") + line
		}
		fmt.Fprintln(p.env.Stderr, line)
	}
	if hint := p.hint(err); hint != "" {
		fmt.Fprintln(p.env.Stderr, style.bold("hint: ")+plain(hint))
	}
}

func newRoot(p *program) *cobra.Command {
	p.checks = map[*cobra.Command][]func(args []string) error{}
	root := &cobra.Command{
		Use:   "ph2cio",
		Short: "Move PostHog history into Customer.io",
		Long: `ph2cio reads PostHog event exports (JSONL or CSV), works out who is who over the whole
history, and sends people and events to Customer.io's Track API, once.`,
		Example: `  ph2cio inspect export/                  see what is in an export; needs no credentials
  ph2cio preview export/                  see what would be sent; nor does this
  ph2cio backfill --sandbox export/       try it all against a local Track API
  ph2cio check export/                    credentials, workspace, region, files
  ph2cio backfill export/                 send it`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              noSuchCommand,
		PersistentPreRunE: p.begin,
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetIn(p.env.Stdin) // first: the completion commands keep what it is
	root.SetOut(p.env.Stdout)
	root.SetErr(p.env.Stderr)
	asked := root.Flags().Bool(versionFlag, false, "print the version")
	root.RunE = func(c *cobra.Command, _ []string) error {
		if *asked {
			return runVersion(p)
		}
		return c.Help()
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&p.json, "json", false, "write results as one JSON document")
	flags.BoolVarP(&p.quiet, "quiet", "q", false, "no progress; of a backfill only warnings and errors")
	flags.BoolVarP(&p.verbose, "verbose", "v", false, "say more on stderr, retries among it")
	addLogFlag(flags)
	flags.String(envFileFlag, defaultEnvFile, "read settings from this `file` if it exists")
	root.AddCommand(newBackfill(p), newSync(p), newRetry(p), newPreview(p), newInspect(p), newExplain(p), newCheck(p), newStatus(p), newSandbox(p), newVersion(p))
	root.AddCommand(newTopics(p)...)
	root.SetHelpCommand(newHelp())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return errors.Join(append(p.mistakes, clearer(c, err))...) })
	refuseOtherShells(root)
	tellOfQuotes(root)
	noteMistakes(p, root)
	p.checkArguments(root)
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	return root
}

// begin fills in the flags that were not given, tells all that is wrong with the command line and the
// settings, and marks the point after which errors are not theirs.
func (p *program) begin(c *cobra.Command, args []string) error {
	err := p.settings(c)
	found := p.checked(c, args)
	err = errors.Join(append(append([]error{err}, p.mistakes...), found, p.guardOutputs(c, args))...)
	watching := p.startWatching(c) // in any case: settings that are wrong are what somebody wants to hear of
	if err = errors.Join(err, watching); err != nil {
		return err
	}
	p.started, p.ctx, p.bar = true, c.Context(), p.newProgress()
	p.toldOfStop = p.tellOfStop(c.Context())
	return nil
}

// Cobra keeps these for all commands of a process, so they are not added with each root.
func init() {
	cobra.AddTemplateFunc("mainFlags", mainFlags)
	cobra.AddTemplateFunc("moreTopics", moreTopics)
}
