package job

import (
	"errors"
	"strings"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
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
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}}, "resumed: day.jsonl; AddedFiles 1",
		},
		{
			"a source of another size is not resumed", request(Backfill, there.with(day, "more\n").found(day)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 6: reading " + day + ": the file has changed since the run began at 1 Mar 2026 02:00 UTC",
		},
		{
			"a source that is gone is not resumed", request(Backfill, texts{night: "x"}.found(night)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 6: the backfill of 1 Mar 2026 02:00 UTC has the source " + day + ", which is missing",
		},
		{
			"a source that was not named again is not resumed", request(Backfill, there.found(night)),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 2: the backfill of 1 Mar 2026 02:00 UTC has one more source, " + day,
		},
		{
			"other flags are not resumed",
			func() Request {
				r := request(Backfill, there.found(day))
				r.Flags = flagsOf(Flags{"events": "Order *"})
				return r
			}(),
			answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 2: the backfill of 1 Mar 2026 02:00 UTC has not finished, and it has other flags: --events was not given and is now \"Order *\"",
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
			"it does so also while a sync is stopped",
			func() Request { r := request(Backfill, there.found(day)); r.Restart = true; return r }(),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}}, "new: day.jsonl",
		},
		{
			"a stopped sync comes first", request(Backfill, there.found(day)), answers{runs: []*ledger.Run{stopped(Sync, inDay)}},
			"refused with 2: the sync of 1 Mar 2026 02:00 UTC has not finished",
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
			"so is the same source under another name", request(Backfill, texts{night: there[day]}.found(night)),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}}, "new: night.jsonl; OtherInputs",
		},
		{
			"and a source that has grown", request(Backfill, there.with(day, there[day]+"more\n").found(day)),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}}, "new: day.jsonl; OtherInputs",
		},
		{
			"and the same source with another flag", changed(request(Backfill, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"people": "all"}) }),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}}, "new: day.jsonl; OtherInputs",
		},
		{
			"a large file among others has to be read too", request(Backfill, large.with(night, there[night]).found(day, night)),
			answers{runs: []*ledger.Run{finished(Backfill, ledger.Source{Path: day, Size: 200 << 10}, there.read(night))}}, "new: day.jsonl, night.jsonl",
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

// A stopped backfill is replaced by another one only if it certainly has sent nothing.
func TestOnlyABackfillThatSentNothingIsReplaced(t *testing.T) {
	for counters, want := range map[string]string{
		``:                              "new",
		`{"read":9,"accepted":{}}`:      "new",
		`{"accepted":{"identify":1}}`:   "refused",
		`{"accepted":{"event":1}}`:      "refused",
		`{"accepted":{"page":1}}`:       "refused",
		`{"accepted":{"event":1},"emai`: "refused", // it cannot be read
	} {
		r := request(Backfill, there.found(night))
		run := change(stopped(Backfill, there.read(day)), func(r *ledger.Run) { r.Counters = []byte(counters) })
		answer, err := Decide(t.Context(), &r, &answers{runs: []*ledger.Run{run}})
		if err != nil || !strings.HasPrefix(describe(t, answer), want) {
			t.Errorf("%s: %s, %v, want %s", counters, describe(t, answer), err, want)
		}
	}
}

// The error of a source that has changed is of the kind that the passes report, so that it is told in the
// same way.
func TestAChangedSourceIsAnErrorOfTheSource(t *testing.T) {
	r := request(Backfill, there.with(day, "more\n").found(day))
	answer, err := Decide(t.Context(), &r, &answers{runs: []*ledger.Run{stopped(Backfill, there.read(day))}})
	if of, ok := errors.AsType[*posthog.SourceError](answer.Refused); err != nil || !ok || of.Kind != posthog.Changed || of.Path != day {
		t.Errorf("%+v, %v", answer, err)
	}
}
