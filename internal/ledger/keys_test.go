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

// keyAt makes a key of a time in unix seconds.
func keyAt(seconds int64, random *rand.Rand) (k Key) {
	ms := uint64(seconds) * 1000
	binary.BigEndian.PutUint16(k[:], uint16(ms>>32))
	binary.BigEndian.PutUint32(k[2:], uint32(ms))
	binary.BigEndian.PutUint64(k[stampSize:], random.Uint64())
	return k
}

func keysOf(t *testing.T, s *Store, day, besides int64) map[Key]bool {
	t.Helper()
	all := map[Key]bool{}
	for key, err := range s.Keys(t.Context(), day, besides) {
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

// TestKeysAreKept saves keys in steps of any size, by several runs, and asks for them by day.
func TestKeysAreKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, t.TempDir())
		defer s.Close()
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		want := map[int64]map[int64]map[Key]bool{} // by day and run
		for range rapid.IntRange(1, 3).Draw(r, "runs") {
			run, err := s.Begin(t.Context(), start(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 8).Draw(r, "steps") {
				var step []Key
				for range rapid.IntRange(0, 40).Draw(r, "keys") {
					key := keyAt(20_000*SecondsInDay+int64(random.IntN(3*SecondsInDay)), random)
					step = append(step, key)
					if want[key.Day()] == nil {
						want[key.Day()] = map[int64]map[Key]bool{}
					}
					if want[key.Day()][run.ID] == nil {
						want[key.Day()][run.ID] = map[Key]bool{}
					}
					want[key.Day()][run.ID][key] = true
				}
				if err := run.Save(&Step{Phase: Events, Counters: []byte("{}"), Keys: step}, night); err != nil {
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
		if from, err := s.KeysFrom(t.Context()); from != forgotten || err != nil {
			r.Fatalf("keys are kept from %d, want %d; %v", from, forgotten, err)
		}
		for day := int64(19_999); day < 20_004; day++ {
			all := map[Key]bool{}
			for run, keys := range want[day] {
				if run != besides && day >= forgotten {
					maps.Copy(all, keys)
				}
			}
			if got := keysOf(t, s, day, besides); !maps.Equal(got, all) {
				r.Fatalf("%d keys of day %d, want %d", len(got), day, len(all))
			}
		}
	})
}

// TestKeysTakeLittleRoom saves events in order, and events of any day in each step, as a run does, and looks at the disk.
func TestKeysTakeLittleRoom(t *testing.T) {
	t.Parallel()
	const steps, inStep, days = 60, 1000, 50
	for name, at := range map[string]func(random *rand.Rand, n int) int64{
		"in order":  func(random *rand.Rand, n int) int64 { return int64(n) * days * SecondsInDay / (steps * inStep) },
		"any order": func(random *rand.Rand, n int) int64 { return random.Int64N(days * SecondsInDay) },
	} {
		dir := t.TempDir()
		s := open(t, dir)
		run, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for step := range steps {
			var keys []Key
			for n := range inStep {
				keys = append(keys, keyAt(20_000*SecondsInDay+at(random, step*inStep+n), random))
			}
			if err := run.Save(&Step{Phase: Events, Counters: []byte("{}"), Keys: keys}, night); err != nil {
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
		if each := float64(info.Size()-rest) / (steps * inStep); each > 18 {
			t.Errorf("%s: %.1f bytes on disk for each event, want 18 at most", name, each)
		}
	}
}

func TestDaysAndBrokenKeys(t *testing.T) {
	day := DayOf(time.Date(2026, 3, 4, 23, 59, 59, 0, time.UTC))
	key := keyAt(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC).Unix(), rand.New(rand.NewPCG(1, 2)))
	if key.Day() != day {
		t.Errorf("day %d, want %d", key.Day(), day)
	}
	for _, broken := range [][]byte{{0x80}, {1}, append([]byte{1}, make([]byte, 9)...)} {
		if _, err := decodeKeys(day, broken); err == nil {
			t.Errorf("%v was taken", broken)
		}
	}
}
