package transfer

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer/deliver"
)

// drawnKey draws one of few keys, of a few days.
func drawnKey(r *rapid.T) (k ledger.Key) {
	millis := uint64(rapid.IntRange(1, 3).Draw(r, "day")) * ledger.SecondsInDay * 1000
	binary.BigEndian.PutUint16(k[:], uint16(millis>>32))
	binary.BigEndian.PutUint32(k[2:], uint32(millis))
	k[15] = byte(rapid.IntRange(0, 4).Draw(r, "random"))
	return k
}

// drawnVersion draws a version of one of few events; its number is that of its row, from 1.
func drawnVersion(r *rapid.T, ref uint64) (ledger.Key, version) {
	key := drawnKey(r)
	e := posthog.Event{Ref: ref - 1}
	if second := rapid.IntRange(0, 3).Draw(r, "created"); second > 0 {
		e.CreatedAt.State, e.CreatedAt.Micros = posthog.Known, int64(second)*microsInSecond+rapid.Int64Range(0, 2).Draw(r, "micros")
	}
	v := versionOf(key, &e, uint32(rapid.IntRange(0, 3).Draw(r, "content")))
	v.standing = rapid.SampledFrom([]standing{fits, fits, fits, mayFit, tooLarge, live, refused, refusedBefore}).Draw(r, "standing")
	if v.standing.isRefused() && rapid.Bool().Draw(r, "day not known") {
		clear(key[:6])
		v.high <<= stampBits
		v.high >>= stampBits
	}
	return key, v
}

// drawnSent draws what earlier runs have sent, and stores it.
func drawnSent(t *testing.T, r *rapid.T, store *ledger.Store) map[ledger.Key][]ledger.Version {
	sent := map[ledger.Key][]ledger.Version{}
	for range rapid.IntRange(0, 2).Draw(r, "runs") {
		run, err := store.Begin(t.Context(), ledger.Start{Command: "backfill", People: []byte{}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		step := &ledger.Step{Phase: ledger.Events, Counters: []byte("{}")}
		for range rapid.IntRange(0, 10).Draw(r, "sent") {
			one := ledger.Sent{Key: drawnKey(r), Version: ledger.Version{
				Content: uint32(rapid.IntRange(0, 3).Draw(r, "content")), Created: int64(rapid.IntRange(0, 3).Draw(r, "created")),
			}}
			step.Sent = append(step.Sent, one)
			sent[one.Key] = append(sent[one.Key], one.Version)
		}
		if err := run.Save(step, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return sent
}

// fate is what becomes of a row among the versions of its event.
type fate string

// fates say what becomes of the rows of one event, one rule after another. A row that is in none is mapped
// like any other.
func fates(rows []version, sent []ledger.Version) map[uint64]fate {
	all := map[uint64]fate{}
	newestOf := func(of func(*version) bool) (newest *version) { // of rows that say the same the first
		for i := range rows {
			v := &rows[i]
			if of(v) && (newest == nil || v.created > newest.created || v.created == newest.created && v.content != newest.content) {
				newest = v
			}
		}
		return newest
	}
	ours := func(v *version) bool { return v.standing < live }
	newest := newestOf(ours)
	if newest == nil {
		return all
	}
	for i := range rows {
		if ours(&rows[i]) {
			all[rows[i].ref] = "duplicate"
		}
	}
	if len(sent) > 0 {
		all[newest.ref] = "late"
		for _, one := range sent {
			older := newest.created == notCreated && one.Created != 0 ||
				newest.created != notCreated && newest.created/microsInSecond <= one.Created
			if one.Content == newest.content || older {
				all[newest.ref] = "earlier"
			}
		}
		return all
	}
	winner := cmp.Or(newestOf(func(v *version) bool { return v.standing == fits }),
		newestOf(func(v *version) bool { return v.standing == mayFit }), newest)
	delete(all, winner.ref)
	for i := range rows {
		v := &rows[i]
		if v.standing == live && (v.created > winner.created || v.created == winner.created && v.ref > winner.ref) {
			all[winner.ref] = "duplicate"
		}
	}
	return all
}

// fatesOfRefused says what becomes of the rows of one key that are refused. others are the keys of the event:
// its own, or those of any day if its day is not known.
func fatesOfRefused(rows []version, others map[ledger.Key][]version, sent map[ledger.Key][]ledger.Version) map[uint64]fate {
	var stands, sentEarlier bool
	for key, versions := range others {
		sentEarlier = sentEarlier || len(sent[key]) > 0
		for _, v := range versions {
			stands = stands || v.standing == fits || v.standing == mayFit || v.standing == live
		}
	}
	all := map[uint64]fate{}
	for _, v := range rows {
		switch {
		case !v.standing.isRefused():
		case sentEarlier:
			all[v.ref] = "earlier"
		case stands:
			all[v.ref] = "duplicate"
		case v.standing == refusedBefore:
			all[v.ref] = "refused"
		}
	}
	return all
}

// ofAnyDay returns the events that a key without a day may stand for, or else only that of the key.
func ofAnyDay(key ledger.Key, events map[ledger.Key][]version, sent map[ledger.Key][]ledger.Version) map[ledger.Key][]version {
	if key.Day() > 0 {
		return map[ledger.Key][]version{key: events[key]}
	}
	all := map[ledger.Key][]version{}
	newlyRefused := false // of a rejected row that no earlier run has rejected, what was sent is looked for on all days
	for day := range uint64(4) {
		millis := day * ledger.SecondsInDay * 1000
		binary.BigEndian.PutUint16(key[:], uint16(millis>>32))
		binary.BigEndian.PutUint32(key[2:], uint32(millis))
		if len(events[key]) > 0 { // what was sent is looked for only on days of rows
			all[key] = events[key]
		}
		newlyRefused = newlyRefused || day == 0 && slices.ContainsFunc(events[key], func(v version) bool { return v.standing == refused })
	}
	for one := range sent {
		if _, known := all[one]; !known && [10]byte(one[6:]) == [10]byte(key[6:]) && (newlyRefused || dayHasRows(one.Day(), events)) {
			all[one] = nil
		}
	}
	return all
}

func dayHasRows(day int64, events map[ledger.Key][]version) bool {
	for key := range events {
		if key.Day() == day {
			return true
		}
	}
	return false
}

// TestRepeatsAreFoundExactly compares what is found, in memory and on disk, with what the rules say of each
// event's versions.
func TestRepeatsAreFoundExactly(t *testing.T) {
	seen := map[fate]bool{}
	rapid.Check(t, func(r *rapid.T) {
		store := openStore(t, t.TempDir())
		defer store.Close()
		plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
		plan.State = store
		sent := drawnSent(t, r, store)
		found := newRepeats(&plan.Input, &plan.Rules)
		defer found.space.Close()
		found.sorter.Most = rapid.SampledFrom([]int{1, 7, 1000}).Draw(r, "in memory")
		rows := uint64(rapid.IntRange(0, 200).Draw(r, "rows"))
		events := map[ledger.Key][]version{}
		for ref := range rows {
			key, v := drawnVersion(r, ref+1)
			found.add([]version{v})
			events[key] = append(events[key], v)
		}
		if err := found.find(t.Context(), &plan.Earlier); err != nil {
			t.Fatal(err)
		}
		want := map[uint64]fate{}
		for key, versions := range events {
			for ref, fate := range fates(versions, sent[key]) {
				want[ref-1] = fate
				seen[fate] = true
			}
			for ref, fate := range fatesOfRefused(versions, ofAnyDay(key, events, sent), sent) {
				want[ref-1] = fate
				seen[fate] = true
			}
		}
		first := uint64(0)
		for first < rows { // chunks of any size
			n := rapid.IntRange(1, 150).Draw(r, "rows of the chunk")
			checkTaken(r, found, first, min(n, int(rows-first)), want)
			first += uint64(n)
		}
	})
	if len(seen) < 4 {
		t.Errorf("only %v came up", seen)
	}
}

// checkTaken checks which rows of one chunk are left out.
func checkTaken(r *rapid.T, found *repeats, first uint64, rows int, want map[uint64]fate) {
	c := &posthog.Chunk{Ref: first, Rows: rows}
	var counted deliver.RowCounts
	found.leaveOut(c, &counted, false)
	counts := map[fate]int64{}
	for n := range uint64(rows) {
		fate := want[first+n]
		counts[fate]++
		if left := parallel.Bitset(c.Left).Has(n); left != (fate == "earlier" || fate == "duplicate" || fate == "refused") {
			r.Fatalf("row %d is %q; left out: %v", first+n, fate, left)
		}
		if late := found.late.Has(first + n); late != (fate == "late") {
			r.Fatalf("row %d is %q; late: %v", first+n, fate, late)
		}
	}
	if counted.Earlier != counts["earlier"] || counted.Duplicate != counts["duplicate"] ||
		counted.Skipped[mapping.ReasonRejectedBefore] != counts["refused"] ||
		counted.Read != counts["earlier"]+counts["duplicate"]+counts["refused"] {
		r.Fatalf("counted %+v, want %v", counted, counts)
	}
}

// TestRowsOfForgottenDaysAreHeld forgets what was sent of the days before a certain one. The rows of those
// days are held, unless Earlier.ResendOld says to send them.
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
		pass := firstPassOf(t, store, plan)
		plan.Ledger = begunIn(t, store, pass)
		summary, err := Send(t.Context(), pass, plan.Delivery)
		if err = errors.Join(err, pass.Close(), plan.Ledger.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: time.Now()})); err != nil {
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
