package posthog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/sources"
)

// A read that fails is not damage, in any compression: the source is Gone, and the rows before are used.
func TestAReadThatFailsIsReportedAsGone(t *testing.T) {
	text := numbered("a", 3000)
	for name, data := range map[string][]byte{"a.jsonl": text, "a.jsonl.gz": zip(t, text, false), "b.jsonl.gz": zip(t, text, true)} {
		for _, anyOffset := range []bool{false, true} {
			store := sources.New(sources.Manners{AnyOffset: anyOffset, Sips: 5000, FailAt: int64(len(data)) / 2})
			rows, troubles := readOnce(t, []source.Source{store.Put(name, data), store.Put("next", []byte(eventRow))}, Options{window: 10_000})
			if len(troubles) != 1 || troubles[0].Kind != Gone || !errors.Is(troubles[0], sources.ErrBroken) || troubles[0].Path != name {
				t.Errorf("%s, at any offset %v: %v", name, anyOffset, troubles)
			}
			if n := len(rows); n == 0 || rows[n-1].Name != "a" || n > 2990 { // the last is that of the next source
				t.Errorf("%s, at any offset %v: %d rows", name, anyOffset, len(rows))
			}
		}
	}
}

// A second pass in which a read fails reports that error, not that the source has changed.
func TestASecondReadThatFailsIsReportedAsGone(t *testing.T) {
	text := numbered("a", 3000)
	for name, data := range map[string][]byte{"a.jsonl": text, "a.jsonl.gz": zip(t, text, false), "b.jsonl.gz": zip(t, text, true)} {
		store := sources.New(sources.Manners{Sips: 5000})
		all := []source.Source{store.Put(name, data)}
		until, _, _ := ends(t, all, Options{window: 10_000})
		store.FailAt = int64(len(data)) / 2
		_, troubles := readOnce(t, all, Options{window: 10_000, Until: until})
		if len(troubles) != 1 || troubles[0].Kind != Gone || !errors.Is(troubles[0], sources.ErrBroken) {
			t.Errorf("%s: %v", name, troubles)
		}
	}
}

// A source whose version changes before it is opened, or while it is read, is reported as Changed.
func TestANewVersionIsReportedAsChanged(t *testing.T) {
	text := numbered("a", 3000)
	store := sources.New(sources.Manners{Sips: 5000})
	old := store.Put("a.jsonl", text)
	store.Put("a.jsonl", numbered("b", 3000))
	if rows, troubles := readOnce(t, []source.Source{old}, Options{}); len(rows) > 0 || len(troubles) != 1 || troubles[0].Kind != Changed {
		t.Errorf("changed before it was opened: %d rows, %v", len(rows), troubles)
	}
	now := store.Put("a.jsonl", text)
	var troubles []error
	for chunk, err := range Read(t.Context(), []source.Source{now}, Options{window: 1000}) {
		if err != nil {
			troubles = append(troubles, err)
			continue
		}
		chunk.Release()
		store.Put("a.jsonl", bytes.ToUpper(text))
	}
	if len(troubles) != 1 || !errors.Is(troubles[0], source.ErrChanged) {
		t.Errorf("changed while it was read: %v", troubles)
	}
}

// Without random access a source ends at its damage; with it only the damaged part is lost.
func TestDamageEndsWhatIsReadInOrder(t *testing.T) {
	text := numbered("a", 500)
	file := flip(zip(t, text, true), 3000)
	local, _ := readRows(t, []source.Source{sourceOf(t, "x", file)}, Options{window: 2000})
	store := sources.New(sources.Manners{Sips: 999})
	rows, troubles := readOnce(t, []source.Source{store.Put("x", file), store.Put("next", []byte(eventRow))}, Options{window: 2000})
	if len(troubles) != 1 || troubles[0].Kind != Damaged {
		t.Fatal(troubles)
	}
	sound := names(rows[:len(rows)-1])
	if len(sound) >= len(local) || !slices.Equal(sound, names(local)[:len(sound)]) {
		t.Errorf("%d rows, of which the first are not those of the file on disk, which gives %d", len(sound), len(local))
	}
}

// A source of a store is opened once in each reading, small ones among many as well.
func TestEachSourceIsOpenedOnce(t *testing.T) {
	store := sources.New(sources.Manners{})
	var all []source.Source
	for _, name := range []string{"a", "b", "c"} {
		all = append(all, store.Put(name+".jsonl", numbered(name, 10)), store.Put(name+".jsonl.gz", zip(t, numbered(name, 10_000), false)))
	}
	if rows, troubles := readOnce(t, all, Options{}); len(rows) != 3*10_010 || len(troubles) > 0 {
		t.Fatal(len(rows), troubles)
	}
	if n := store.Opened(); n != len(all) {
		t.Errorf("%d sources were opened %d times", len(all), n)
	}
}

// A reading that is stopped closes all that it has opened.
func TestSourcesAreClosedWhenTheReaderStops(t *testing.T) {
	store := sources.New(sources.Manners{Sips: 5000})
	var all []source.Source
	for _, name := range []string{"a", "b", "c"} {
		all = append(all, store.Put(name+".jsonl", numbered(name, 2000)), store.Put(name+".jsonl.gz", zip(t, numbered(name, 10_000), false)))
	}
	for stop := range 8 {
		seen := 0
		for chunk, err := range Read(t.Context(), all, Options{window: 100_000}) {
			if err != nil {
				t.Fatal(err)
			}
			chunk.Release()
			if seen++; seen > stop {
				break
			}
		}
		if n := store.Unclosed(); n > 0 {
			t.Errorf("%d files are open after %d chunks", n, seen)
		}
	}
}

// A read that never returns does not keep a reading from stopping.
func TestAStoreThatHangsIsLeft(t *testing.T) {
	text := numbered("a", 3000)
	for name, data := range map[string][]byte{"small.jsonl": text[:1000], "a.jsonl": text, "a.jsonl.gz": zip(t, text, false)} {
		synctest.Test(t, func(t *testing.T) {
			store := sources.New(sources.Manners{Delay: time.Hour})
			ctx, cancel := context.WithCancelCause(t.Context())
			enough := errors.New("enough")
			time.AfterFunc(time.Minute, func() { cancel(enough) })
			began := time.Now()
			for _, err := range Read(ctx, []source.Source{store.Put(name, data)}, Options{}) {
				if err != enough {
					t.Errorf("%s: %v", name, err)
				}
			}
			if elapsed := time.Since(began); elapsed != time.Minute || store.Unclosed() > 0 {
				t.Errorf("%s: it took %s, and %d files are open", name, elapsed, store.Unclosed())
			}
		})
	}
}

// The windows of sources of which nothing is used are reused for those that follow.
func TestWindowsThatHoldNothingAreUsedAgain(t *testing.T) {
	store := sources.New(sources.Manners{})
	empty, wrong := zip(t, nil, false), zip(t, bytes.Repeat([]byte("x"), 2<<20), false)
	wrong = flip(wrong, len(wrong)-6) // a checksum
	var all []source.Source
	for i := range 50 {
		all = append(all, store.Put(fmt.Sprint(i, ".gz"), empty), store.Put(fmt.Sprint(i, "wrong.gz"), wrong))
	}
	before := arenaBytes.Load()
	if rows, troubles := readOnce(t, all, Options{}); len(rows) > 0 || len(troubles) != 50 {
		t.Fatal(len(rows), troubles)
	}
	if taken := arenaBytes.Load() - before; taken > 5*arenaSize {
		t.Errorf("%d bytes were taken for %d sources", taken, len(all))
	}
}

// TestAPassAnnouncesWhatItOpens tells a store which sources a pass will read to their ends.
func TestAPassAnnouncesWhatItOpens(t *testing.T) {
	store := sources.New(sources.Manners{})
	all := []source.Source{store.Put("a.jsonl", numbered("a", 10)), store.Put("b.jsonl", numbered("b", 10)), store.Put("c.jsonl", numbered("c", 10))}
	for _, test := range []struct {
		sources []source.Source
		options Options
		want    int
	}{{all, Options{}, 3}, {all[:1], Options{}, 1}, {all, Options{Until: []int64{100, 0, 100}}, 2}, {all, Options{Beginning: true}, 0}} {
		before := store.Calls().Announced
		readOnce(t, test.sources, test.options)
		if n := store.Calls().Announced - before; n != test.want {
			t.Errorf("%d of %d sources were announced with %+v, want %d", n, len(test.sources), test.options, test.want)
		}
	}
}

// TestAStoreThatCannotBeReadEndsThePass is tried on the first source alone.
func TestAStoreThatCannotBeReadEndsThePass(t *testing.T) {
	store := sources.New(sources.Manners{})
	var all []source.Source
	for i := range 100 {
		all = append(all, store.Put(fmt.Sprint(i, ".jsonl"), numbered("a", 10)))
	}
	store.Down = fmt.Errorf("the credentials have expired: %w", source.ErrUnavailable)
	var said []error
	for chunk, err := range Read(t.Context(), all, Options{}) {
		if chunk != nil {
			t.Error("a chunk was read")
		}
		said = append(said, err)
	}
	if len(said) != 1 || !errors.Is(said[0], store.Down) {
		t.Fatalf("%v, want one error", said)
	}
	if _, ok := errors.AsType[*SourceError](said[0]); ok || !strings.Contains(said[0].Error(), "reading 0.jsonl: the credentials have expired") {
		t.Errorf("%v", said[0])
	}
	GuessTypes(t.Context(), NewColumnTypes(nil), all, Options{})
}
