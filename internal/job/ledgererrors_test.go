package job

import (
	"context"
	"errors"
	"iter"
	"testing"

	"ph2cio/internal/ledger"
)

var errLedger = errors.New("the ledger cannot be read")

// failing is a Ledger whose call of this number, from 0, returns errLedger. The other calls return the
// answers.
type failing struct {
	answers
	call, calls int
}

func (f *failing) err() error {
	f.calls++
	if f.calls-1 == f.call {
		return errLedger
	}
	return nil
}

func (f *failing) LastRun(ctx context.Context) (*ledger.Run, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.answers.LastRun(ctx)
}

func (f *failing) Last(ctx context.Context, command string) (*ledger.Run, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.answers.Last(ctx, command)
}

func (f *failing) KnownSources(ctx context.Context) iter.Seq2[ledger.KnownSource, error] {
	if err := f.err(); err != nil {
		return func(yield func(ledger.KnownSource, error) bool) { yield(ledger.KnownSource{}, err) }
	}
	return f.answers.KnownSources(ctx)
}

func (f *failing) OpenRejects(ctx context.Context) (ledger.OpenRejects, error) {
	if err := f.err(); err != nil {
		return ledger.OpenRejects{}, err
	}
	return f.answers.OpenRejects(ctx)
}

func (f *failing) PendingMerges(ctx context.Context, run int64) ([]ledger.Merge, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.answers.PendingMerges(ctx, run)
}

func (f *failing) WaitingBefore(ctx context.Context, run int64) (bool, error) {
	if err := f.err(); err != nil {
		return false, err
	}
	return f.answers.WaitingBefore(ctx, run)
}

// requestsOfAll has a request and what the ledger answers for each way through the decisions.
func requestsOfAll() map[string]rule {
	inDay := there.read(day)
	retry := changed(request(Retry, there.found()), func(r *Request) { r.Merges = true })
	rejected := ledger.OpenRejects{Rows: 1, Merges: 1, Sources: []ledger.Source{inDay}}
	known := knownFrom(finished(Sync, inDay), inDay)
	return map[string]rule{
		"a backfill after a stopped one":         {of: request(Backfill, there.found(day)), ledger: answers{runs: []*ledger.Run{stopped(Backfill, inDay)}}},
		"a backfill after one that has finished": {of: request(Backfill, there.found(day)), ledger: answers{runs: []*ledger.Run{finished(Backfill, inDay)}}},
		"a sync after a stopped one":             {of: request(Sync, there.found(day)), ledger: answers{runs: []*ledger.Run{stopped(Sync, inDay)}}},
		"a sync of new sources":                  {of: request(Sync, there.found(day)), ledger: answers{runs: []*ledger.Run{finished(Sync, inDay)}}},
		"a sync without new sources":             {of: request(Sync, there.found(day)), ledger: answers{runs: []*ledger.Run{finished(Backfill, inDay)}, known: known}},
		"a preview of a sync":                    {of: previewOf(request(Sync, there.found(day))), ledger: answers{runs: []*ledger.Run{finished(Backfill, inDay)}, known: known}},
		"a retry after a stopped one":            {of: retry, ledger: answers{runs: []*ledger.Run{stopped(Retry, inDay)}, rejects: rejected}},
		"a retry after a run that has finished":  {of: retry, ledger: answers{runs: []*ledger.Run{finished(Sync, inDay)}, rejects: rejected}},
	}
}

// Whatever call of the ledger fails, Decide returns its error and no answer, and Idle is not sure.
func TestAnErrorOfTheLedgerEndsTheDecision(t *testing.T) {
	for name, c := range requestsOfAll() {
		for call := 0; ; call++ {
			l := &failing{answers: c.ledger, call: call}
			answer, err := Decide(t.Context(), &c.of, l)
			if l.calls <= call {
				break // it makes no more calls
			}
			if !errors.Is(err, errLedger) || answer.Job != nil || answer.Refused != nil || answer.Nothing != nil && *answer.Nothing == (Nothing{}) {
				t.Errorf("%s, call %d: %+v, %v", name, call, answer, err)
			}
		}
		for call := 0; ; call++ {
			l := &failing{answers: c.ledger, call: call}
			n, idle := Idle(t.Context(), &c.of, l)
			if l.calls <= call {
				break
			}
			if idle || n != 0 && call < 2 { // the first two calls are of the newest run and of the sources
				t.Errorf("%s, call %d: idle %t, %d sources", name, call, idle, n)
			}
		}
	}
}

// So it is if the flags cannot be read, those of the request or those of an earlier run.
func TestAnErrorOfTheFlagsEndsTheDecision(t *testing.T) {
	failed := errors.New("a file that a flag names cannot be read")
	for name, c := range requestsOfAll() {
		r := c.of
		r.Flags = func() (Flags, error) { return nil, failed }
		if name == "a preview of a sync" {
			r.Inputs = there.found()
		}
		answer, err := Decide(t.Context(), &r, &c.ledger)
		if !errors.Is(err, failed) || answer.Job != nil || answer.Refused != nil || answer.Nothing != nil {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
		if n, idle := Idle(t.Context(), &r, &c.ledger); idle || n != 0 {
			t.Errorf("%s: idle %t", name, idle)
		}
		for _, run := range c.ledger.runs {
			run.Flags = "{"
		}
		if answer, err = Decide(t.Context(), &c.of, &c.ledger); err == nil || answer.Refused != nil {
			t.Errorf("%s with saved flags that are broken: %+v", name, answer)
		}
		if _, idle := Idle(t.Context(), &c.of, &c.ledger); idle {
			t.Errorf("%s with saved flags that are broken: idle", name)
		}
	}
}

func TestAnErrorOfTheLedgerAtTheEnd(t *testing.T) {
	for command, want := range map[Command]error{Backfill: errLedger, Sync: nil, Retry: nil} {
		j := &Job{Command: command, Inputs: there.found()}
		if _, err := j.End(t.Context(), &ledger.Run{}, &failing{}, false, 0); !errors.Is(err, want) {
			t.Errorf("%s: %v", command, err)
		}
	}
}
