package people

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// TestLittleMemoryChangesNothing gives more people than fit into the memory, with attributes that change.
func TestLittleMemoryChangesNothing(t *testing.T) {
	t.Parallel()
	const n = 3000
	answer := func(memory int64) (all []string, onDisk int64) {
		x := NewIndex(Options{Memory: memory, Dir: t.TempDir()})
		defer x.Close()
		x.space.Block = 1 << 10
		for round := range 4 {
			for i := range n {
				e := withAttributes(fmt.Sprintf("user_%d", i), fmt.Sprintf(`{"email":"%d@example.com","plan":"%d"}`, i, round/2))
				e.Ref = uint64(round*n + i)
				e.CreatedAt = posthog.Time{Micros: int64(e.Ref), State: posthog.Known}
				x.Observe(withMembers(&e), true)
				l := posthog.Event{Name: b("$identify"), DistinctID: e.DistinctID, AnonDistinctID: fmt.Appendf(nil, "anon_%d", i), Ref: e.Ref, CreatedAt: e.CreatedAt}
				if round == i%4 {
					x.Observe(&l, false)
				}
			}
		}
		s := decide(x, Choice{})
		for p := range s.People() {
			all = append(all, string(s.AppendAttributes([]byte(p.DistinctID), p)))
		}
		return all, x.space.OnDisk()
	}
	want, none := answer(0)
	got, some := answer(1 << 20)
	if len(want) != n || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d people with little memory, %d with much", len(got), len(want))
	}
	if none != 0 || some == 0 {
		t.Errorf("%d bytes on disk with much memory, %d with little", none, some)
	}
}

// TestWhatLaterRunsWantIsOnDisk looks at how many of the blocks of what was learnt are in memory, while there
// is room for all.
func TestWhatLaterRunsWantIsOnDisk(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{Dir: t.TempDir()})
	defer x.Close()
	const n = 1000
	for i := range n {
		e := withAttributes(fmt.Sprintf("user_%d", i), `{"plan":"pro"}`)
		x.Observe(withMembers(&e), true)
	}
	if err := x.Remember(t.Context()); err != nil {
		t.Fatal(err)
	}
	if x.later.log.InMemory() || x.Overflowed() {
		t.Errorf("in memory: %t; short of memory: %t", x.later.log.InMemory(), x.Overflowed())
	}
	learnt := 0
	for _, err := range decide(x, Choice{}).ForLater() {
		if err != nil {
			t.Fatal(err)
		}
		learnt++
	}
	if learnt != 1+2*n {
		t.Errorf("%d entries are learnt, want the first and the fact and the state of each of %d IDs", learnt, n)
	}
}

func TestTroubleWithTheDiskEndsRemembering(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{Dir: filepath.Join(t.TempDir(), "missing")})
	defer x.Close()
	for i := range 1000 {
		e := withAttributes(fmt.Sprintf("user_%d", i), `{"plan":"pro"}`)
		x.Observe(withMembers(&e), true)
	}
	if _, ok := errors.AsType[*spool.DiskError](x.Remember(t.Context())); !ok {
		t.Errorf("the index says %v", x.Err())
	}
}

func TestTroubleWithTheDiskEndsTheReading(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{Memory: 1 << 16, Dir: filepath.Join(t.TempDir(), "missing")})
	for i := range 100_000 {
		e := withAttributes(fmt.Sprintf("user_%d", i), `{"plan":"pro"}`)
		x.Observe(withMembers(&e), true)
	}
	if _, ok := errors.AsType[*spool.DiskError](x.Err()); !ok {
		t.Errorf("the index says %v", x.Err())
	}
	if _, err := x.Decide(t.Context(), Choice{}); err == nil {
		t.Error("what was lost was settled")
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
