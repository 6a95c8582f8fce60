package job

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// jobFields compares the fields of a job but its sources; a resumed run must be the same one.
var jobFields = cmp.Options{
	cmpopts.IgnoreUnexported(Job{}), cmpopts.IgnoreFields(Job{}, "Inputs", "Sources"),
	cmp.Comparer(func(a, b *ledger.Run) bool { return a == b }),
}

// decided returns the job that a request gets.
func decided(t *testing.T, r Request, l answers) *Job {
	t.Helper()
	answer, err := Decide(t.Context(), &r, &l)
	if err != nil || answer.Job == nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	return answer.Job
}

func TestWhatAJobHas(t *testing.T) {
	inDay, inNight := there.read(day), there.read(night)
	grown := there.with(day, there[day]+"one more\n")
	flags := func(r *Request) { r.Flags = flagsOf(Flags{"people": "all"}) }
	const text = `{"people":"all"}`
	merges := []ledger.Merge{{Secondary: "second"}}
	before := finished(Sync, inDay)
	before.Flags = text
	begun := change(stopped(Backfill, inDay), func(r *ledger.Run) { r.Flags = text })
	for _, c := range []struct {
		name string
		of   Request
		has  answers
		want Job
	}{
		{"a backfill", changed(request(Backfill, there.found(day)), flags), answers{}, Job{Command: Backfill, Now: now, Flags: text}},
		{
			"a backfill that is resumed", changed(request(Backfill, there.found(day)), flags), answers{runs: []*ledger.Run{begun}},
			Job{Command: Backfill, Now: began, Flags: text, Resumed: begun},
		},
		{
			"the first sync", changed(request(Sync, there.found(day)), func(r *Request) { flags(r); r.FirstRun = true }), answers{},
			Job{Command: Sync, Now: now, Flags: text, HoldRecent: true},
		},
		{
			"a sync of a new file", changed(request(Sync, there.found(day, night)), flags), answers{runs: []*ledger.Run{before}, known: knownFrom(before, inDay)},
			Job{Command: Sync, Now: now, Flags: text, Known: 1, MoreKnown: true},
		},
		{
			"a sync that reads all known files again", changed(request(Sync, grown.found(day)), flags),
			answers{runs: []*ledger.Run{before}, known: knownFrom(before, inDay)},
			Job{Command: Sync, Now: now, Flags: text},
		},
		{
			"a sync that reads some of them again", changed(request(Sync, grown.found(day, night)), flags),
			answers{runs: []*ledger.Run{before}, known: knownFrom(before, inDay, inNight)},
			Job{Command: Sync, Now: now, Flags: text, Known: 1, MoreKnown: true},
		},
		{
			"a preview of a sync", previewOf(request(Sync, there.found(day))), answers{},
			Job{Command: Sync, Preview: true, Now: now},
		},
		{
			"a preview of a sync after another", changed(previewOf(request(Sync, there.found(night))), func(r *Request) { r.HoldsRecent = false }),
			answers{known: knownFrom(before, inDay)}, Job{Command: Sync, Preview: true, Now: now, MoreKnown: true},
		},
		{
			"a preview of a backfill", changed(previewOf(request(Backfill, there.found(day))), func(r *Request) { r.HoldsRecent = false }),
			answers{}, Job{Command: Backfill, Preview: true, Now: now},
		},
		{
			"a retry", changed(request(Retry, there.found()), flags),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Rows: 1, Sources: []ledger.Source{inDay}}, merges: map[int64][]ledger.Merge{0: merges}},
			Job{Command: Retry, Now: now, Flags: text},
		},
		{
			"a retry with --merges", changed(request(Retry, there.found()), func(r *Request) { flags(r); r.Merges, r.HoldsRecent = true, false }),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Merges: 1}, merges: map[int64][]ledger.Merge{0: merges}},
			Job{Command: Retry, Now: now, Flags: text, RetryMerges: true, Merges: merges},
		},
	} {
		got := decided(t, c.of, c.has)
		if got.Inputs != c.of.Inputs {
			t.Errorf("%s: not with the inputs of the request", c.name)
		}
		if diff := cmp.Diff(&c.want, got, jobFields); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", c.name, diff)
		}
	}
}

// Reading more sources changes nothing else in a job.
func TestMoreSourcesChangeNothingElse(t *testing.T) {
	r := changed(request(Sync, there.found(day)), func(r *Request) { r.FirstRun = true; r.Flags = flagsOf(Flags{"people": "all"}) })
	j := decided(t, r, answers{})
	pass := passOf()
	pass.Waiting = []string{night}
	next := j.After(t.Context(), pass)
	if diff := cmp.Diff(j, next.Job, jobFields); diff != "" || next.Job.Inputs != j.Inputs {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestHowTheCommandsDiffer(t *testing.T) {
	for _, c := range []struct {
		command  Command
		confirms bool
		written  time.Time // of WrittenSince
	}{{Backfill, true, time.Time{}}, {Sync, false, now.Add(-time.Hour)}, {Retry, true, now.Add(-time.Hour)}} {
		j := &Job{Command: c.command, Now: now}
		if j.NeedsConfirmation() != c.confirms || j.WrittenSince() != c.written || j.ID() != 0 {
			t.Errorf("%s: confirms %t, files written since %s, ID %d", c.command, j.NeedsConfirmation(), j.WrittenSince(), j.ID())
		}
		j.Resumed = stopped(c.command)
		if j.ID() != 7 {
			t.Errorf("%s: ID %d", c.command, j.ID())
		}
	}
}

func TestASyncThatFoundNothing(t *testing.T) {
	nothing := func() transfer.Summary { return transfer.Summary{} }
	for _, c := range []struct {
		name   string
		job    Job
		change func(*transfer.Summary)
		want   bool
	}{
		{"nothing at all", Job{Command: Sync}, func(*transfer.Summary) {}, true},
		{"a backfill", Job{Command: Backfill}, func(*transfer.Summary) {}, false},
		{"a source", Job{Command: Sync, Sources: make([]source.Source, 1)}, func(*transfer.Summary) {}, false},
		{"a file that came after it began", Job{Command: Sync, Added: 1}, func(*transfer.Summary) {}, false},
		{"something to send", Job{Command: Sync}, func(s *transfer.Summary) { s.Operations = map[string]int64{"event": 1} }, false},
		{"rows that are lost", Job{Command: Sync}, func(s *transfer.Summary) { s.LostHistory = make([]transfer.LostHistory, 1) }, false},
		{"a person that is rejected", Job{Command: Sync}, func(s *transfer.Summary) { s.People.Rejected = map[string]int64{"no_id": 1} }, false},
	} {
		s := nothing()
		c.change(&s)
		if got := c.job.FoundNothing(&s); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestNamesInTheLedger(t *testing.T) {
	read := []source.Source{{Name: "day.jsonl"}, {Name: "/tmp/ph2cio-stdin-00ff-1"}}
	got := Recorded([]ledger.Source{{Path: "a", Size: 5, Rows: 2, Modified: 3}, {Path: "b", Size: 5, Rows: 2, Modified: 3}}, read)
	want := []ledger.Source{{Path: source.Absolute("day.jsonl"), Size: 5, Rows: 2, Modified: 3}, {Path: "standard input 00ff", Rows: 2, Modified: 3}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
