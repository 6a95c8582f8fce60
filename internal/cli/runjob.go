package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// purpose is what a command does with a job: it sends it, or shows what it would send.
type purpose interface {
	// state returns what is known of earlier runs, nil for nothing.
	state() *ledger.Store
	// equip gives a plan what it sends with, before the first pass.
	equip(plan *export.Plan) error
	// finish does a job that has been read. It closes nothing.
	finish(ctx context.Context, read *readJob) error
}

// readJob is a job after its first pass.
type readJob struct {
	job     *job.Job
	plan    *export.Plan
	learned *export.Learned
	pass    *job.FirstPass
}

// runJob decides what a request comes to, reads until that can be sent, and hands it to its purpose.
func (p *program) runJob(ctx context.Context, plans *planner, to purpose) (err error) {
	answer, err := job.Decide(ctx, &plans.request, ledgerOf(to.state()))
	p.warnOfJob(answer.Warnings)
	if err = cmp.Or(err, answer.Refused); err != nil {
		return err
	}
	if answer.Abandoned != nil {
		if err := answer.Abandoned.Finish(ctx, ledger.Replaced, time.Now(), nil, nil); err != nil {
			return err
		}
	}
	if answer.Nothing != nil {
		return p.nothingToDo(&plans.request, answer.Nothing)
	}
	read, nothing, err := p.readJob(ctx, answer.Job, plans, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, read.learned.Close()) }()
	if nothing != nil {
		return p.nothingToDo(&plans.request, nothing)
	}
	return to.finish(ctx, read)
}

// ledgerOf is a state as decisions ask it: a nil state is no ledger.
func ledgerOf(state *ledger.Store) job.Ledger {
	if state == nil {
		return nil
	}
	return state
}

// readJob makes first passes until the job says that nothing else is to be read. It returns the job as it is then, to
// be closed, and why there is nothing to do, if there is not.
func (p *program) readJob(ctx context.Context, j *job.Job, plans *planner, to purpose) (*readJob, *job.Nothing, error) {
	var took time.Duration // of passes that were not the last
	for {
		read, err := plans.read(ctx, j, to)
		if err != nil {
			return nil, nil, err
		}
		read.learned.Took += took
		next := j.After(ctx, read.pass)
		if next.Job == nil || next.Replan {
			p.warnOfDoubles(read.learned)
			p.warnOfLost(read.learned)
		}
		p.warnOfJob(next.Warnings)
		if next.Job == nil && next.Refused == nil {
			return read, next.Nothing, nil
		}
		if err := errors.Join(next.Refused, read.learned.Close()); err != nil {
			return nil, nil, err
		}
		if took = read.learned.Took; next.Replan {
			took = 0
		} else {
			more := len(next.Job.Sources) - len(j.Sources)
			p.bar.Say(fmt.Sprintf("reading again, with %s of earlier runs: rows that waited there can be sent now", report.Files(more)))
		}
		j = next.Job
	}
}

// read makes the first pass over the sources of a job. The result is to be closed.
func (m *planner) read(ctx context.Context, j *job.Job, to purpose) (*readJob, error) {
	plan, err := m.planOf(j, to.state())
	if err == nil {
		err = to.equip(plan)
	}
	if err != nil {
		return nil, err
	}
	learned, err := export.Learn(ctx, plan)
	if err != nil {
		return nil, err
	}
	pass := &job.FirstPass{Rows: learned.Rows, Origin: func() ([]ledger.Source, []byte) {
		sources, people := learned.Origin(ctx)
		return job.Recorded(sources, j.Sources), people
	}}
	if plan.State != nil { // else nothing is known that could wait
		reads := map[string]bool{}
		for _, one := range j.Sources {
			reads[job.NameOf(one.Name)] = true
		}
		pass.Waiting, err = learned.Due(ctx, plan, func(path string) bool { return !reads[path] })
	}
	if err != nil {
		return nil, errors.Join(err, learned.Close())
	}
	return &readJob{job: j, plan: plan, learned: learned, pass: pass}, nil
}

// planner makes the plans of the jobs that a request comes to, with the same flags for all of them.
type planner struct {
	p       *program
	request job.Request
	mapping *mappingOptions
	tmp     string       // where to keep what does not fit into memory, empty for the system's directory
	typed   *export.Plan // as of the request's own now, of all that was found; nil until it is made
}

// newPlanner prepares the request of a command. typed is its plan, nil for a command that has to look for sources first.
func newPlanner(p *program, request job.Request, mapping *mappingOptions, tmp string, typed *export.Plan) *planner {
	m := &planner{p: p, request: request, mapping: mapping, tmp: tmp, typed: typed}
	m.request.Flags = m.flags
	return m
}

// flags returns the flags that change what is sent.
func (m *planner) flags() (job.Flags, error) {
	if m.typed == nil {
		plan, err := m.p.planOf(m.request.Now, m.mapping, m.tmp, nil)
		if err != nil {
			return nil, err
		}
		m.typed = plan
	}
	return sentFlags(m.mapping.identity.flags, &m.mapping.identity, m.typed)
}

// planOf makes the plan of a job. state is what earlier runs have sent, nil for nothing.
func (m *planner) planOf(j *job.Job, state *ledger.Store) (*export.Plan, error) {
	made, err := m.at(j)
	if err != nil {
		return nil, err
	}
	plan := *made
	plan.Sources, plan.Inputs, plan.Incomplete, plan.Others = j.Sources, j.Inputs, m.request.Incomplete, j.MoreKnown
	plan.Read.WrittenSince = j.WrittenSince()
	plan.Names, plan.LeftOut = job.NameOf, j.SkipsMore
	plan.State, plan.Ledger, plan.Remember = state, j.Resumed, j.Remembers()
	plan.Retry, plan.RetryMerges, plan.Merges = j.RetriesRows(), j.RetriesMerges(), j.Merges
	return &plan, nil
}

// at makes the plan of a job's own now, and of the sources in whose place nothing may be written.
func (m *planner) at(j *job.Job) (*export.Plan, error) {
	found := j.Inputs.Sources
	if j.Command == job.Retry {
		found = j.Sources
	}
	holds := j.HoldRecent && m.mapping.recent != recentHold
	if holds {
		m.mapping.recent = recentHold
	}
	if j.Now.Equal(m.request.Now) && !holds && m.typed != nil {
		return m.typed, m.p.foundSources(slices.Concat(found, m.typed.Persons))
	}
	plan, err := m.p.planOf(j.Now, m.mapping, m.tmp, found)
	if err == nil && j.Now.Equal(m.request.Now) {
		m.typed = plan
	}
	return plan, err
}

// warnOfJob says what somebody should know of a decision.
func (p *program) warnOfJob(warnings []job.Warning) {
	for _, one := range warnings {
		switch w := one.(type) {
		case job.OtherInputs:
			p.warn("the last backfill, finished at %s, had other sources or flags; events that it sent are not sent again", report.Time(w.Last.Ended))
		case job.OtherRows:
			p.warn("the last backfill, finished at %s, had other rows in a source of the same name and size; events that it sent are not sent again",
				report.Time(w.Last.Ended))
		case job.AddedFiles:
			p.warn("%s added after the %s began at %s: left out until it has finished", report.Files(w.Files), w.Begun.Command, report.Time(w.Begun.Began))
		case job.CannotResume:
			p.warn("the %s of %s was stopped and cannot be resumed, so it is replanned; what it sent is not sent again: %v",
				w.Begun.Command, report.Time(w.Begun.Began), w.Why)
		case job.ReplacesRetry:
			p.warn("the retry of %s was stopped, and this sync replaces it; `ph2cio retry` tries again what is left", report.Time(w.Begun.Began))
		case job.SourceReplaced:
			p.warn("%s was replaced since it was sent: it is read from the start, and events of it already sent are not sent again", w.Name)
		case job.RejectsMissing:
			p.warn("%s is missing, so its rejected rows cannot be tried again; put it back, or run sync to read it under its new name; then retry", w.Path)
		case job.FlagsDiffer:
			p.warnOfFlags(w)
		}
	}
}

func (p *program) warnOfFlags(w job.FlagsDiffer) {
	var changes []string
	for _, one := range w.Changes {
		changes = append(changes, one.String())
	}
	means := ""
	if w.NewRowsOnly {
		means = "; they apply to new rows only; `ph2cio backfill --restart` applies them to all rows"
	}
	p.warn("flags differ from the last run: %s", strings.Join(changes, "; ")+means)
}

// nothingToDo says why there is nothing to do.
func (p *program) nothingToDo(request *job.Request, why *job.Nothing) error {
	switch {
	case why.Done != nil:
		return p.alreadyDone(why.Done)
	case request.Command == job.Retry:
		return p.nothingRejected(why.Merges)
	}
	return p.nothingNew(request.Incomplete, why.Known)
}

// alreadyDone says that a backfill has done all of this.
func (p *program) alreadyDone(last *ledger.Run) error {
	counters, err := export.ReadCounters(last.Counters)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("this backfill finished at %s, with %s and %s sent; this run sent nothing",
		report.Time(last.Ended), report.Plural(counters.Sent(), "event", "events"), report.Plural(counters.People(), "person", "people"))
	switch last.Outcome {
	case ledger.Troubled:
		said += "; some of its files could not be read to the end"
	case ledger.Rejected:
		said += "; `ph2cio status` shows what was rejected"
	}
	if !p.json && !p.quiet && p.log == nil {
		fmt.Fprintln(p.env.Stdout, wrapIndented(strings.ToUpper(said[:1])+said[1:]+".", p.columns(), 0))
		fmt.Fprintf(p.env.Stdout, "To start over and send what has not been sent:\n  %s\n", plain(p.restart()))
	}
	return &finished{exit.Done, said}
}

// nothingRejected says that there is nothing to retry, unless it is merges that were rejected.
func (p *program) nothingRejected(merges int64) error {
	if p.json {
		return p.writeSummary(p.env.Stdout, export.Nothing(&export.Plan{}), "", nil)
	}
	text := "Nothing to retry: nothing is rejected."
	if merges > 0 {
		text = "Nothing to retry except " + report.Plural(merges, "rejected merge", "rejected merges") + ": add --merges to try " +
			report.PluralWord(merges, "it", "them") + " again."
	}
	_, err := fmt.Fprintln(p.env.Stdout, text)
	return err
}

// nothingNew says that a sync finds nothing new in the sources that earlier runs have read.
func (p *program) nothingNew(incomplete []*source.Incomplete, known int) error {
	if p.json {
		return p.writeSummary(p.env.Stdout, export.Nothing(&export.Plan{Incomplete: incomplete}), "", nil)
	}
	if !p.quiet {
		text := "Nothing new in " + report.Files(known) + ". Nothing was sent."
		if len(incomplete) > 0 {
			text = "Nothing was sent: new files wait until their export is complete. The warning names the missing files."
		}
		fmt.Fprintln(p.env.Stdout, wrapIndented(text, p.columns(), 0))
	}
	return nil
}
