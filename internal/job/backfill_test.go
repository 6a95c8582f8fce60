package job

import (
	"testing"

	"ph2cio/internal/ledger"
)

func TestBackfill(t *testing.T) {
	inDay := there.read(day)
	large := texts{day: string(make([]byte, 200<<10))}
	check(t, []rule{
		{"the first one is new", request(Backfill, there.found(day)), answers{}, "new: day.jsonl"},
		{
			"the same command resumes a run that stopped", request(Backfill, there.found(day)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}}, "resumed: day.jsonl",
		},
		{
			"files that came since wait until it has finished", request(Backfill, there.found(day, night)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}}, "resumed: day.jsonl; AddedFiles",
		},
		{
			"a source of another size is not resumed", request(Backfill, there.with(day, "more\n").found(day)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 6: reading " + day + ": the file has changed since the run began at 2026-03-01 02:00:00 UTC",
		},
		{
			"a source that is gone is not resumed", request(Backfill, texts{night: "x"}.found(night)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 6: the backfill of 2026-03-01 02:00:00 UTC has the source " + day + ", which is missing",
		},
		{
			"a source that was not named again is not resumed", request(Backfill, there.found(night)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 2: the backfill of 2026-03-01 02:00:00 UTC has one more source, " + day,
		},
		{
			"other flags are not resumed",
			func() Request {
				r := request(Backfill, there.found(day))
				r.Flags = flagsOf(Flags{"events": "Order *"})
				return r
			}(),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 2: the backfill of 2026-03-01 02:00:00 UTC has not finished, and it has other flags: --events was not given and is now \"Order *\"",
		},
		{
			"a run that has sent nothing is begun anew, whatever has changed", request(Backfill, there.found(night)),
			answers{runs: []*ledger.Run{change(stopped(Backfill, inDay), func(r *ledger.Run) { r.Counters = nil })}}, "new: night.jsonl",
		},
		{
			"--restart plans again from the start",
			func() Request { r := request(Backfill, there.found(day)); r.Restart = true; return r }(),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}}, "new: day.jsonl",
		},
		{
			"a stopped sync comes first", request(Backfill, there.found(day)), answers{runs: []*ledger.Run{stopped(Sync, inDay)}},
			"refused with 2: the sync of 2026-03-01 02:00:00 UTC has not finished",
		},
		{
			"a stopped retry that sent nothing does not", request(Backfill, there.found(day)),
			answers{runs: []*ledger.Run{change(stopped(Retry, inDay), func(r *ledger.Run) { r.Counters = nil })}}, "new: day.jsonl",
		},
		{
			"what is done is not done again", request(Backfill, there.found(day)),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}}, "done already",
		},
		{
			"other sources are another backfill, with a warning", request(Backfill, there.found(day, night)),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}}, "new: day.jsonl, night.jsonl; OtherInputs",
		},
		{
			"a large file with another time has to be read to know", request(Backfill, large.found(day)),
			answers{runs: []*ledger.Run{finished(Backfill, ledger.Source{Path: day, Size: 200 << 10})}}, "new: day.jsonl",
		},
		{
			"a run that another one replaced is not resumed", request(Backfill, there.found(day)),
			answers{runs: []*ledger.Run{change(finished(Backfill, inDay), func(r *ledger.Run) { r.Outcome = ledger.Replaced })}}, "new: day.jsonl",
		},
	})
}

// Standard input has no name and no size in the ledger: its content counts.
func TestBackfillOfStandardInput(t *testing.T) {
	copied := there.with("/tmp/ph2cio-stdin-00ff-1", "packed otherwise\n")
	before := ledger.Source{Path: NameOf("/tmp/ph2cio-stdin-00ff-2")}
	check(t, []rule{
		{
			"a copy with the same rows resumes", request(Backfill, copied.found("/tmp/ph2cio-stdin-00ff-1")),
			answers{runs: []*ledger.Run{stopped(Backfill, before)}}, "resumed: ph2cio-stdin-00ff-1",
		},
		{
			"and is done already", request(Backfill, copied.found("/tmp/ph2cio-stdin-00ff-1")),
			answers{runs: []*ledger.Run{finished(Backfill, before)}}, "done already",
		},
	})
}
