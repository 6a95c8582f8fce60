package ledger

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMergesPassToTheNextRunUntilTheyAreDone records the same merges by two runs, the first of which does one.
func TestMergesPassToTheNextRunUntilTheyAreDone(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	first := begin(t, s, nil, nil)
	recorded := merges()
	if err := first.RecordMerges(t.Context(), recorded, night); err != nil {
		t.Fatal(err)
	}
	done, left := recorded[0], recorded[1]
	if done.ID == left.ID || done.ID == 0 || left.ID == 0 || done.Done || left.Done {
		t.Fatalf("recorded %+v", recorded)
	}
	if err := first.Save(&Step{Phase: Merges, Counters: []byte("{}"), Merged: []int64{done.ID}}, night.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	pending := func(run int64, want ...Merge) {
		t.Helper()
		for i := range want { // neither is read back
			want[i].Number, want[i].ID = 0, 0
		}
		got, err := s.PendingMerges(t.Context(), run)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("pending of run %d: %v, want -, got +:\n%s", run, err, diff)
		}
	}
	pending(0, left)
	pending(first.ID, done, left)
	second := begin(t, s, nil, nil)
	again := merges()
	again[0].Number, again[1].Number = 1, 0
	if err := second.RecordMerges(t.Context(), again, night.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again[0].ID != done.ID || !again[0].Done || again[1].ID != left.ID || again[1].Done {
		t.Errorf("recorded again: %+v, want the same IDs, and the first done", again)
	}
	if err := second.Save(&Step{Phase: Merges, Counters: []byte("{}"), Merged: []int64{left.ID}}, night.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	pending(0)
	pending(first.ID, done)
	pending(second.ID, left)
	profile := func(m Merge) Profile { return Profile{m.SecondaryKind, m.Secondary} }
	into := func(m Merge) Profile { return Profile{m.PrimaryKind, m.Primary} }
	for besides, want := range map[int64]map[Profile]Profile{
		0: {profile(done): into(done), profile(left): into(left)}, first.ID: {profile(left): into(left)}, second.ID: {profile(done): into(done)},
	} {
		if got, err := s.Merged(t.Context(), besides); !maps.Equal(got, want) || err != nil {
			t.Errorf("merged besides run %d: %v, %v, want %v", besides, got, err, want)
		}
	}
	var intended, at int64
	if err := s.db.QueryRow("SELECT intended, done FROM merges WHERE id = ?", left.ID).Scan(&intended, &at); err != nil || intended != night.Unix() || at != night.Unix()+2*60*60 {
		t.Errorf("the second was intended at %d and done at %d, %v", intended, at, err)
	}
}
