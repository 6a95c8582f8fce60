package job

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

func TestRetry(t *testing.T) {
	inDay := there.read(day)
	nothingFound := func(x texts) *source.Snapshot { return x.found() }
	rejected := ledger.OpenRejects{Rows: 2, Sources: []ledger.Source{inDay}}
	laterInDay := inDay
	laterInDay.First = 5
	before := finished(Backfill, inDay)
	renamed := texts{night: there[day]}
	inNight := renamed.read(night)
	check(t, []rule{
		{"nothing is rejected", request(Retry, nothingFound(there)), answers{runs: []*ledger.Run{before}}, "nothing to do"},
		{
			"rejected merges are left without --merges", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Merges: 2}}, "nothing to do but 2 merges",
		},
		{
			"with --merges they are tried", changed(request(Retry, nothingFound(there)), func(r *Request) { r.Merges = true }),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Merges: 1}}, "new: no source",
		},
		{
			"with --merges and no rejected merge nothing is tried", changed(request(Retry, nothingFound(there)), func(r *Request) { r.Merges = true }),
			answers{runs: []*ledger.Run{before}}, "nothing to do",
		},
		{
			"rejected people need no file", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{People: 1}}, "new: no source",
		},
		{
			"files are read in the order of their names", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Rows: 2, Sources: []ledger.Source{there.read(night), inDay}}},
			"new: day.jsonl, night.jsonl",
		},
		{
			"a copy of a file that is still there is not read", request(Retry, nothingFound(there.with(night, there[day]))),
			answers{runs: []*ledger.Run{before}, rejects: rejected, known: knownFrom(before, inDay, inNight)}, "new: day.jsonl",
		},
		{
			"the files of rejected rows are read again", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{before}, rejects: rejected}, "new: day.jsonl",
		},
		{
			"a file is read once, also if several runs have rejected rows of it", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Rows: 2, Sources: []ledger.Source{inDay, laterInDay}}}, "new: day.jsonl",
		},
		{
			"also under another name", request(Retry, nothingFound(renamed)),
			answers{runs: []*ledger.Run{before}, rejects: rejected, known: knownFrom(before, inDay, inNight)}, "new: night.jsonl",
		},
		{
			"a missing file is told", changed(request(Retry, nothingFound(texts{})), func(*Request) {}),
			answers{runs: []*ledger.Run{before}, rejects: ledger.OpenRejects{Rows: 2, People: 1, Sources: []ledger.Source{inDay}}},
			"new: no source; RejectsMissing day.jsonl",
		},
		{
			"the rows of a missing file are looked for in all files that were read",
			request(Retry, nothingFound(texts{"mem://other.jsonl": "x\n"})),
			answers{
				runs: []*ledger.Run{before}, rejects: rejected,
				known: knownFrom(before, inDay, there.with("mem://other.jsonl", "x\n").read("mem://other.jsonl")),
			},
			"new: other.jsonl; RejectsMissing day.jsonl, looked for elsewhere",
		},
		{
			"but not in those that no later run has read, and that have not changed", request(Retry, nothingFound(there.with("mem://other.jsonl", "x\n"))),
			answers{
				runs: []*ledger.Run{before}, known: knownFrom(before, there.read(day), there.with("mem://other.jsonl", "x\n").read("mem://other.jsonl")),
				rejects: ledger.OpenRejects{Rows: 2, FirstRun: before.ID, Sources: []ledger.Source{there.read(day), {Path: "gone.jsonl", Rows: 1}}},
			},
			"new: day.jsonl; RejectsMissing gone.jsonl, looked for elsewhere",
		},
		{
			"so are those of a file that a run has read with other rows since",
			request(Retry, nothingFound(there.with(day, "others\n"))),
			answers{
				runs: []*ledger.Run{before}, rejects: rejected,
				known: knownFrom(before, there.with(day, "others\n").read(day), there.read(night)),
			},
			"new: day.jsonl, night.jsonl",
		},
		{
			"if all are missing nothing is tried", request(Retry, nothingFound(texts{})),
			answers{runs: []*ledger.Run{before}, rejects: rejected},
			"refused with 6: nothing was tried again: the files with the 2 rejected rows are missing; RejectsMissing day.jsonl",
		},
		{
			"other flags than those of the last run are told",
			changed(request(Retry, nothingFound(there)), func(r *Request) { r.Flags = flagsOf(Flags{"identify-by": "email,id"}) }),
			answers{runs: []*ledger.Run{before}, rejects: rejected}, "new: day.jsonl; FlagsDiffer identify-by",
		},
		{
			"the same command resumes a run that stopped", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{stopped(Retry, inDay)}, rejects: rejected}, "resumed: day.jsonl",
		},
		{
			"with other flags another one begins",
			changed(request(Retry, nothingFound(there)), func(r *Request) { r.Flags = flagsOf(Flags{"identify-by": "email,id"}) }),
			answers{runs: []*ledger.Run{stopped(Retry, inDay)}, rejects: rejected}, "new: day.jsonl; FlagsDiffer identify-by",
		},
		{
			"and when a file has changed", request(Retry, nothingFound(there.with(day, "mended\n"))),
			answers{runs: []*ledger.Run{stopped(Retry, inDay)}, rejects: rejected}, "new: day.jsonl; CannotResume",
		},
		{
			"a stopped run of another command comes first", request(Retry, nothingFound(there)),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}, rejects: rejected},
			"refused with 2: the sync of 1 Mar 2026 02:00 UTC has not finished",
		},
	})
}

// A resumed retry finds its place by the index in its list of merges. So the list must still have the merges
// that the run has done.
func TestAResumedRetryHasTheMergesThatItHasDone(t *testing.T) {
	inDay := there.read(day)
	first, second := ledger.Merge{Secondary: "first", Done: true}, ledger.Merge{Secondary: "second"}
	l := &answers{
		runs:    []*ledger.Run{stopped(Retry, inDay)},
		rejects: ledger.OpenRejects{Rows: 1, Merges: 1, Sources: []ledger.Source{inDay}},
		merges:  map[int64][]ledger.Merge{0: {second}, 7: {first, second}},
	}
	for name, c := range map[string]struct {
		texts texts
		want  []ledger.Merge
	}{
		"resumed": {there, []ledger.Merge{first, second}},
		"new":     {there.with(day, "mended\n"), []ledger.Merge{second}},
	} {
		r := request(Retry, c.texts.found())
		r.Merges = true
		answer, err := Decide(t.Context(), &r, l)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, answer.Job.Merges); diff != "" || !answer.Job.RetriesMerges() {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
	}
}
