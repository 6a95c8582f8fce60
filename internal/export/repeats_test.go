package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// drawnKey draws one of few keys, of a few days.
func drawnKey(r *rapid.T) (k ledger.Key) {
	at := uint64(rapid.IntRange(0, 3).Draw(r, "day")*ledger.SecondsInDay+rapid.IntRange(0, 2).Draw(r, "second")) * 1000
	binary.BigEndian.PutUint16(k[:], uint16(at>>32))
	binary.BigEndian.PutUint32(k[2:], uint32(at))
	k[15] = byte(rapid.IntRange(0, 4).Draw(r, "random"))
	return k
}

// TestRepeatsAreFoundExactly compares what is found, in memory and on disk, with what a map finds.
func TestRepeatsAreFoundExactly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		store := openStore(t, t.TempDir())
		defer store.Close()
		plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
		plan.State = store
		sent := map[ledger.Key]bool{}
		for range rapid.IntRange(0, 2).Draw(r, "runs") {
			run, err := store.Begin(t.Context(), ledger.Start{Command: "backfill", People: []byte{}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var keys []ledger.Key
			for range rapid.IntRange(0, 10).Draw(r, "sent") {
				key := drawnKey(r)
				if !sent[key] {
					keys = append(keys, key)
				}
				sent[key] = true
			}
			if err := run.Save(&ledger.Step{Phase: ledger.Events, Counters: []byte("{}"), Keys: keys}, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		found := newRepeats(plan)
		defer found.space.Close()
		found.sorter.Most = rapid.SampledFrom([]int{1, 7, 1000}).Draw(r, "in memory")
		rows := uint64(rapid.IntRange(0, 200).Draw(r, "rows"))
		earlier, duplicate, came := map[uint64]bool{}, map[uint64]bool{}, map[ledger.Key]bool{}
		for ref := range rows {
			key := drawnKey(r)
			found.add([]numberedKey{numbered(key, ref+1)})
			switch {
			case came[key]:
				duplicate[ref] = true
			case sent[key]:
				earlier[ref] = true
			}
			came[key] = true
		}
		if err := found.find(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		first := uint64(0)
		for first < rows { // chunks of any size
			c := &posthog.Chunk{Ref: first, Rows: rapid.IntRange(1, 150).Draw(r, "rows of the chunk")}
			counted := newTally()
			found.take(c, counted)
			var wantEarlier, wantDuplicate int64
			for n := range uint64(c.Rows) {
				left := bitset(c.Left).has(n)
				if left != (earlier[first+n] || duplicate[first+n]) {
					r.Fatalf("row %d is left out: %v", first+n, left)
				}
				if earlier[first+n] {
					wantEarlier++
				}
				if duplicate[first+n] {
					wantDuplicate++
				}
			}
			if counted.earlier != wantEarlier || counted.duplicate != wantDuplicate || counted.read != wantEarlier+wantDuplicate {
				r.Fatalf("counted %+v, want %d and %d", counted, wantEarlier, wantDuplicate)
			}
			first += uint64(c.Rows)
		}
	})
}

// TestRowsOfForgottenDaysAreHeld forgets what was sent of the days before one, and sends those rows only when asked to.
func TestRowsOfForgottenDaysAreHeld(t *testing.T) {
	var text strings.Builder
	for day := 1; day <= 4; day++ {
		fmt.Fprintf(&text, `{"uuid":"019cb821-7813-7a8c-b949-91dab9baa15%d","event":"a","distinct_id":"user_1","timestamp":"2026-03-0%dT10:00:00Z"}`+"\n", day, day)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	store := openStore(t, t.TempDir())
	defer store.Close()
	send := func(resend bool) Rows {
		plan := newPlan(t, mapping.Options{}, path)
		plan.ResendOld = resend
		learned := learnOf(t, store, plan)
		plan.Ledger = begunIn(t, store, learned)
		summary, err := Send(t.Context(), plan, learned)
		if err = errors.Join(err, learned.Close(), plan.Ledger.Finish(ledger.Done, time.Now(), nil, nil)); err != nil {
			t.Fatal(err)
		}
		return summary.Rows
	}
	if rows := send(false); rows.Sent != 4 {
		t.Errorf("%+v, want 4 rows sent", rows)
	}
	if err := store.Forget(t.Context(), ledger.DayOf(time.Date(2026, 3, 3, 23, 0, 0, 0, time.UTC))); err != nil {
		t.Fatal(err)
	}
	if rows := send(false); rows.Sent != 0 || rows.Earlier != 2 || rows.Skipped[mapping.ReasonTooOld] != 2 {
		t.Errorf("%+v, want 2 rows sent earlier and 2 held", rows)
	}
	if rows := send(true); rows.Sent != 2 || rows.Earlier != 2 {
		t.Errorf("%+v, want 2 rows sent and 2 sent earlier", rows)
	}
	if rows := send(true); rows.Sent != 0 || rows.Earlier != 4 {
		t.Errorf("%+v, want 4 rows sent earlier", rows)
	}
}
