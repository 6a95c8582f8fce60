package ledger

import (
	stdcmp "cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// saveWaiting saves a step with people whose rows wait, by the first byte of their IDs.
func saveWaiting(t *testing.T, run *Run, source int, ids ...byte) {
	t.Helper()
	step := Step{Phase: Events, Counters: []byte("{}")}
	for _, id := range ids {
		of := Wait{ID: Key{id}, Reason: Anonymous, Row: 1}
		other := of
		other.Row = 2
		step.AddWaiting([]Waiting{{source, of}, {source, other}, {source, of}})
	}
	if err := run.Save(&step, night); err != nil {
		t.Fatal(err)
	}
}

// waitingIn returns the first bytes of those who wait in a source, in their order.
func waitingIn(t *testing.T, s *Store, run int64, source int) (all []byte) {
	t.Helper()
	for one, err := range s.Waits(t.Context(), WaitingIn{run, source, run}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one.ID[0])
	}
	return slices.Compact(all)
}

// TestSourcesInWhichRowsWait has two runs that have read the same sources.
func TestSourcesInWhichRowsWait(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	b, a := Source{Path: "/b", Size: 2, Fingerprint: "y", First: 5, Rows: 9}, Source{Path: "/a", Size: 1, Fingerprint: "x", Trouble: "cut", Modified: 7, Ends: "e"}
	first := begin(t, s, nil, func(of *Start) { of.Sources = []Source{b, a, {Path: "/none"}} })
	saveWaiting(t, first, 1, 1, 2)
	saveWaiting(t, first, 0, 3)
	saveWaiting(t, first, 1, 4)
	finish(t, first, Ending{})
	second := begin(t, s, nil, func(of *Start) { of.Sources, of.Flags = []Source{a}, "{}" })
	saveWaiting(t, second, 0, 5)
	ofA, ofB := WaitingSource{a, WaitingIn{first.ID, 1, first.ID}, start().Flags, 0}, WaitingSource{b, WaitingIn{first.ID, 0, first.ID}, start().Flags, 0}
	for besides, want := range map[int64][]WaitingSource{
		0: {{a, WaitingIn{second.ID, 0, second.ID}, "{}", 0}, ofA, ofB}, second.ID: {ofA, ofB}, first.ID: {{a, WaitingIn{second.ID, 0, second.ID}, "{}", 0}},
	} {
		var got []WaitingSource
		for one, err := range s.WaitingSources(t.Context(), besides) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, one)
		}
		slices.SortFunc(got, func(a, b WaitingSource) int {
			return stdcmp.Or(strings.Compare(a.Path, b.Path), stdcmp.Compare(b.Run, a.Run))
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("besides %d, want -, got +:\n%s", besides, diff)
		}
	}
	totals, err := s.Totals(t.Context(), night)
	count := WaitingCount{Rows: 10, Visitors: 5, Files: 2}
	if want := (WaitingTotals{count, map[WaitReason]WaitingCount{Anonymous: count}}); !cmp.Equal(totals.Waiting, want) || err != nil {
		t.Errorf("totals %+v, %v, want %+v", totals.Waiting, err, want)
	}
	keep := []Wait{{ID: Key{2}, Reason: Anonymous}, {ID: Key{4}, Reason: Recent}}
	finish(t, second, Ending{Waiting: []StillWaiting{{WaitingIn: WaitingIn{first.ID, 1, first.ID}, Keep: keep}}})
	for _, c := range []struct {
		run    int64
		source int
		want   []byte
	}{{first.ID, 1, []byte{2, 4}}, {first.ID, 0, []byte{3}}, {second.ID, 0, []byte{5}}} {
		if got := waitingIn(t, s, c.run, c.source); !slices.Equal(got, c.want) {
			t.Errorf("in source %d of run %d wait %v, want %v", c.source, c.run, got, c.want)
		}
	}
}

// TestKnownSourcesAreInTheOrderOfTheirRuns has sources with all that is known of them.
func TestKnownSourcesAreInTheOrderOfTheirRuns(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	b, a := Source{Path: "/b", Size: 2, Fingerprint: "y", First: 5, Rows: 9}, Source{Path: "/a", Size: 1, Fingerprint: "x", Trouble: "cut", Modified: 7, Ends: "e"}
	older := begin(t, s, nil, func(of *Start) { of.Sources = []Source{b, a} })
	finish(t, older, Ending{})
	newer := begin(t, s, nil, func(of *Start) { of.Sources, of.Flags, of.Now = []Source{b}, "{}", night.Add(time.Hour) })
	finish(t, newer, Ending{})
	want := []KnownSource{{b, older.ID, 0, start().Now, start().Flags}, {a, older.ID, 1, start().Now, start().Flags}, {b, newer.ID, 0, night.Add(time.Hour), "{}"}}
	var got []KnownSource
	for one, err := range s.KnownSources(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, one)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
