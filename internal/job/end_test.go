package job

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/ledger"
)

var (
	rowPhases   = []ledger.Phase{ledger.People, ledger.Events}
	mergePhases = []ledger.Phase{ledger.Merges, ledger.Emails}
)

func TestWhatIsTriedAgainAtTheEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		job  Job
		want []ledger.Phase
	}{
		{"a backfill tries all that was rejected", Job{Command: Backfill, Inputs: there.found()}, append(append([]ledger.Phase{}, rowPhases...), mergePhases...)},
		{"a sync tries nothing, so that a reject counts in one night", Job{Inputs: there.found(), Command: Sync}, nil},
		{"a retry tries rows and people", Job{Inputs: there.found(), Command: Retry}, rowPhases},
		{"and merges with --merges", Job{Inputs: there.found(), Command: Retry, RetryMerges: true}, append(append([]ledger.Phase{}, rowPhases...), mergePhases...)},
	} {
		end, err := c.job.End(t.Context(), &ledger.Run{}, &answers{}, false, 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, end.Retried); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", c.name, diff)
		}
	}
}

func TestHowARunEnded(t *testing.T) {
	for _, c := range []struct {
		damaged bool
		rejects int64
		want    ledger.Outcome
	}{{false, 0, ledger.Done}, {false, 1, ledger.Rejected}, {true, 0, ledger.Troubled}, {true, 1, ledger.Troubled}} {
		end, err := (&Job{Command: Sync, Inputs: there.found()}).End(t.Context(), &ledger.Run{}, &answers{}, c.damaged, c.rejects)
		if err != nil || end.Outcome != c.want {
			t.Errorf("damaged %t, %d rejects: %s, %v", c.damaged, c.rejects, end.Outcome, err)
		}
	}
}

// Rejects stay open until their rows are read again. Those of a file that was replaced were not.
func TestRejectsOfAReplacedFileStayOpen(t *testing.T) {
	inDay, inNight := there.read(day), there.read(night)
	rejects := ledger.OpenRejects{Rows: 2, Sources: []ledger.Source{inDay, inNight}}
	now := there.with(night, "rows of another\n")
	run := &ledger.Run{Start: ledger.Start{Sources: []ledger.Source{now.read(day), now.read(night)}}}
	for _, command := range []Command{Backfill, Retry} {
		l := &answers{rejects: rejects}
		r := request(command, now.found(day, night))
		answer, err := Decide(t.Context(), &r, l)
		if err != nil {
			t.Fatal(err)
		}
		end, err := answer.Job.End(t.Context(), run, l, false, 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]ledger.Source{inDay}, end.Reread); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", command, diff)
		}
	}
}

// A file that has grown still has the rows that were rejected.
func TestRejectsOfAGrownFileAreClosed(t *testing.T) {
	inDay := there.read(day)
	now := there.with(day, there[day]+"one more\n")
	r := request(Backfill, now.found(day))
	l := &answers{rejects: ledger.OpenRejects{Rows: 1, Sources: []ledger.Source{inDay}}}
	answer, err := Decide(t.Context(), &r, l)
	if err != nil {
		t.Fatal(err)
	}
	end, err := answer.Job.End(t.Context(), &ledger.Run{Start: ledger.Start{Sources: []ledger.Source{now.read(day)}}}, l, false, 0)
	if err != nil || len(end.Reread) != 1 {
		t.Errorf("%+v, %v", end, err)
	}
}

// A run has read only the size that a file had when the run began, even if the file has grown since.
func TestRejectsOfAFileThatWasStillShortStayOpen(t *testing.T) {
	inDay := there.read(day)
	r := request(Backfill, there.found(day))
	l := &answers{rejects: ledger.OpenRejects{Rows: 1, Sources: []ledger.Source{inDay}}}
	answer, err := Decide(t.Context(), &r, l)
	if err != nil {
		t.Fatal(err)
	}
	short := inDay
	short.Size--
	end, err := answer.Job.End(t.Context(), &ledger.Run{Start: ledger.Start{Sources: []ledger.Source{short}}}, l, false, 0)
	if err != nil || len(end.Reread) != 0 {
		t.Errorf("%+v, %v, want no source that was read again", end, err)
	}
}

func TestWhatIsTypedNext(t *testing.T) {
	for _, c := range []struct {
		name                string
		job                 Job
		failed, recent, old bool
		want                Then
	}{
		{name: "nothing", job: Job{Command: Backfill}, want: Finished},
		{name: "the same command after a failure", job: Job{Command: Backfill}, failed: true, recent: true, want: Again},
		{name: "a backfill has held recent events", job: Job{Command: Backfill}, recent: true, want: Restart},
		{name: "a sync sends them some night", job: Job{Command: Sync}, recent: true, want: Finished},
		{name: "a sync has left files", job: Job{Command: Sync, Added: 1}, old: true, want: Again},
		{name: "a backfill has held old rows", job: Job{Command: Backfill}, old: true, want: RestartWithOld},
		{name: "a sync has", job: Job{Command: Sync}, old: true, want: AgainWithOld},
		{name: "a backfill that was resumed has left files", job: Job{Command: Backfill, Added: 1}, want: Finished},
	} {
		if got := c.job.Then(c.failed, c.recent, c.old); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
