package job

import (
	"testing"

	"ph2cio/internal/ledger"
)

func previewOf(r Request) Request {
	r.Preview = true
	return r
}

func TestPreview(t *testing.T) {
	inDay := there.read(day)
	done := finished(Sync, inDay)
	known := knownFrom(done, inDay)
	check(t, []rule{
		{
			"of a backfill, of all that was found", previewOf(request(Backfill, there.found(day, night))),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}, known: known}, "new: day.jsonl, night.jsonl",
		},
		{
			"of a sync, of what is new", previewOf(request(Sync, there.found(day, night))),
			answers{runs: []*ledger.Run{done}, known: known}, "new: night.jsonl",
		},
		{"of a sync for which nothing is new", previewOf(request(Sync, there.found(day))), answers{runs: []*ledger.Run{done}, known: known}, "nothing to do; 1 known"},
		{
			"of a sync after one that stopped", previewOf(request(Sync, there.found(day))),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}, known: known}, "new: no source",
		},
		{
			"of a sync with other flags", changed(previewOf(request(Sync, there.found(day))), func(r *Request) { r.Flags = flagsOf(Flags{"people": "all"}) }),
			answers{runs: []*ledger.Run{done}, known: known}, "new: no source",
		},
		{"of a sync in an empty state", previewOf(request(Sync, there.found())), answers{}, "nothing to do"},
		{
			"of a sync that finds a file replaced", previewOf(request(Sync, there.with(day, "rows of another file\n").found(day))),
			answers{runs: []*ledger.Run{done}, known: known}, "new: day.jsonl; SourceReplaced day.jsonl",
		},
	})
}

func TestAPreviewKeepsAndRetriesNothing(t *testing.T) {
	for _, command := range []Command{Backfill, Sync} {
		r := previewOf(request(command, there.found(day)))
		answer, err := Decide(t.Context(), &r, nil) // nothing is known of earlier runs
		if err != nil || names(answer.Job) != "day.jsonl" {
			t.Fatalf("%+v, %v", answer.Job, err)
		}
		if j := answer.Job; j.SavesFirstPass() || j.RetriesRows() || j.RetriesMerges() || j.HoldRecent {
			t.Errorf("preview of a %s: %+v", command, j)
		}
	}
}
