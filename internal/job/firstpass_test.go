package job

import (
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
)

// passOf returns a first pass that has found two people in some sources.
func passOf(sources ...ledger.Source) *FirstPass {
	return &FirstPass{Rows: 3, Origin: func() ([]ledger.Source, []byte) { return sources, []byte("two people") }}
}

// resumedJob returns a job that resumes a run of the day's file, which has sent something.
func resumedJob(t *testing.T, command Command, sent bool) *Job {
	t.Helper()
	run := stopped(command, there.read(day))
	run.Rows, run.People = 3, []byte("two people")
	if !sent {
		run.Counters = nil
	}
	inputs := there.found(day)
	if command == Retry {
		inputs = there.found()
	}
	r := request(command, inputs)
	answer, err := Decide(t.Context(), &r, &answers{runs: []*ledger.Run{run}})
	if err != nil || answer.Job.Resumed == nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	return answer.Job
}

func TestAResumedRunIsSentIfItReadTheSame(t *testing.T) {
	for _, command := range []Command{Backfill, Sync, Retry} {
		touched := there.read(day)
		touched.Modified, touched.Ends = 2, "" // the rows count
		for _, read := range []ledger.Source{there.read(day), touched} {
			if next := resumedJob(t, command, true).After(t.Context(), passOf(read)); next.Job != nil || next.Nothing != nil || next.Refused != nil {
				t.Errorf("%s of %+v: %+v", command, read, next)
			}
		}
	}
}

// If a source has changed, a resumed backfill that has sent something is refused, because whoever typed it
// can decide. A sync at night begins a new run.
func TestAResumedRunThatReadOtherRows(t *testing.T) {
	other := there.read(day)
	other.Fingerprint = "of others"
	for _, c := range []struct {
		command Command
		sent    bool
		want    string
	}{
		{Backfill, true, "refused"}, {Backfill, false, "replan"}, {Sync, true, "replan"}, {Retry, true, "replan"},
	} {
		j := resumedJob(t, c.command, c.sent)
		next := j.After(t.Context(), passOf(other))
		switch {
		case c.want == "refused":
			if next.Job != nil || exit.Code(next.Refused) != exit.Input || exit.Hint(next.Refused) == "" {
				t.Errorf("%s: %+v", c.command, next)
			}
		case next.Job == nil || !next.Replan || next.Job.Resumed != nil || next.Job.Now != now || len(next.Warnings) != 1:
			t.Errorf("%s: %+v", c.command, next)
		default:
			if w := describeWarning(t, next.Warnings[0]); w != "CannotResume" {
				t.Errorf("%s: warns of %s", c.command, w)
			}
		}
		if j.Resumed == nil || j.Now != began {
			t.Error("the job was changed")
		}
	}
}

func TestAResumedRunWithOtherPeople(t *testing.T) {
	for what, change := range map[string]func(*FirstPass){
		"the people are not the same as when the run began at 1 Mar 2026 02:00 UTC": func(p *FirstPass) { p.Rows++ },
		"began at 2026-03-01 02:00:00 UTC had 1 sources, not 0":                     func(p *FirstPass) { p.Origin = func() ([]ledger.Source, []byte) { return nil, nil } },
		"people are not the same as when": func(p *FirstPass) {
			p.Origin = func() ([]ledger.Source, []byte) { return []ledger.Source{there.read(day)}, []byte("others") }
		},
	} {
		pass := passOf(there.read(day))
		change(pass)
		if next := resumedJob(t, Backfill, true).After(t.Context(), pass); next.Refused == nil || !strings.Contains(next.Refused.Error(), what) || exit.Code(next.Refused) != exit.Failed {
			t.Errorf("%s: %+v", what, next)
		}
	}
}

// A backfill whose files are too large to compare without reading them is read first. Then it is known
// whether it is done already.
func TestABackfillThatMayBeDone(t *testing.T) {
	large := texts{day: string(make([]byte, 200<<10))}
	before := large.read(day)
	before.Modified = 99
	r := request(Backfill, large.found(day))
	answer, err := Decide(t.Context(), &r, &answers{runs: []*ledger.Run{finished(Backfill, before)}})
	if err != nil || answer.Job == nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	if next := answer.Job.After(t.Context(), passOf(large.read(day))); next.Nothing == nil || next.Nothing.Done == nil {
		t.Errorf("the same rows: %+v", next)
	}
	other := large.read(day)
	other.Fingerprint = "of others"
	if next := answer.Job.After(t.Context(), passOf(other)); next.Nothing != nil || next.Job != nil || len(next.Warnings) != 1 || describeWarning(t, next.Warnings[0]) != "OtherRows" {
		t.Errorf("other rows: %+v", next)
	}
}

// A new sync also reads sources of earlier runs in which rows wait that can be sent now.
func TestOnlyANewSyncReadsMore(t *testing.T) {
	gone := there.read(day).Path + ".gone"
	pass := passOf()
	pass.Waiting = []string{night, gone}
	for _, command := range []Command{Backfill, Sync} {
		r := request(command, there.found(day))
		r.FirstRun = true
		answer, err := Decide(t.Context(), &r, &answers{})
		if err != nil {
			t.Fatal(err)
		}
		next := answer.Job.After(t.Context(), pass)
		if more := next.Job != nil; more != (command == Sync) || more && (names(next.Job) != "day.jsonl, night.jsonl" || next.Replan) {
			t.Errorf("%s: %+v", command, next)
		}
		if names(answer.Job) != "day.jsonl" {
			t.Error("the job was changed")
		}
	}
	pass = passOf(there.read(day))
	pass.Waiting = []string{night}
	if next := resumedJob(t, Sync, true).After(t.Context(), pass); next.Job != nil {
		t.Errorf("a resumed sync: %+v", next)
	}
}

// A backfill that has nothing left to send may still have sources or flags that later runs should know.
func TestABackfillThatAnotherHasDone(t *testing.T) {
	inDay, other := there.read(day), there.read(day)
	other.Rows++
	replaced := change(finished(Backfill, inDay), func(r *ledger.Run) { r.Outcome = ledger.Replaced })
	for _, c := range []struct {
		name string
		job  Job
		run  *ledger.Run
		want bool
	}{
		{"the same rows and flags", Job{Command: Backfill, Flags: "{}"}, finished(Backfill, inDay), true},
		{"no run", Job{Command: Backfill, Flags: "{}"}, nil, false},
		{"other rows", Job{Command: Backfill, Flags: "{}"}, finished(Backfill, other), false},
		{"other flags", Job{Command: Backfill, Flags: `{"people":"all"}`}, finished(Backfill, inDay), false},
		{"a run that has not ended", Job{Command: Backfill, Flags: "{}"}, stopped(Backfill, inDay), false},
		{"a run that was replaced", Job{Command: Backfill, Flags: "{}"}, replaced, false},
		{"a backfill that is resumed", Job{Command: Backfill, Flags: "{}", Resumed: stopped(Backfill, inDay)}, finished(Backfill, inDay), false},
		{"a retry", Job{Command: Retry, Flags: "{}"}, finished(Backfill, inDay), false},
	} {
		if got := c.job.DoneBy(c.run, passOf(inDay)); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
