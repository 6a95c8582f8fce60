package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer/deliver"
)

// nightRow draws a row of one of three users, or of a visitor who is, or will be, one of them.
func nightRow(r *rapid.T, n int) string {
	user := rapid.IntRange(1, 3).Draw(r, "user")
	visitor := fmt.Sprintf("0195602e-7a11-7c3e-9d55-00000000000%d", user)
	head := fmt.Sprintf(`{"uuid":"019cb84c-40bc-7204-b360-%012d","timestamp":"2026-03-%02dT10:%02d:00Z","created_at":"2026-03-%02dT10:%02d:00Z",`, n, 1+n/50, n%50, 1+n/50, n%50)
	switch rapid.SampledFrom([]string{"event", "visit", "visit", "identify", "set", "snapshot", "noise", "bad"}).Draw(r, "row") {
	case "visit":
		return head + fmt.Sprintf(`"event":"Looked","distinct_id":%q,"properties":{"$process_person_profile":false,"n":%d}}`, visitor, n)
	case "identify":
		return head + fmt.Sprintf(`"event":"$identify","distinct_id":"user_%d","properties":{"$anon_distinct_id":%q}}`, user, visitor)
	case "set":
		return head + fmt.Sprintf(`"event":"$set","distinct_id":"user_%d","properties":{"$set":{"a%d":%d}}}`, user, n%3, n%4)
	case "snapshot":
		return head + fmt.Sprintf(`"event":"Bought","distinct_id":"user_%d","properties":{"n":%d},"person_properties":{"plan":"p%d"}}`, user, n, n%3)
	case "noise":
		return head + fmt.Sprintf(`"event":"$autocapture","distinct_id":"user_%d","properties":{}}`, user)
	case "bad":
		return head + fmt.Sprintf(`"event":"Bought","distinct_id":"user_%d","properties":{"n":%d`, user, n)
	}
	return head + fmt.Sprintf(`"event":"Bought","distinct_id":"user_%d","properties":{"n":%d}}`, user, n)
}

// removal is an attribute that an identify removes.
var removal = regexp.MustCompile(`,?"[^"]+":null`)

// cameTo reduces the operations that came to each event, once, and the last identify of each person, without
// the attributes that it removes.
func cameTo(operations []string) (all []string) {
	people := map[customerio.Identifier]string{}
	for _, op := range operations {
		if is := parsed([]byte(op)); is.Action == customerio.Identify {
			people[is.Who] = strings.ReplaceAll(removal.ReplaceAllString(op, ""), `,"attributes":{}`, "")
			continue
		}
		all = append(all, op)
	}
	for _, op := range people {
		all = append(all, op)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// night sends what is new in some files, however often the destination fails, and returns the rows of the
// last try.
func night(t *testing.T, r *rapid.T, store *ledger.Store, came *[]string, files ...string) Rows {
	t.Helper()
	return nightOf(t, r, store, came, func(*testPlan) {}, func(*FirstPass) {}, files...)
}

// nightOf is night with a plan that change has changed. look gets the first pass of each try.
func nightOf(t *testing.T, r *rapid.T, store *ledger.Store, came *[]string, change func(*testPlan), look func(*FirstPass), files ...string) Rows {
	t.Helper()
	run := (*ledger.Run)(nil)
	sources := newPlan(t, mapping.Options{}, files...).Sources
	for {
		plan := newPlan(t, mapping.Options{}, files...)
		plan.Sources, plan.State, plan.Resumed, plan.Remember, plan.BatchItems = sources, store, run, run == nil, 3
		plan.Details = PlainDetails
		change(plan)
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		if run == nil {
			sendable, err := first.SendableNow(t.Context(), func(path string) bool {
				return !slices.ContainsFunc(sources, func(s source.Source) bool { return s.Name == path })
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range sendable {
				sources = append(sources, newPlan(t, mapping.Options{}, one).Sources...)
			}
			if len(sendable) > 0 {
				first.Close()
				continue
			}
			start := ledger.Start{Command: "sync", Began: runTime, Now: runTime, Rows: first.Rows}
			start.Sources, start.People = first.Origin(t.Context())
			if run, err = store.Begin(t.Context(), start, first.Restorable()); err != nil {
				t.Fatal(err)
			}
		} else if run, err = store.Last(t.Context(), "sync"); err == nil {
			sources, people := first.Origin(t.Context())
			err = sameOrigin(run, sources, people)
		}
		if err != nil {
			r.Fatal(err)
		}
		to := &destination{came: map[string]int{}, left: rapid.SampledFrom([]int{1 << 30, 1 << 30, 0, 1, 2, 5}).Draw(r, "batches"), taking: rapid.Bool().Draw(r, "taking"), refuse: func([]byte) bool { return false }}
		plan.Ledger, plan.Sender = run, to
		look(first)
		summary, err := Send(t.Context(), first, plan.Delivery)
		for op := range to.came {
			*came = append(*came, op)
		}
		still, err2 := first.StillWaiting(t.Context(), store, run)
		if err2 = errors.Join(err2, first.Close()); err2 != nil {
			t.Fatal(err2)
		}
		if err == nil {
			err = run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: time.Now(), Waiting: still})
		}
		switch {
		case err == nil:
			if wrong := wrongDetails(summary, first.Rows); wrong != "" {
				r.Fatal(wrong)
			}
			return summary.Rows
		case !errors.Is(err, errGone) || strings.Contains(err.Error(), "add up"):
			r.Fatal(err)
		}
		if run, err = store.Last(t.Context(), "sync"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNightsSendWhatOneRunSends cuts an export into nights whose files overlap, and stops them at any batch.
// In the end all has come that one run sends, rows that were rejected count in one night only, and a night
// with nothing new sends nothing.
func TestNightsSendWhatOneRunSends(t *testing.T) {
	sent, rounds := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		if rounds++; rounds > 40 {
			return // each is several runs
		}
		dir := t.TempDir()
		var rows, files []string
		var came []string
		rejected := int64(0)
		store := openStore(t, t.TempDir())
		defer store.Close()
		for n := range rapid.IntRange(1, 4).Draw(r, "nights") {
			begin := rapid.IntRange(0, len(rows)).Draw(r, "overlap from")
			for range rapid.IntRange(1, 15).Draw(r, "rows") {
				rows = append(rows, nightRow(r, len(rows)))
			}
			path := filepath.Join(dir, fmt.Sprintf("%d.jsonl", n))
			if err := os.WriteFile(path, []byte(strings.Join(rows[begin:], "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
			rejected += deliver.Sum(night(t, r, store, &came, path).Rejected)
		}
		var want []string
		whole := newPlan(t, mapping.Options{}, files...)
		whole.Observe = func(op customerio.Operation) error { want = append(want, string(op.Body)); return nil }
		summary, err := whole.readAndSend(t, t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(cameTo(want), cameTo(came)); diff != "" {
			r.Fatalf("one run -, nights +:\n%s", diff)
		}
		distinct := map[string]bool{}
		for _, row := range rows {
			distinct[row] = !strings.HasSuffix(row, "}")
		}
		bad := int64(0)
		for _, isBad := range distinct {
			if isBad {
				bad++
			}
		}
		if rejected != bad && deliver.Sum(summary.Rows.Rejected) > 0 {
			r.Fatalf("%d rows were rejected over all nights, want %d", rejected, bad)
		}
		before := len(came)
		if again := night(t, r, store, &came, files...); len(came) != before || again.Sent != 0 || deliver.Sum(again.Rejected) != 0 {
			r.Fatalf("a night with nothing new sent %d operations: %+v", len(came)-before, again)
		}
		if summary.Rows.Sent > 0 {
			sent++
		}
	})
	if sent == 0 {
		t.Error("nothing was ever sent")
	}
}
