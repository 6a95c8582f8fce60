package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

type checkOptions struct {
	sending sendingOptions
	reading readingOptions
}

func newCheck(p *program) *cobra.Command {
	o := &checkOptions{}
	c := &cobra.Command{
		Use:   "check [SOURCE...]",
		Short: "Check credentials, workspace, region, files and state",
		Long: `Checks everything that a backfill needs: credentials, workspace, region, clock, files and state directory.
It sends nothing. What PostHog's own destination has sent cannot be checked: ph2cio help live says what to do.`,
		Example: `  ph2cio check
  ph2cio check --workspace 12345 export/
  ph2cio check --json`,
		RunE: func(c *cobra.Command, args []string) error { return runCheck(c.Context(), p, o, args) },
	}
	f := flagsInOrder(c)
	o.sending.addDestinationFlags(f)
	addMappingFlag(f)
	o.reading.addFlags(f, p.list)
	p.stores.addFlags(f)
	addStateFlag(f, &o.sending.state)
	return c
}

// finding is the result of one check.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Text   string `json:"says"`
	Advice string `json:"advice,omitempty"`
	err    error
	note   bool // nothing was checked
}

// checksDocument is the document of check.
type checksDocument struct {
	Checks []finding `json:"checks"`
	Next   string    `json:"next,omitempty"`
}

func runCheck(ctx context.Context, p *program, o *checkOptions, args []string) error {
	o.reading.rememberNow()
	if found, err := o.reading.search(args, nil); err == nil { // else the error becomes a finding
		if err := p.protectSources(found.Sources); err != nil {
			return err
		}
	}
	findings := []finding{p.checkSettings()}
	var to *destination
	err := p.checkDestination(&o.sending)
	if err != nil {
		err = usage(err)
	} else {
		to, err = p.destination(ctx, &o.sending)
	}
	findings = append(findings, checkCredentials(to, err))
	if err == nil {
		defer to.close()
		findings = append(findings, checkClock(to.workspace.Date, p.now()), p.checkState(ctx, to.state, to.owner()))
	} else if o.sending.state != "" {
		findings = append(findings, p.checkState(ctx, o.sending.state, ledger.Workspace{}))
	}
	if len(args) > 0 {
		findings = append(findings, checkSources(ctx, &o.reading, args)...)
	}
	findings = append(findings, liveFinding)
	failed := slices.IndexFunc(findings, func(f finding) bool { return !f.OK })
	next := ""
	if failed < 0 {
		next = p.afterCheck(ctx, to.state, o.sending.state, args)
	}
	if err := p.writeFindings(findings, next); err != nil {
		return err
	}
	if failed >= 0 {
		return &finished{code: exitCode(findings[failed].err)}
	}
	return nil
}

// afterCheck is the command to type when all is well: the backfill with the flags of the check, or status, which
// says what is left, if runs have sent something. named is the value of --state.
func (p *program) afterCheck(ctx context.Context, state, named string, sources []string) string {
	if store, err := openReadOnly(ctx, state); err == nil {
		last, err := store.LastRun(ctx)
		if err = errors.Join(err, store.Close()); err == nil && last != nil {
			return "ph2cio status" + (&stateReport{stateFlag: named}).stateArgs()
		}
	}
	if len(sources) == 0 {
		return "ph2cio preview SOURCE"
	}
	args := []string{backfillCommand}
	for _, arg := range p.args {
		if !slices.Contains([]string{checkCommand, "--json", "--quiet", "-q", "--verbose", "-v"}, arg) {
			args = append(args, arg)
		}
	}
	return "ph2cio " + shellJoin(args)
}

// checkNotes says in a few words what the command after a check does, by its name.
var checkNotes = map[string]string{backfillCommand: "shows the plan, and asks", "preview": "shows what would be sent", "status": "says what is left"}

// liveFinding warns of what no check can find out: what PostHog's own destination has sent.
var liveFinding = finding{
	Check: "live", OK: true, note: true,
	Text: "cannot be checked: what PostHog's own Customer.io destination has sent would arrive twice; " +
		"--live-since and --live-backfilled leave it out (`ph2cio help live`)",
}

func (p *program) checkSettings() finding {
	f := finding{Check: "settings", OK: true, Text: "from the environment (there is no .env file here)"}
	if p.dotenv.path != "" {
		f.Text = "from the environment and " + p.dotenv.path
	}
	return f
}

func checkCredentials(to *destination, err error) finding {
	if err != nil {
		return finding{Check: "workspace", Text: strings.ReplaceAll(err.Error(), "\n", "; "), Advice: workspaceAdvice(err), err: err}
	}
	w := to.workspace
	return finding{Check: "workspace", OK: true, Text: fmt.Sprintf("credentials accepted: workspace %d in region %s, at %s", w.EnvironmentID, w.Region, to.base)}
}

// workspaceAdvice says what to do when the API does not name the workspace.
func workspaceAdvice(err error) string {
	if hint := hintOf(err); hint != "" || exitCode(err) != exit.Destination {
		return hint
	}
	return "check this machine's network, its proxy settings, and CUSTOMERIO_TRACK_URL if it is set; then run the check again"
}

// maxSkew is how far this machine's clock may differ from Customer.io's before check reports it. The age of
// events is measured by this machine's clock.
const maxSkew = time.Minute

func checkClock(theirs, ours time.Time) finding {
	if theirs.IsZero() {
		return finding{Check: "clock", OK: true, Text: "not compared, because Customer.io's answer has no date"}
	}
	skew := ours.Sub(theirs).Round(time.Second)
	if skew.Abs() <= maxSkew {
		return finding{Check: "clock", OK: true, Text: "agrees with Customer.io's within a minute"}
	}
	side := "ahead of"
	if skew < 0 {
		side = "behind"
	}
	return finding{
		Check: "clock", Text: fmt.Sprintf("this machine's clock is %s %s Customer.io's", skew.Abs(), side),
		Advice: "set the clock; ph2cio tells the age of events by it", err: errors.New("clock"),
	}
}

// checkState checks that the state directory lies on a local disk and can be written or made, and that a
// state in it can be read. It makes nothing. of is the workspace that the state should belong to; the zero
// value is unknown.
func (p *program) checkState(ctx context.Context, dir string, of ledger.Workspace) finding {
	at, info, err := nearest(dir)
	if there := lookForStateDir(dir); err == nil && !errors.Is(there, fs.ErrNotExist) {
		err = there
	}
	if err == nil {
		err = p.refuseNetwork(dir)
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", at)
	}
	if err == nil {
		err = tryWriting(at)
	}
	if err == nil {
		err = checkLedger(ctx, dir, of)
	}
	if err != nil {
		return finding{
			Check: "state", Text: err.Error(), Advice: cmp.Or(hintOf(err), "name another directory with --state"),
			err: &problem{err: err, code: exit.State},
		}
	}
	says := dir
	if at != dir {
		says += " (the first run creates it)"
	}
	if named := p.origins["state"]; named != "" {
		says += ", from " + named
	}
	return finding{Check: "state", OK: true, Text: says}
}

// checkLedger opens the state in a directory, if there is one, and refuses that of another workspace.
func checkLedger(ctx context.Context, dir string, of ledger.Workspace) error {
	store, err := openReadOnly(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	owner := store.Workspace()
	if err := store.Close(); err != nil || of == (ledger.Workspace{}) || of == owner {
		return err
	}
	return &problem{code: exit.State, hint: "use that workspace's credentials, or name another directory with --state",
		err: fmt.Errorf("%s belongs to workspace %d at %s", filepath.Join(dir, ledger.FileName), owner.EnvironmentID, owner.BaseURL)}
}

// maxBadSources is how many unreadable sources check lists one by one.
const maxBadSources = 20

// checkSources reads the beginning of every source. It returns one finding for each that cannot be read, or
// one for all of them.
func checkSources(ctx context.Context, o *readingOptions, args []string) (findings []finding) {
	options, err := o.options()
	if err != nil {
		findings = append(findings, finding{Check: "sources", Text: err.Error(), Advice: "see `ph2cio help reading`", err: usage(err)})
	}
	found, err := o.search(args, nil)
	if err != nil && len(findings) > 0 && findings[0].Text == err.Error() {
		return findings // a search needs the same options
	}
	if err == nil && len(found.Sources) == 0 {
		err = nothingFound(found)
	}
	if err != nil {
		return append(findings, finding{Check: "sources", Text: err.Error(), Advice: hintOf(err), err: sourcesProblem(err)})
	}
	sources := found.Sources
	var size int64
	for _, s := range sources {
		size += s.Size
	}
	tried := triedSources(sources)
	bad, says := 0, leftOutText(found)
	for _, s := range tried {
		err := tryReading(ctx, s, options)
		if err == nil {
			continue
		}
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok && trouble.Persons && s.Beside && len(sources) > 1 {
			says = append(says, fmt.Sprintf("%s is an export of persons: %s", s.Name, trouble.Advice))
			continue
		}
		if bad++; bad <= maxBadSources {
			findings = append(findings, finding{Check: "sources", Text: err.Error(), Advice: hintOf(err), err: err})
		}
		if ctx.Err() != nil || errors.Is(err, source.ErrUnavailable) {
			return findings
		}
	}
	if more := bad - maxBadSources; more > 0 {
		findings[len(findings)-1].Text += fmt.Sprintf(" (and %s cannot be read)", report.Plural(more, "more file", "more files"))
	}
	if len(findings) > 0 {
		return findings
	}
	all := report.Files(len(sources)) + ", " + report.Bytes(size)
	if len(tried) < len(sources) {
		all += fmt.Sprintf(", of which %s were read at their beginnings", report.Files(len(tried)))
	}
	if objects, _ := toFetch(sources); objects > 0 {
		all += "; objects can be listed and read"
	}
	says = append([]string{all}, says...)
	return []finding{{Check: "sources", OK: true, Text: strings.Join(says, "; ")}}
}

// mostTried is how many objects of stores check reads, since each takes a request.
const mostTried = 100

// triedSources returns the sources whose beginnings check reads: all files, and if there are many objects,
// some from the first to the last.
func triedSources(sources []source.Source) (tried []source.Source) {
	objects, _ := toFetch(sources)
	step, n := (objects+mostTried-1)/mostTried, int64(0)
	for _, s := range sources {
		if s.In != nil {
			if n++; (n-1)%step > 0 {
				continue
			}
		}
		tried = append(tried, s)
	}
	return tried
}

// tryReading reads the beginning of a source, and returns the error if it is not an export.
func tryReading(ctx context.Context, s source.Source, options posthog.Options) error {
	options.Beginning = true
	for _, err := range posthog.Read(ctx, []source.Source{s}, options) {
		if trouble, ok := errors.AsType[*posthog.SourceError](err); !ok || trouble.Kind != posthog.Warning {
			return err
		}
	}
	return nil
}

// findingIndent is the column in which the text of a finding begins.
const findingIndent = 17

// findingText wraps a text on a terminal. In a pipe or a file it stays one line, for grep.
func (p *program) findingText(text string) string {
	if text = terminal.Plain(text); p.env.StdoutTerminal {
		return terminal.Wrap(text, p.columns(), findingIndent)
	}
	return text
}

// findingsVerdict says how many checks failed.
func findingsVerdict(findings []finding) string {
	var failed int64
	for _, f := range findings {
		if !f.OK {
			failed++
		}
	}
	if failed == 0 {
		return "All checks passed. Nothing was sent."
	}
	return report.Plural(failed, "check", "checks") + " failed. Nothing was sent."
}

// writeFindings writes what was found, and the command to type next, if any.
func (p *program) writeFindings(findings []finding, next string) error {
	for i := range findings {
		f := &findings[i]
		f.Text, f.Advice = p.asGiven(hideURLUsers(f.Text)), p.advice(f.err, f.Advice)
	}
	if p.json {
		return p.writeJSON(p.env.Stdout, &checksDocument{findings, next})
	}
	style := p.style(p.env.StdoutTerminal)
	b := &terminal.Lines{Style: style, Width: p.columns()}
	for _, f := range findings {
		mark := style.Green("ok  ")
		switch {
		case !f.OK:
			mark = style.Red("FAIL")
		case f.note:
			mark = "note"
		}
		fmt.Fprintf(b, "%s  %-10s %s\n", mark, f.Check, p.findingText(f.Text))
		if f.Advice != "" {
			fmt.Fprintf(b, "%*s%s\n", findingIndent, "", p.findingText(f.Advice))
		}
	}
	b.WriteString("\n" + findingsVerdict(findings) + "\n")
	if words := strings.Fields(next); len(words) > 1 {
		b.Next(next, checkNotes[words[1]])
	}
	_, err := io.WriteString(p.env.Stdout, b.String())
	return err
}
