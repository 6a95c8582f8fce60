package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/report"
)

// Main is the whole program as a function: it runs the command that args name, prints an error once, and
// returns the exit code. When ctx is cancelled, the command finishes what is under way within 20 s. The cause
// of the cancellation should be an *Interrupted.
func Main(ctx context.Context, env Env, args []string) int {
	return withinStopTime(ctx, func() int { return run(ctx, env, args) })
}

// newProgram returns the program before its command line is read.
func newProgram(env Env, args []string) *program {
	p := &program{
		env: env, screen: env.Stderr, args: args, origins: map[string]string{}, places: map[string]string{}, checks: checks{}, stopAnnounced: func() {},
		requests: &customerio.Watch{},
	}
	p.stores.others, p.stores.prepare = env.Remote, p.prepareStores
	p.stores.options.Setting = env.get
	p.credentials = sync.OnceValues(p.readCredentials) // a file of credentials may be a pipe
	return p
}

func run(ctx context.Context, env Env, args []string) int {
	p := newProgram(env, args)
	p.connectStderr()
	p.root = newRoot(p)
	p.root.SetArgs(args)
	err := p.root.ExecuteContext(ctx)
	if err == nil && p.helpFailed != nil && interruption(ctx) == nil {
		err = &problem{err: p.helpFailed, code: exit.Failed}
	}
	p.stopAnnounced()
	if fetched := p.stores.close(); fetched != "" && p.verbose {
		p.bar.Say(fetched)
	}
	code := p.finish(afterSignal(ctx, err))
	p.notify.end(ctx, code)
	p.endLogFile(code)
	p.log.close()
	return code
}

// finish reports an error and returns the exit code.
func (p *program) finish(err error) int {
	if err == nil {
		return exit.Done
	}
	if !p.started {
		err = usage(err)
		p.peekAtDotenv()
	}
	if p.wantsJSONLog() {
		_ = p.openLog(logJSON, "", p.unparsed(logFileFlag) != "") // this format is known
	}
	p.printError(err)
	p.writeFailure(err, p.args)
	return exitCode(err)
}

// printError prints an error and its hint.
func (p *program) printError(err error) {
	style := p.style(p.env.StderrTerminal)
	if signal, ok := errors.AsType[*Interrupted](err); isFinished(err) || ok && signal.pipe() && p.notify == nil {
		return // the summary has said it, or nobody reads any more, as after | head
	}
	if p.file != nil {
		p.file.failed(terminal.Plain(p.errorText(err)), exitCode(err), terminal.Plain(p.hint(err)))
	}
	if p.log != nil {
		p.log.failed(terminal.Plain(p.errorText(err)), exitCode(err), terminal.Plain(p.hint(err)))
		return
	}
	if p.paused && len(unexplained(err)) == 0 {
		return // the summary has said it
	}
	label := "error: "
	for line := range strings.Lines(strings.TrimSpace(terminal.Plain(p.errorText(err)))) {
		p.writeLabelled(style.Red, label, strings.TrimSuffix(line, "\n"))
		label = ""
	}
	if hint := p.hint(err); hint != "" {
		p.writeLabelled(style.Bold, "hint: ", terminal.Plain(hint))
	}
}

// begin fills in the flags that were not given, and reports at once everything that is wrong with the command
// line and the settings. Later errors are not mistakes in them.
func (p *program) begin(c *cobra.Command, args []string) error {
	if c.Name() == cobra.ShellCompRequestCmd {
		return nil // completion needs no settings
	}
	if p.allFlags && c.Flag(allFlag).Hidden { // status has one of its own
		return errors.New(allNeedsHelp)
	}
	err := errors.Join(p.applySettings(c), p.applyMappingFile(c))
	found := errors.Join(p.checks.run(c, args), p.stores.check(c.Flags()))
	p.outputs, p.writtenState, p.protected = outputsOf(c), stateToWrite(c), p.findProtected(c, args)
	err = errors.Join(append(append([]error{err}, p.mistakes...), found, p.checkOutputs(c, args), p.openLogFile(c))...)
	p.beginLogFile(err != nil)
	p.warnOfSettings(c)
	var notifying error
	p.beginReport(c, args)
	p.notify, notifying = p.startNotifier(c) // also after a mistake, since others want to know of it
	if err = errors.Join(err, notifying); err != nil {
		return err
	}
	if p.checksOnly {
		return errChecked
	}
	p.started, p.ctx, p.bar = true, c.Context(), p.newProgress()
	p.stopAnnounced = p.announceStop(c.Context())
	return nil
}

// errChecked ends a command of which only the checks were wanted, all of which it has passed.
var errChecked = errors.New("nothing is wrong")

// announceStop says that a command is stopping once ctx is done, since it may take seconds until anything
// else is printed. It says nothing if nothing is under way. The function that it returns ends that.
func (p *program) announceStop(ctx context.Context) (end func()) {
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		if signal := interruption(ctx); signal != nil && !p.idle.Load() && !(signal.pipe() && p.notify == nil) {
			p.bar.Say(p.stoppingText())
		}
	})
	return func() {
		if !stop() {
			<-told
		}
	}
}

// stoppingText says what a command waits for before it ends.
func (p *program) stoppingText() string {
	text := "Stopping."
	if n := p.requests.UnderWay(); n > 0 {
		text = fmt.Sprintf("Stopping: waiting for %s, at most %.0f s.", report.Plural(n, "request", "requests"), grace.Seconds())
	}
	if p.env.StderrTerminal {
		text += " Ctrl-C again leaves at once."
	}
	return text
}

func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:   "ph2cio",
		Short: "Move PostHog history into Customer.io",
		Long: `ph2cio reads PostHog event exports (Parquet, JSONL or CSV), works out who is who, and sends people and events to
Customer.io's Track API, each event once.`,
		Example: `  ph2cio preview export/               see what would be sent
  ph2cio backfill --sandbox export/    try it all against a local Track API
  ph2cio init                          save the credentials of Customer.io
  ph2cio backfill export/              send it`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              unknownCommand,
		PersistentPreRunE: p.begin,
	}
	root.SetIn(p.env.Stdin)
	root.SetOut(p.env.Stdout)
	root.SetErr(p.env.Stderr)
	showVersion := p.addCommonFlags(root)
	root.RunE = func(c *cobra.Command, _ []string) error {
		if *showVersion {
			return runVersion(p)
		}
		return c.Help()
	}
	root.InitDefaultHelpFlag() // else -h before a command would take the command's name as its value
	p.addCommands(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return errors.Join(append(p.mistakes, clearerError(c, err))...)
	})
	explainListErrors(root)
	collectMistakes(p, root)
	p.checks.addArguments(root)
	root.SetHelpFunc(p.help)
	if completing(p.args) {
		completeCommands(root)
	}
	return root
}

// addCommonFlags adds the flags that every command has, and --version, whose value it returns.
func (p *program) addCommonFlags(root *cobra.Command) (version *bool) {
	flags := root.PersistentFlags()
	flags.BoolVar(&p.json, "json", false, "write the result as one JSON document")
	describe(flags, "json", outputFlags, "", sendsSame, inShort())
	flags.BoolVarP(&p.quiet, "quiet", "q", false, "no progress; when sending, only warnings and errors")
	describe(flags, "quiet", outputFlags, "", sendsSame, inShort(quietInShortHelpOf...))
	flags.BoolVarP(&p.verbose, "verbose", "v", false, "say more on stderr, such as retries")
	describe(flags, "verbose", outputFlags, "", sendsSame, inShort(root.Name()))
	addLogFlags(flags)
	flags.String(envFileFlag, defaultEnvFile, "read settings from this file")
	describe(flags, envFileFlag, outputFlags, "FILE", sendsSame, inShort(root.Name()))
	flags.BoolVar(&p.allFlags, allFlag, false, "with --help: show all flags")
	_ = flags.MarkHidden(allFlag)
	version = root.Flags().Bool(versionFlag, false, "print the version")
	describe(root.Flags(), versionFlag, outputFlags, "", commandLineOnly, inShort())
	return version
}

// addCommands adds the commands in the order in which people need them, and the topics of help.
func (p *program) addCommands(root *cobra.Command) {
	for _, group := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Look at an export", []*cobra.Command{newInspect(p), newPreview(p)}},
		{"Send it", []*cobra.Command{newCheck(p), newBackfill(p), newSync(p), newRetry(p), newStatus(p)}},
		{"Find out and set up", []*cobra.Command{newInit(p), newExplain(p), newMapping(p), newSandbox(p), newCompletion(), newVersion(p)}},
	} {
		root.AddGroup(&cobra.Group{ID: group.title, Title: group.title})
		for _, c := range group.commands {
			c.GroupID = group.title
			root.AddCommand(c)
		}
	}
	root.AddCommand(newTopics()...)
	root.SetHelpCommand(newHelp(schemaText))
}

// This is a global variable of cobra's.
func init() { cobra.EnableCommandSorting = false }
