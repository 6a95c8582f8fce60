package job

import (
	"strings"
	"testing"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// changed returns a request after a change.
func changed(r Request, change func(*Request)) Request {
	change(&r)
	return r
}

func TestSync(t *testing.T) {
	inDay := there.read(day)
	done := finished(Sync, inDay)
	nothingNew := answers{runs: []*ledger.Run{done}, known: knownFrom(done, inDay)}
	grown := there.with(day, there[day]+"one more\n")
	check(t, []rule{
		{"it needs a backfill before", request(Sync, there.found(day)), answers{}, "refused with 1: no run has started from this state"},
		{
			"--first-run begins without one", changed(request(Sync, there.found(day)), func(r *Request) { r.FirstRun = true }), answers{},
			"new: day.jsonl",
		},
		{
			"nothing to do if no file is found", changed(request(Sync, there.found()), func(r *Request) { r.FirstRun = true }), answers{},
			"nothing to do",
		},
		{"a file that is as it was is not read", request(Sync, there.found(day)), nothingNew, "nothing to do; 1 known"},
		{"a new file is", request(Sync, there.found(day, night)), nothingNew, "new: night.jsonl"},
		{"so is one that has grown", request(Sync, grown.found(day)), nothingNew, "new: day.jsonl"},
		{
			"a file that was replaced is read from the start, with a warning", request(Sync, there.with(day, "rows of another file\n").found(day)),
			answers{runs: []*ledger.Run{done}, known: knownFrom(done, inDay)}, "new: day.jsonl; SourceReplaced day.jsonl",
		},
		{
			"a damaged file is read again every night", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{done}, known: knownFrom(done, func() ledger.Source { s := inDay; s.Trouble = "damaged"; return s }())},
			"new: day.jsonl",
		},
		{
			"a file with events that were recent is read again once they are old", request(Sync, there.found(day)),
			answers{
				runs: []*ledger.Run{done}, known: knownFrom(done, inDay),
				paths: []ledger.WaitingPath{{Path: day, Due: now.Add(-time.Hour).Unix()}},
			},
			"new: day.jsonl",
		},
		{
			"files of an export that is not complete wait",
			changed(request(Sync, there.found(day, night)), func(r *Request) {
				r.Incomplete = []*source.Incomplete{{Manifest: "mem://exports/night_manifest.json"}}
			}), nothingNew, "nothing to do; 1 known",
		},
		{
			"files of another export in their directory do not",
			changed(request(Sync, there.found(day, night)), func(r *Request) {
				r.Incomplete = []*source.Incomplete{{Manifest: "mem://exports/week_manifest.json"}}
			}), nothingNew, "new: night.jsonl",
		},
		{
			"files of the same name in another directory do not",
			changed(request(Sync, there.found(day, night)), func(r *Request) {
				r.Incomplete = []*source.Incomplete{{Manifest: "mem://others/night_manifest.json"}}
			}), nothingNew, "new: night.jsonl",
		},
		{
			"a damaged file may be replaced, which needs no warning", request(Sync, there.with(day, "rows of another file\n").found(day)),
			answers{runs: []*ledger.Run{done}, known: knownFrom(done, func() ledger.Source { s := inDay; s.Trouble = "damaged"; return s }())},
			"new: day.jsonl",
		},
		{
			"other flags look for rows that wait", changed(request(Sync, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"people": "all"}) }),
			nothingNew, "new: no source; FlagsDiffer people for new rows",
		},
		{
			"so do other files of the same flags, which is no news",
			changed(request(Sync, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"existing": FilesWith + "2"}) }),
			answers{
				runs:  []*ledger.Run{change(finished(Sync, inDay), func(r *ledger.Run) { r.Flags = `{"existing":"` + FilesWith + `1"}` })},
				known: knownFrom(done, inDay),
			}, "new: no source",
		},
		{
			"files that a flag did not name before are news", changed(request(Sync, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"existing": FilesWith + "2"}) }),
			nothingNew, "new: no source; FlagsDiffer existing for new rows",
		},
		{
			"and files that it no longer names", request(Sync, there.found(day)),
			answers{
				runs:  []*ledger.Run{change(finished(Sync, inDay), func(r *ledger.Run) { r.Flags = `{"existing":"` + FilesWith + `1"}` })},
				known: knownFrom(done, inDay),
			}, "new: no source; FlagsDiffer existing for new rows",
		},
		{
			"other flags count after a backfill too", changed(request(Sync, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"people": "all"}) }),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}, known: knownFrom(done, inDay)},
			"new: no source; FlagsDiffer people for new rows",
		},
		{
			"what a backfill was told to send is sent by a sync anyway", request(Sync, there.found(day)),
			answers{
				runs:  []*ledger.Run{change(finished(Backfill, inDay), func(r *ledger.Run) { r.Flags = `{"recent":"send"}` })},
				known: knownFrom(done, inDay),
			}, "new: no source",
		},
		{
			"but a sync that holds recent events again is news",
			changed(request(Sync, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"recent": "hold"}) }),
			answers{runs: []*ledger.Run{finished(Sync, inDay)}, known: knownFrom(done, inDay)},
			"new: no source; FlagsDiffer recent for new rows",
		},
		{
			"that a retry tried merges is no news", request(Sync, there.found(day)),
			answers{
				runs:  []*ledger.Run{change(finished(Retry, inDay), func(r *ledger.Run) { r.Flags = `{"merges":"true"}` })},
				known: knownFrom(done, inDay),
			}, "new: no source",
		},
		{
			"a backfill has left nothing if no rows wait", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}, known: knownFrom(done, inDay)}, "nothing to do; 1 known",
		},
		{
			"a retry looks for no rows that wait", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{finished(Retry, inDay)}, known: knownFrom(done, inDay)}, "new: no source",
		},
		{
			"a backfill has not looked for rows that wait since runs before it", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{finished(Backfill, inDay)}, known: knownFrom(done, inDay), waiting: true}, "new: no source",
		},
		{
			"neither has a sync that another run replaced", request(Sync, there.found(day)),
			answers{
				runs:  []*ledger.Run{change(finished(Sync, inDay), func(r *ledger.Run) { r.Outcome = ledger.Replaced })},
				known: knownFrom(done, inDay),
			}, "new: no source",
		},
		{
			"the same command resumes a run that stopped", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}}, "resumed: day.jsonl",
		},
		{
			"files that earlier runs have read are not new to it", request(Sync, there.found(day, night)),
			answers{runs: []*ledger.Run{stopped(Sync, there.read(night))}, known: knownFrom(done, inDay)}, "resumed: night.jsonl",
		},
		{
			"with other flags it is planned anew, since nobody is there to decide",
			changed(request(Sync, there.found(day)), func(r *Request) { r.Flags = flagsOf(Flags{"people": "all"}) }),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}}, "new: day.jsonl; FlagsDiffer people for new rows",
		},
		{
			"and with a source that has changed", request(Sync, grown.found(day)),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}}, "new: day.jsonl; CannotResume",
		},
		{
			"one that cannot be resumed is told once, even if no source is new", request(Sync, there.found(night)),
			answers{runs: []*ledger.Run{stopped(Sync, inDay)}, known: knownFrom(done, there.read(night))}, "new: no source; CannotResume; abandoned",
		},
		{
			"a stopped backfill comes first", request(Sync, there.found(day)), answers{runs: []*ledger.Run{stopped(Backfill, inDay)}},
			"refused with 2: the backfill of 1 Mar 2026 02:00 UTC has not finished",
		},
		{
			"unless it has sent nothing", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{change(stopped(Backfill, inDay), func(r *ledger.Run) { r.Counters = nil })}}, "new: day.jsonl",
		},
		{
			"a stopped retry is replaced", request(Sync, there.found(day)), answers{runs: []*ledger.Run{stopped(Retry, inDay)}},
			"new: day.jsonl; ReplacesRetry",
		},
		{
			"without a word if it has sent nothing", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{change(stopped(Retry, inDay), func(r *ledger.Run) { r.Counters = nil })}}, "new: day.jsonl",
		},
		{
			"or if no source is new", request(Sync, there.found(day)), answers{runs: []*ledger.Run{stopped(Retry, inDay)}, known: knownFrom(done, inDay)},
			"new: no source",
		},
		{
			"a stopped backfill that sent nothing is followed by a sync even if no source is new", request(Sync, there.found(day)),
			answers{runs: []*ledger.Run{change(stopped(Backfill, inDay), func(r *ledger.Run) { r.Counters = nil })}, known: knownFrom(done, inDay)},
			"new: no source",
		},
	})
}

// Files that came after a sync began wait until it has finished. Then the same command sends them.
func TestASyncLeavesNewFilesForTheNext(t *testing.T) {
	r := request(Sync, there.found(day, night))
	answer, err := Decide(t.Context(), &r, &answers{runs: []*ledger.Run{stopped(Sync, there.read(day))}})
	if err != nil || answer.Job.Added != 1 || answer.Job.Then(false, false, false) != Again {
		t.Errorf("%+v, %v", answer.Job, err)
	}
}

func TestTheFirstSyncHoldsRecentEvents(t *testing.T) {
	for _, c := range []struct {
		name  string
		given bool
		known []ledger.KnownSource
		want  bool
	}{
		{"when nothing was sent", false, nil, true},
		{"unless somebody said otherwise", true, nil, false},
		{"not when something was", false, knownFrom(finished(Sync), there.read(night)), false},
	} {
		r := request(Sync, there.found(day))
		r.FirstRun, r.RecentGiven = true, c.given
		answer, err := Decide(t.Context(), &r, &answers{known: c.known})
		if err != nil || answer.Job.HoldRecent != c.want {
			t.Errorf("%s: %+v, %v", c.name, answer.Job, err)
		}
	}
}

// Recent events are sent once they are 72 hours old, or at once if the flags no longer hold them.
func TestHeldEventsAreSentOnceTheyAreOld(t *testing.T) {
	inDay := there.read(day)
	for _, c := range []struct {
		due   time.Duration
		holds bool
		want  bool
	}{{0, true, true}, {time.Second, true, false}, {71 * time.Hour, false, true}} {
		before := finished(Sync, inDay)
		r := request(Sync, there.found(day))
		r.HoldsRecent = c.holds
		held := []ledger.WaitingPath{{Path: day, Due: now.Add(c.due).Unix()}}
		_, idle := Idle(t.Context(), &r, &answers{runs: []*ledger.Run{before}, known: knownFrom(before, inDay), paths: held})
		if idle == c.want {
			t.Errorf("due in %s, held %t: idle %t", c.due, c.holds, idle)
		}
	}
}

// If Idle is not certain it returns false, and Decide decides, which can also refuse and warn.
func TestIdleOnlyWhereItIsSure(t *testing.T) {
	inDay := there.read(day)
	known := knownFrom(finished(Sync, inDay), inDay)
	for name, l := range map[string]answers{
		"no run yet":      {},
		"a stopped run":   {runs: []*ledger.Run{stopped(Sync, inDay)}, known: known},
		"a replaced sync": {runs: []*ledger.Run{change(finished(Sync, inDay), func(r *ledger.Run) { r.Outcome = ledger.Replaced })}, known: known},
		"a new source":    {runs: []*ledger.Run{finished(Sync, inDay)}},
		"rows wait":       {runs: []*ledger.Run{finished(Backfill, inDay)}, known: known, waiting: true},
		"they wait in what is gone": {
			runs: []*ledger.Run{finished(Sync, inDay)}, known: known, paths: []ledger.WaitingPath{{Path: "mem://exports/gone.jsonl"}},
		},
		"they wait in what is gone from a place that is searched": {
			runs: []*ledger.Run{finished(Sync, inDay)}, known: known, paths: []ledger.WaitingPath{{Path: "mem://exports/gone.jsonl", Missed: now.Unix()}},
		},
		"they wait in what has been gone for a week": {
			runs: []*ledger.Run{finished(Sync, inDay)}, known: known,
			paths: []ledger.WaitingPath{{Path: "mem://others/gone.jsonl", Missed: now.Add(-7 * 24 * time.Hour).Unix()}},
		},
		"still idle: they wait in what is gone from another place": {
			runs: []*ledger.Run{finished(Sync, inDay)}, known: known, paths: []ledger.WaitingPath{{Path: "mem://others/gone.jsonl", Missed: now.Unix()}},
		},
		"still idle: they wait in what is there": {runs: []*ledger.Run{finished(Sync, inDay)}, known: known, paths: []ledger.WaitingPath{{Path: day}}},
		"after a retry":                          {runs: []*ledger.Run{finished(Retry, inDay)}, known: known},
		"still idle: nothing has changed":        {runs: []*ledger.Run{finished(Sync, inDay)}, known: known},
	} {
		r := request(Sync, there.found(day))
		if n, idle := Idle(t.Context(), &r, &l); idle != strings.HasPrefix(name, "still idle") || idle && n != 1 {
			t.Errorf("%s: idle %t, %d sources", name, idle, n)
		}
	}
}

// If an old state has no fingerprint of a file, only a shorter file certainly is another one.
func TestReplacedIsOnlySaidOfWhatIsKnown(t *testing.T) {
	size := int64(len(there[day]))
	for _, c := range []struct {
		then ledger.Source
		said bool
	}{
		{ledger.Source{Size: size}, false}, {ledger.Source{Size: size - 1}, false}, {ledger.Source{Size: size + 1}, true},
		{ledger.Source{Size: size, Ends: "of another"}, true}, {ledger.Source{Size: size - 1, Ends: "of another"}, true},
	} {
		c.then.Path = day
		before := finished(Sync)
		r := request(Sync, there.found(day))
		answer, err := Decide(t.Context(), &r, &answers{runs: []*ledger.Run{before}, known: knownFrom(before, c.then)})
		if said := len(answer.Warnings) > 0; err != nil || said != c.said {
			t.Errorf("of %+v: warnings %v, %v", c.then, answer.Warnings, err)
		}
	}
}

// TestDecideReadsAgainOnlyAfterAnotherRun asks Idle and then Decide about one request. What the ledger knows
// of sources changes in between, once without another run and once with one.
func TestDecideReadsAgainOnlyAfterAnotherRun(t *testing.T) {
	inDay := there.read(day)
	for _, another := range []bool{false, true} {
		l := answers{runs: []*ledger.Run{finished(Sync, inDay)}, known: knownFrom(finished(Sync, inDay), inDay)}
		r := request(Sync, there.found(day, night))
		if _, idle := Idle(t.Context(), &r, &l); idle {
			t.Fatal("it is idle although there is a new source")
		}
		l.known = nil
		if another {
			next := *l.runs[0]
			next.ID++
			l.runs = []*ledger.Run{&next}
		}
		answer, err := Decide(t.Context(), &r, &l)
		if want := map[bool]int{false: 1, true: 2}[another]; err != nil || len(answer.Job.Sources) != want {
			t.Errorf("another run: %t: %d sources are new, want %d, %v", another, len(answer.Job.Sources), want, err)
		}
	}
}
