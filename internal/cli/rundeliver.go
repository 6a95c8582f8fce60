package cli

import (
	"context"
	"errors"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// verdict returns the exit code of a run or preview that came to its end. rejects is how many rejects it has.
func verdict(first *transfer.FirstPass, rejects int64) error {
	switch {
	case len(first.Trouble) > 0:
		return &finished{code: exit.Input}
	case rejects > 0:
		return &finished{code: exit.Rejects}
	}
	return nil
}

// finish asks whether to send a job that was read, sends it, and records the result.
func (s *sendJob) finish(ctx context.Context, read *readJob) error {
	unknown, err := s.p.checkOnlyNames(&s.mapping.identity, read.first)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		s.p.warn("%s", terminal.UnknownOnlyText(unknown))
	}
	s.p.warnOfPersons(read.first)
	s.p.warnOfHalfRows(read.first)
	confirmed, err := s.confirm(ctx, read)
	if err != nil {
		return err
	}
	if err := s.to.checkStateStays(); err != nil {
		return err
	}
	run, err := s.begin(ctx, read)
	if err != nil {
		return err
	}
	summary, err := s.send(ctx, read, run, confirmed)
	summary.AddUnknownOnly(unknown)
	return s.report(ctx, read, run, summary, err)
}

// send sends what was read, for as long as --max-duration allows. The summary is valid even with an error.
func (s *sendJob) send(ctx context.Context, read *readJob, run *ledger.Run, confirmed bool) (*transfer.Summary, error) {
	sending, done := s.options.withMaxDuration(ctx)
	defer done()
	pace := s.options.pace()
	// Requests that wait for their turn, or for another attempt, are not under way: they end at once.
	stopPace := context.AfterFunc(sending, func() { pace.Stop(context.Cause(sending)) })
	defer stopPace()
	return transfer.Send(sending, read.first, s.delivery(run, pace, confirmed))
}

// report records how far a run came, and prints its summary. err is what ended it early.
func (s *sendJob) report(ctx context.Context, read *readJob, run *ledger.Run, summary *transfer.Summary, err error) error {
	rejects, err := s.conclude(ctx, read, run, summary, err)
	if err == nil {
		err = s.options.forget(ctx, s.to.ledger, s.p.now())
	}
	if err = afterSignal(ctx, err); err != nil && interruption(ctx) != nil {
		summary.SetInterrupted(true)
	}
	if err == nil && read.job.FoundNothing(summary) {
		return s.p.nothingNew(summary.Incomplete, read.job.Known)
	}
	enough := errors.Is(err, errMaxDuration) && ctx.Err() == nil
	if enough {
		err = nil
		summary.SetInterrupted(false)
		s.p.report.stopsEarly()
	}
	if err := errors.Join(err, s.p.writeSummary(s.p.env.Stdout, summary, sentTitle(summary, s.to, err), err)); err != nil {
		return err
	}
	if err := errors.Join(s.p.showTried(summary, s.to), s.to.showSandbox(s.p)); err != nil {
		return err
	}
	if rejects > 0 && rejects <= s.options.tolerateRejects && len(read.first.Trouble) == 0 {
		return nil
	}
	return verdict(read.first, rejects)
}

// conclude writes the files of rejects and of profiles, records the end of a run that came to it, and notes the next command
// in the summary. failed is what ended the run early.
func (s *sendJob) conclude(ctx context.Context, read *readJob, run *ledger.Run, summary *transfer.Summary, failed error) (rejects int64, err error) {
	if isStateError(failed) {
		summary.AddNext("", s.p.resumeCommand())
		return 0, failed
	}
	writing, done := withLastWrites(ctx)
	path, rejects, err := transfer.WriteRejects(writing, s.to.state, run)
	done()
	if foreign, ok := errors.AsType[*transfer.NotOurs](err); ok {
		s.p.warn("%v; move it away, and the next run writes the file", foreign)
		err = nil
	}
	if s.to.temporary {
		path = "" // it is removed with the state directory
	}
	next := func(failed bool) {
		then := read.job.Then(failed, summary.Rows.Skipped[mapping.ReasonRecent] > 0, read.first.HoldsOld())
		command := s.p.nextCommand(then)
		switch {
		case failed && s.to.temporary:
			command = "" // nothing is left to resume
		case then == job.Finished:
			command = s.p.afterOnly(read.job.Command, summary)
		}
		if command == "" && rejects > 0 && !s.to.temporary {
			command = "ph2cio status --rejects" + s.p.typedState()
		}
		summary.AddNext(path, command)
	}
	if err = errors.Join(failed, err); err == nil {
		next(false)
		// A run that is recorded cannot list its profiles any more.
		if err = s.p.writeProfiles(summary); err == nil {
			err = s.record(ctx, read, run, summary, rejects)
		}
	}
	if err == nil && read.job.Command == job.Retry {
		err = s.warnOfNotRetried(ctx, run)
	}
	if err != nil {
		next(true)
	}
	return rejects, err
}

// record stores that a run has come to its end, how, and its summary, for status: the run may be killed
// before it prints that. Once ctx is done it stores nothing, and the run can be resumed.
func (s *sendJob) record(ctx context.Context, read *readJob, run *ledger.Run, summary *transfer.Summary, rejects int64) error {
	waiting, err := read.first.StillWaiting(ctx, s.to.ledger, run)
	if err != nil {
		return err
	}
	end, err := read.job.End(ctx, run, s.to.ledger, len(read.first.Trouble) > 0, rejects)
	if err != nil {
		return err
	}
	told, err := summary.ForStatus()
	if err != nil {
		return err
	}
	return run.Finish(ctx, ledger.Ending{
		Outcome: end.Outcome, At: s.p.now(), Waiting: waiting, Reread: end.Reread, Summary: told, Retried: end.Retried,
		Manifests: end.Manifests,
	})
}

// warnOfNotRetried warns of rejected rows that a retry has not found.
func (s *sendJob) warnOfNotRetried(ctx context.Context, run *ledger.Run) error {
	n, paths, err := s.to.ledger.NotRetried(ctx, run.ID)
	if err != nil || n == 0 {
		return err
	}
	where := report.FirstOf(3, len(paths), "", func(i int) string { return paths[i] })
	s.p.warn("%s of %s stay%s rejected: no file that was read has %s, or flags leave %s out; bring the file back and retry, or close %s with --%s REASON",
		report.Plural(n, "row", "rows"), where, report.PluralWord(n, "s", ""), report.PluralWord(n, "it", "them"),
		report.PluralWord(n, "it", "them"), report.PluralWord(n, "it", "them"), dismissFlag)
	return nil
}

// begin stores what a run rests on, before its first request. A resumed run has stored it already.
func (s *sendJob) begin(ctx context.Context, read *readJob) (*ledger.Run, error) {
	if read.job.Resumed != nil {
		return read.job.Resumed, nil
	}
	if err := s.warnOfClock(ctx, read.job.Now); err != nil {
		return nil, err
	}
	sources, people := read.pass.Origin()
	return s.to.ledger.Begin(ctx, ledger.Start{
		Command: string(read.job.Command), Typed: s.p.resumeCommand(), Version: version(s.p.env.Commit).Version, Began: s.p.now().UTC().Truncate(time.Second),
		Now: read.job.Now.UTC(), Flags: read.job.Flags, People: people, Rows: read.first.Rows, Sources: sources,
		Teams: read.first.Teams(), UUIDs: read.first.UUIDs,
	}, read.first.Restorable())
}

// warnOfClock warns if the clock is behind the beginning of the last run. One of the two times is wrong, and
// events in between count as events of the future.
func (s *sendJob) warnOfClock(ctx context.Context, now time.Time) error {
	last, err := s.to.ledger.LastRun(ctx)
	if err == nil && last != nil && last.Now.Sub(now) > maxSkew {
		s.p.warn("the clock of this machine says %s, which is before the last run began, at %s: later events are rejected as being in the future; "+
			"if the clock is wrong, set it and run `ph2cio retry`", report.Time(now.UTC()), report.Time(last.Now))
	}
	return err
}

// sentTitle is the heading of the summary of what was sent. failed is what ended the run early.
func sentTitle(s *transfer.Summary, to *destination, failed error) string {
	sent, until := "Sent", ""
	if deliver.Sum(s.Accepted) == 0 {
		sent = "Sent nothing"
	}
	switch {
	case s.Interrupted:
		until = " before it stopped"
	case failed != nil:
		until = " before it failed"
	}
	return sent + " to " + to.name() + until + "."
}
