package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/asread"
	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// answers is a Ledger with fixed answers.
type answers struct {
	runs     []*ledger.Run // the newest first
	known    []ledger.KnownSource
	rejects  ledger.OpenRejects
	freed    map[int64][]ledger.Source // by the run that is left out
	merges   map[int64][]ledger.Merge  // by the run that asks
	waiting  bool
	paths    []ledger.WaitingPath
	complete []ledger.Manifest
}

func (a *answers) LastRun(ctx context.Context) (*ledger.Run, error) {
	if len(a.runs) == 0 {
		return nil, ctx.Err()
	}
	last := *a.runs[0]
	if !last.Ended.IsZero() {
		last.Sources = nil
	}
	return &last, ctx.Err()
}

func (a *answers) FreedSources(ctx context.Context, besides int64) (freed []ledger.SourceOfRun, err error) {
	for _, one := range a.freed[besides] {
		freed = append(freed, ledger.SourceOfRun{Source: one, Run: 1})
	}
	return freed, ctx.Err()
}

func (a *answers) Last(_ context.Context, command string) (*ledger.Run, error) {
	at := slices.IndexFunc(a.runs, func(r *ledger.Run) bool { return r.Command == command })
	if at < 0 {
		return nil, nil
	}
	return a.runs[at], nil
}

func (a *answers) KnownSources(ctx context.Context) iter.Seq2[ledger.KnownSource, error] {
	return func(yield func(ledger.KnownSource, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(ledger.KnownSource{}, err)
			return
		}
		for _, one := range a.known {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (a *answers) Manifests(context.Context) ([]ledger.Manifest, error) { return a.complete, nil }

func (a *answers) OpenRejects(context.Context) (ledger.OpenRejects, error) { return a.rejects, nil }

func (a *answers) PendingMerges(_ context.Context, run int64) ([]ledger.Merge, error) {
	return a.merges[run], nil
}

// WaitingBefore answers for the run that stopped and finished return.
func (a *answers) WaitingBefore(_ context.Context, run int64) (bool, error) {
	return a.waiting && run == 7, nil
}

func (a *answers) WaitingPaths(context.Context) iter.Seq2[ledger.WaitingPath, error] {
	return func(yield func(ledger.WaitingPath, error) bool) {
		for _, one := range a.paths {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// texts is a store of texts by name. All were modified at the same time.
type texts map[string]string

func (x texts) Open(_ context.Context, s source.Source, offset int64) (source.File, error) {
	text, there := x[s.Name]
	if !there {
		return nil, fs.ErrNotExist
	}
	return openText{strings.NewReader(text[offset:]), s.Version}, nil
}

func (x texts) Look(_ context.Context, name string) (source.Source, error) {
	text, there := x[name]
	if !there {
		return source.Source{}, fs.ErrNotExist
	}
	return source.Source{Name: name, Size: int64(len(text)), Version: source.Version{Modified: 1}, In: &pointer{x}}, nil
}

func (x texts) List(_ context.Context, prefix string) (all []source.Source, err error) {
	for name := range x {
		if strings.HasPrefix(name, prefix) {
			one, _ := x.Look(context.Background(), name)
			all = append(all, one)
		}
	}
	return all, nil
}

// pointer makes texts comparable, as a store must be.
type pointer struct{ texts }

type openText struct {
	io.Reader
	version source.Version
}

func (o openText) Version() (source.Version, error) { return o.version, nil }
func (o openText) Close() error                     { return nil }

// there has the sources of the tests. The night is a file that comes later than the day.
var (
	day, night = "mem://exports/day.jsonl", "mem://exports/night.jsonl"
	there      = texts{day: "rows of the day\n", night: "rows of the night\n"}
)

// found returns a snapshot of some of the texts.
func (x texts) found(names ...string) *source.Snapshot {
	store := &pointer{x}
	var all []source.Source
	for _, name := range names {
		one, err := x.Look(context.Background(), name)
		if err != nil {
			panic(err)
		}
		one.In = store
		all = append(all, one)
	}
	return source.NewSnapshot(func(string) (source.Lister, error) { return store, nil }, all)
}

// with returns the texts and another one, or with another text under a name.
func (x texts) with(name, text string) texts {
	all := texts{name: text}
	for other, has := range x {
		if other != name {
			all[other] = has
		}
	}
	return all
}

// read returns a text as a run that has read it to its end.
func (x texts) read(name string) ledger.Source {
	one := x.found(name).Sources[0]
	_, ends := asread.Ends(context.Background(), one)
	return ledger.Source{Path: name, Size: one.Size, Modified: 1, Ends: ends, Rows: 1, Fingerprint: "of " + x[name]}
}

// knownFrom returns sources as a run has read them.
func knownFrom(run *ledger.Run, sources ...ledger.Source) (all []ledger.KnownSource) {
	for i, one := range sources {
		all = append(all, ledger.KnownSource{Source: one, Run: run.ID, Number: i, Now: run.Now, Flags: run.Flags})
	}
	return all
}

var (
	began = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	now   = began.AddDate(0, 0, 7)
)

// sent is the counters of a run that has sent something.
const sent = `{"accepted":{"identify":2,"event":5}}`

// stopped returns a run that has sent something and has not finished.
func stopped(command Command, sources ...ledger.Source) *ledger.Run {
	return &ledger.Run{ID: 7, Counters: []byte(sent), Start: ledger.Start{
		Command: string(command), Typed: "ph2cio " + string(command), Began: began, Now: began, Flags: "{}", Sources: sources,
	}}
}

// finished returns a run that has come to its end.
func finished(command Command, sources ...ledger.Source) *ledger.Run {
	run := stopped(command, sources...)
	run.Ended, run.Outcome = began.Add(time.Hour), ledger.Done
	return run
}

// change returns a run after a change.
func change(run *ledger.Run, change func(*ledger.Run)) *ledger.Run {
	change(run)
	return run
}

// request returns a request for a command with the sources that were found, without flags.
func request(command Command, inputs *source.Snapshot) Request {
	return Request{Command: command, Now: now, Inputs: inputs, HoldsRecent: true, Flags: flagsOf(nil)}
}

func flagsOf(flags Flags) func() (Flags, error) {
	if flags == nil {
		flags = Flags{}
	}
	return func() (Flags, error) { return flags, nil }
}

// rule is a rule of decisions, with a request that shows it.
type rule struct {
	name   string
	of     Request
	ledger answers
	want   string // what the answer is, as told puts it
}

func check(t *testing.T, rules []rule) {
	t.Helper()
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			answer, err := Decide(t.Context(), &rule.of, &rule.ledger)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rule.want, describe(t, answer)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// describe describes an answer in words.
func describe(t *testing.T, a Answer) string {
	t.Helper()
	var text string
	switch {
	case a.Refused != nil:
		text = fmt.Sprintf("refused with %d: %v", exit.Code(a.Refused), a.Refused)
		if hint := exit.Hint(a.Refused); hint == "" && !errors.Is(a.Refused, ErrNothingSent) || hint == a.Refused.Error() {
			t.Errorf("the hint is %q", hint)
		}
	case a.Nothing != nil && a.Nothing.Done != nil:
		text = "done already"
	case a.Nothing != nil && a.Nothing.Merges > 0:
		text = fmt.Sprintf("nothing to do but %d merges", a.Nothing.Merges)
	case a.Nothing != nil && a.Nothing.Known > 0:
		text = fmt.Sprintf("nothing to do; %d known", a.Nothing.Known)
	case a.Nothing != nil:
		text = "nothing to do"
	case a.Job.Resumed != nil:
		text = "resumed: " + names(a.Job)
		if a.Job.Now != a.Job.Resumed.Now || a.Job.SavesFirstPass() || a.Job.MoreKnown {
			t.Error("not at the time of the run that is resumed, or it saves the first pass again, or looks for rows that wait")
		}
		if added := len(a.Warnings) > 0; added != (a.Job.Added > 0) {
			t.Errorf("%d files were added, and the warnings are %v", a.Job.Added, a.Warnings)
		}
	default:
		text = "new: " + names(a.Job)
		if a.Job.Now != now || !a.Job.Preview && !a.Job.SavesFirstPass() {
			t.Error("not at the time of the request, or it does not save the first pass")
		}
	}
	for _, w := range a.Warnings {
		text += "; " + describeWarning(t, w)
	}
	if a.Abandoned != nil {
		text += "; abandoned"
	}
	return text
}

// describeWarning returns the type of a warning, and the sources, flags or number of files that it names.
func describeWarning(t *testing.T, w Warning) string {
	t.Helper()
	text := strings.TrimPrefix(fmt.Sprintf("%T", w), "job.")
	var run *ledger.Run
	switch w := w.(type) {
	case SourceReplaced:
		return text + " " + lastPart(w.Name)
	case RejectsMissing:
		if w.Elsewhere > 0 {
			return text + " " + lastPart(w.Path) + ", looked for elsewhere"
		}
		return text + " " + lastPart(w.Path)
	case FlagsDiffer:
		for _, one := range w.Changes {
			text += " " + one.Flag
		}
		if w.NewRowsOnly {
			text += " for new rows"
		}
		return text
	case AddedFiles:
		text, run = fmt.Sprintf("%s %d", text, w.Files), w.Begun
	case CannotResume:
		run = w.Begun
		if w.Why == nil {
			t.Error("CannotResume does not say why")
		}
	case ReplacesRetry:
		run = w.Begun
	case OtherInputs:
		run = w.Last
	case OtherRows:
		run = w.Last
	}
	if run == nil || run.ID != 7 {
		t.Errorf("%s is of the run %+v", text, run)
	}
	return text
}

// lastPart returns the last part of a source's name.
func lastPart(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// names returns the last parts of the names of a job's sources.
func names(j *Job) string {
	var all []string
	for _, one := range j.Sources {
		all = append(all, lastPart(one.Name))
	}
	if len(all) == 0 {
		return "no source"
	}
	return strings.Join(all, ", ")
}
