package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// statusOptions are the flags of status.
type statusOptions struct {
	state      string
	rejects    bool
	rejectsCSV string
}

// addFlags adds the flags of status.
func (o *statusOptions) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.state, stateFlag, "", "show only this state directory; by default all of the user's")
	describe(f, stateFlag, ownFlags, "DIR", sendsSame, inShort())
	f.BoolVar(&o.rejects, "rejects", false, "list what was rejected and is still to be fixed, with the cure for each reason")
	describe(f, "rejects", ownFlags, "", sendsSame, inShort(), commandLineOnly)
	f.StringVar(&o.rejectsCSV, rejectsCSVFlag, "", "write what is still to be fixed to a CSV file, without the raw rows")
	describe(f, rejectsCSVFlag, ownFlags, "FILE", sendsSame, inShort(), withExtensions("csv"), commandLineOnly)
}

// check refuses values that no run can use.
func (o *statusOptions) check() error {
	if o.rejectsCSV == stdinSource {
		return fmt.Errorf("--%s needs a file, not -", rejectsCSVFlag)
	}
	return nil
}

// openRejects is what status shows of what is still to be fixed in one state.
type openRejects struct {
	all     []terminal.OpenReject // for --json
	reasons map[string]int64
	text    string // for a terminal
}

// readOpenRejects reads the open rejects of a state, in the form in which they will be shown, and adds them to
// a table if that is not nil. sources are those with rejected rows.
func (p *program) readOpenRejects(ctx context.Context, store *ledger.Store, sources []ledger.Source, table *terminal.RejectTable) (open *openRejects, err error) {
	open = &openRejects{all: []terminal.OpenReject{}}
	if open.reasons, err = store.OpenReasons(ctx); err != nil {
		return nil, err
	}
	lines := &terminal.OpenRejectLines{Lines: terminal.Lines{Style: p.style(p.env.StdoutTerminal), Width: p.columns()}}
	reason, gone := "", p.goneFiles(ctx, sources)
	for record, err := range store.AllOpenRejects(ctx) {
		if err != nil {
			return nil, err
		}
		one, err := terminal.ReadOpenReject(record.Text)
		if err != nil {
			return nil, err
		}
		if one.File != "" && gone.has(one.File) {
			one.SetGone()
		}
		if p.json {
			open.all = append(open.all, one)
		}
		if table != nil {
			if err := table.Add(&one); err != nil {
				return nil, err
			}
		}
		if record.Reason != reason {
			reason = record.Reason
			lines.Group(reason, open.reasons[reason])
		}
		lines.Add(&one)
	}
	lines.End()
	open.text = lines.String()
	return open, nil
}

// goneFiles are files with rejected rows that are not there.
type goneFiles struct {
	gone, there []string        // absolute paths
	known       map[string]bool // by the name that a run was given
}

func (p *program) goneFiles(ctx context.Context, sources []ledger.Source) *goneFiles {
	files, inputs := &goneFiles{known: map[string]bool{}}, source.NewSnapshot(p.stores.remote, nil)
	for _, one := range sources {
		if _, there := inputs.Look(ctx, one.Path); there {
			files.there = append(files.there, one.Path)
		} else {
			files.gone = append(files.gone, one.Path)
		}
	}
	return files
}

// has reports whether all files that a run may have been given by this name are gone. The name may be
// relative to the directory in which the run began.
func (g *goneFiles) has(name string) bool {
	gone, known := g.known[name]
	if !known {
		clean := name
		if !source.IsURL(name) {
			clean = filepath.Clean(name)
		}
		is := func(path string) bool {
			return path == clean || strings.HasSuffix(path, string(filepath.Separator)+clean)
		}
		gone = !strings.HasPrefix(clean, "..") && slices.ContainsFunc(g.gone, is) && !slices.ContainsFunc(g.there, is)
		g.known[name] = gone
	}
	return gone
}

// rejectTable creates the file of --rejects-csv; nil without the flag. done closes it, and reports what could
// not be written.
func (p *program) rejectTable(o *statusOptions) (table *terminal.RejectTable, done func() error, err error) {
	if o.rejectsCSV == "" {
		return nil, func() error { return nil }, nil
	}
	file, err := p.createOutput(output{flag: rejectsCSVFlag, path: o.rejectsCSV})
	if err != nil {
		return nil, nil, err
	}
	table, err = terminal.NewRejectTable(file)
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return table, func() error { return errors.Join(table.Flush(), file.Close()) }, nil
}

// writeRejects shows what is still to be fixed in the states.
func (p *program) writeRejects(reports []stateReport) error {
	t := &statusText{terminal.Lines{Style: p.style(p.env.StdoutTerminal), Width: p.columns()}}
	for i := range reports {
		if i > 0 {
			t.WriteString("\n")
		}
		t.headline(&reports[i])
		t.Line("State", terminal.Plain(reports[i].Path))
		if reports[i].OpenRejects > 0 {
			t.Line("To fix", terminal.Plain(reports[i].toFix(false)))
		} else {
			t.Line("To fix", "nothing is rejected")
		}
		t.WriteString(reports[i].rejects.text)
	}
	_, err := io.WriteString(p.env.Stdout, t.String())
	return err
}

// toFix says what was rejected, and what to type once that is fixed. With list it
// also says how to see the list. A run that has not ended comes first.
func (s *stateReport) toFix(list bool) string {
	var parts []string
	for _, part := range []struct {
		n         int64
		one, many string
	}{{s.open.Rows, "row", "rows"}, {s.open.People, "person", "people"}, {s.open.Merges, "merge", "merges"}, {s.open.Emails, "email", "emails"}} {
		if part.n > 0 {
			parts = append(parts, report.Plural(part.n, part.one, part.many))
		}
	}
	state := s.stateArgs()
	text := report.InWords(parts, "and") + " rejected: "
	if list {
		text += "`ph2cio status --rejects" + state + "` says what to do; then "
		if s.unfinished() {
			text += "let the run end and "
		}
		text += "run "
	} else {
		text += "fix " + report.PluralWord(s.OpenRejects, "it", "them") + ", then run "
	}
	return text + "`ph2cio retry" + state + "`" + s.mergesAgain()
}

// mergesAgain says which flag of retry tries rejected merges and the emails that wait for them again; empty
// without any.
func (s *stateReport) mergesAgain() string {
	var again []string
	if s.open.Merges > 0 {
		again = append(again, report.PluralWord(s.open.Merges, "merge", "merges"))
	}
	if s.open.Emails > 0 {
		again = append(again, report.PluralWord(s.open.Emails, "email", "emails"))
	}
	if len(again) == 0 {
		return ""
	}
	return " (--merges tries the " + strings.Join(again, " and ") + " again too)"
}

// stateArgs are the arguments that name the state in a command to type, with a blank before them. They are
// empty for the user's own directories.
func (s *stateReport) stateArgs() string {
	if s.stateFlag == "" {
		return ""
	}
	return " --" + stateFlag + " " + escape.Shell(s.stateFlag)
}
