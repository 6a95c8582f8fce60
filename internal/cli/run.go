package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// purpose is what a command does with a job: it sends it, or shows what it would send.
type purpose interface {
	// state returns what is known of earlier runs, nil for nothing.
	state() *ledger.Store
	// resendsOld reports whether rows are sent of days of which the state has forgotten what was sent.
	resendsOld() bool
	// prepare is called before each first pass.
	prepare() error
	// finish does a job that has been read. It closes nothing.
	finish(ctx context.Context, read *readJob) error
}

// readJob is a job after its first pass.
type readJob struct {
	job   *job.Job
	first *transfer.FirstPass
	pass  *job.FirstPass
}

// runJob decides what a request amounts to, makes first passes until that can be sent, and hands it to its
// purpose.
func (p *program) runJob(ctx context.Context, plans *planner, to purpose) (err error) {
	answer, err := job.Decide(ctx, &plans.request, ledgerOf(to.state()))
	p.warnOfJob(answer.Warnings)
	if err = cmp.Or(err, answer.Refused); err != nil {
		return err
	}
	if answer.Abandoned != nil {
		if err := answer.Abandoned.Finish(ctx, ledger.Ending{Outcome: ledger.Replaced, At: p.now()}); err != nil {
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
	defer func() { err = errors.Join(err, read.first.Close()) }()
	if nothing != nil {
		return p.nothingToDo(&plans.request, nothing)
	}
	err = to.finish(ctx, read)
	return errors.Join(err, p.reportFailure(read.first, err))
}

// ledgerOf is a state as package job takes it: nil if the state is nil.
func ledgerOf(state *ledger.Store) job.Ledger {
	if state == nil {
		return nil
	}
	return state
}

// readJob makes first passes until the job needs no other one. It returns the job as it is then, to be
// closed, and, if there is nothing to do, why.
func (p *program) readJob(ctx context.Context, j *job.Job, plans *planner, to purpose) (*readJob, *job.Nothing, error) {
	var took time.Duration // of passes that were not the last
	for {
		read, err := plans.read(ctx, j, to)
		if err != nil {
			return nil, nil, err
		}
		read.first.AddTime(took)
		next := j.After(ctx, read.pass)
		if next.Job == nil || next.Replan {
			p.warnOfDoubleSends(read.first)
			p.warnOfLostRows(read.first)
		}
		p.warnOfJob(next.Warnings)
		if next.Job == nil && next.Refused == nil {
			return read, next.Nothing, nil
		}
		if err := errors.Join(next.Refused, read.first.Close()); err != nil {
			return nil, nil, err
		}
		if took = read.first.Took; next.Replan {
			took = 0
		} else {
			more := len(next.Job.Sources) - len(j.Sources)
			p.bar.Say(fmt.Sprintf("reading again, with %s of earlier runs: rows that waited there can be sent now", report.Files(more)))
		}
		j = next.Job
	}
}

// read makes the first pass over the sources of a job. The caller closes the result.
func (m *planner) read(ctx context.Context, j *job.Job, to purpose) (*readJob, error) {
	made, err := m.plan(j)
	if err == nil {
		err = to.prepare()
	}
	if err != nil {
		return nil, err
	}
	if text := m.p.stores.willFetch(j.Sources); text != "" {
		m.p.bar.Say(text)
	}
	first, err := transfer.RunFirstPass(ctx, m.input(j, made, to.state(), to.resendsOld()), made.rules)
	if err != nil {
		return nil, err
	}
	var waiting []string
	if to.state() != nil { // else nothing is known that could wait
		reads := map[string]bool{}
		for _, one := range j.Sources {
			reads[job.NameOf(one.Name)] = true
		}
		waiting, err = first.SendableNow(ctx, func(path string) bool { return !reads[path] })
	}
	if err != nil {
		return nil, errors.Join(err, first.Close())
	}
	origin := func() ([]ledger.Source, []byte) {
		sources, people := first.Origin(ctx)
		return job.Recorded(sources, j.Sources), people
	}
	return &readJob{job: j, first: first, pass: &job.FirstPass{Rows: first.Rows, Origin: origin, Waiting: waiting}}, nil
}
