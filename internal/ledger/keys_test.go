package ledger

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sentOn returns a random event of a day, in a random version.
func sentOn(day int64, random *rand.Rand) (k Sent) {
	millis := uint64(day) * SecondsInDay * 1000
	binary.BigEndian.PutUint16(k.Key[:], uint16(millis>>32))
	binary.BigEndian.PutUint32(k.Key[2:], uint32(millis))
	binary.BigEndian.PutUint64(k.Key[stampSize:], random.Uint64())
	k.Content = random.Uint32() >> 8
	if random.IntN(4) > 0 {
		k.Created = day*SecondsInDay + 1 + random.Int64N(2*SecondsInDay) - SecondsInDay/2
	}
	return k
}

func sentOf(t *testing.T, s *Store, day, besides int64) map[Sent]bool {
	t.Helper()
	all := map[Sent]bool{}
	for key, err := range s.Sent(t.Context(), day, besides) {
		if err != nil {
			t.Fatal(err)
		}
		if all[key] {
			t.Errorf("%x comes twice", key)
		}
		all[key] = true
	}
	return all
}

// TestKeysAreKept saves keys in steps of any size, by several runs, and reads them by day.
func TestKeysAreKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, t.TempDir())
		defer s.Close()
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		want := map[int64]map[int64]map[Sent]bool{} // by day and run
		for range rapid.IntRange(1, 3).Draw(r, "runs") {
			run, err := s.Begin(t.Context(), start(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 8).Draw(r, "steps") {
				var step []Sent
				for range rapid.IntRange(0, 40).Draw(r, "keys") {
					key := sentOn(20_000+int64(random.IntN(3)), random)
					step = append(step, key)
					if want[key.Day()] == nil {
						want[key.Day()] = map[int64]map[Sent]bool{}
					}
					if want[key.Day()][run.ID] == nil {
						want[key.Day()][run.ID] = map[Sent]bool{}
					}
					want[key.Day()][run.ID][key] = true
				}
				if err := run.Save(&Step{Phase: Events, Counters: []byte("{}"), Sent: step}, night); err != nil {
					t.Fatal(err)
				}
			}
		}
		besides := int64(rapid.IntRange(0, 3).Draw(r, "besides"))
		forgotten := int64(rapid.IntRange(19_999, 20_002).Draw(r, "forgotten before"))
		if err := s.Forget(t.Context(), forgotten); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(t.Context(), forgotten-1); err != nil { // nothing is remembered again
			t.Fatal(err)
		}
		if from, err := s.FirstKeptDay(t.Context()); from != forgotten || err != nil {
			r.Fatalf("keys are kept from %d, want %d; %v", from, forgotten, err)
		}
		for day := int64(19_999); day < 20_004; day++ {
			all := map[Sent]bool{}
			for run, keys := range want[day] {
				if run != besides && day >= forgotten {
					maps.Copy(all, keys)
				}
			}
			if got := sentOf(t, s, day, besides); !maps.Equal(got, all) {
				r.Fatalf("%d keys of day %d, want %d", len(got), day, len(all))
			}
		}
	})
}

// TestKeysTakeLittleRoom measures the disk space of keys, both of events in order and of events of any day in
// each step.
func TestKeysTakeLittleRoom(t *testing.T) {
	t.Parallel()
	const steps, inStep, days = 60, 1000, 50
	for name, at := range map[string]func(random *rand.Rand, n int) int64{
		"in order":  func(random *rand.Rand, n int) int64 { return int64(n) * days / (steps * inStep) },
		"any order": func(random *rand.Rand, n int) int64 { return random.Int64N(days) },
	} {
		dir := t.TempDir()
		s := open(t, dir)
		run, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for step := range steps {
			var keys []Sent
			for n := range inStep {
				keys = append(keys, sentOn(20_000+at(random, step*inStep+n), random))
			}
			if err := run.Save(&Step{Phase: Events, Counters: []byte("{}"), Sent: keys}, night); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		const rest = 64 << 10 // of the file without keys
		if each := float64(info.Size()-rest) / (steps * inStep); each > 22 {
			t.Errorf("%s: %.1f bytes on disk for each event, want 22 at most", name, each)
		}
	}
}

func TestDaysAndBrokenKeys(t *testing.T) {
	day := DayOf(time.Date(2026, 3, 4, 23, 59, 59, 0, time.UTC))
	if key := sentOn(day, rand.New(rand.NewPCG(1, 2))); key.Day() != day {
		t.Errorf("day %d, want %d", key.Day(), day)
	}
	for _, broken := range [][]byte{{0x80}, {1}, make([]byte, 13), append(make([]byte, 13), 0x80)} {
		if _, err := decodeKeys(day, broken); err == nil {
			t.Errorf("%v was taken", broken)
		}
	}
}
