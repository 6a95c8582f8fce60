package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/sources"
	"ph2cio/internal/testkit/synthetic"
)

// in makes a plan read its sources from a store.
func (p *testPlan) in(t *testing.T, store *sources.Store) {
	t.Helper()
	p.Sources = store.Copy(t, p.Sources)
	p.Found = source.NewSnapshot(store.Remote, p.Sources)
}

// TestBothPassesFromAStore shows that a store far away makes no difference to what is sent.
func TestBothPassesFromAStore(t *testing.T) {
	text := syntheticText(t, 400)
	directory := t.TempDir()
	for name, data := range map[string][]byte{"a.jsonl": text, "b.jsonl.gz": gzipMember(t, syntheticText(t, 600)), "c.jsonl.zst": zstdFrame(t, text)} {
		if err := os.WriteFile(filepath.Join(directory, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, wantOperations := newPlan(t, mapping.Options{}, directory).sent(t)
	for name, manners := range map[string]sources.Manners{
		"in order":                {},
		"slow":                    {Sips: 20_000, Delay: time.Millisecond},
		"slow, and at any offset": {Sips: 20_000, Delay: time.Millisecond, AnyOffset: true},
	} {
		plan := newPlan(t, mapping.Options{}, directory)
		store := sources.New(manners)
		plan.in(t, store)
		plan.mostTail = 1 // nothing is kept from the first pass, so that the second one opens the sources
		got, operations := plan.sent(t)
		if n := store.Opened(); n < 3*len(plan.Sources) || // a look at the types of columns, and two passes
			store.Unclosed() > 0 {
			t.Errorf("%s: %d sources were opened %d times, and %d files are open", name, len(plan.Sources), n, store.Unclosed())
		}
		if diff := cmp.Diff(want.Rows, got.Rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if operations != wantOperations {
			t.Errorf("%s: the operations are not those of the files", name)
		}
	}
}

// TestAStoreThatFailsIsToldAsGone fails in the first pass. Rows before the failure are used, and the source
// counts as not read to its end.
func TestAStoreThatFailsIsToldAsGone(t *testing.T) {
	plan := newPlan(t, mapping.Options{}, writeTwice(t, syntheticText(t, 3000)))
	store := sources.New(sources.Manners{Sips: 50_000, FailAt: plan.Sources[0].Size / 2})
	plan.in(t, store)
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Trouble) != 2 || first.Trouble[0].Kind != posthog.Gone || !errors.Is(first.Trouble[0], sources.ErrBroken) {
		t.Errorf("%v, want that both sources are gone", first.Trouble)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAStoreThatFailsEarlierInTheSecondPass fails before rows that the first pass has read. The run ends with
// the reason.
func TestAStoreThatFailsEarlierInTheSecondPass(t *testing.T) {
	plan := newPlan(t, mapping.Options{}, writeTwice(t, syntheticText(t, 6000)))
	size := plan.Sources[0].Size
	store := sources.New(sources.Manners{Sips: 50_000, FailAt: size / 10 * 9})
	plan.in(t, store)
	plan.mostTail = 1 // nothing is kept from the first pass, so that the second one opens the sources
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Trouble) != 2 || first.Rows == 0 {
		t.Fatalf("%d rows, %v, want that both sources are gone", first.Rows, first.Trouble)
	}
	store.FailAt = size / 10
	_, err = Send(t.Context(), first, plan.Delivery)
	trouble, ok := errors.AsType[*posthog.SourceError](err)
	if !ok || trouble.Kind != posthog.Gone || !errors.Is(err, sources.ErrBroken) || trouble.Path != plan.Sources[0].Name {
		t.Errorf("ended with %v, want that the first source is gone", err)
	}
}

// TestAStoreThatChangesBetweenThePasses replaces a source, which is reported as changed, or removes it, which
// is reported as gone.
func TestAStoreThatChangesBetweenThePasses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(store *sources.Store, name string)
		kind   posthog.SourceTrouble
	}{
		"another version": {func(store *sources.Store, name string) { store.Put(name, syntheticText(t, 500)) }, posthog.Changed},
		"gone":            {func(store *sources.Store, name string) { store.Remove(name) }, posthog.Gone},
	} {
		t.Run(name, func(t *testing.T) {
			store := sources.New(sources.Manners{})
			plan := newPlan(t, mapping.Options{}, writeSynthetic(t, synthetic.Options{Rows: 300, People: 10, Seed: 1}))
			plan.in(t, store)
			plan.mostTail = 1 // nothing is kept from the first pass, so that the second one opens the source
			first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
			if err != nil {
				t.Fatal(err)
			}
			test.change(store, plan.Sources[0].Name)
			_, err = Send(t.Context(), first, plan.Delivery)
			trouble, ok := errors.AsType[*posthog.SourceError](err)
			if !ok || trouble.Kind != test.kind || trouble.Path != plan.Sources[0].Name {
				t.Errorf("ended with %v, want kind %d", err, test.kind)
			}
		})
	}
}

// changing is a store that replaces a source while it is read.
type changing struct {
	*sources.Store
	name  string // of that source
	after int64  // how many bytes of it are read before
	by    []byte
}

func (s *changing) Open(ctx context.Context, of source.Source, offset int64) (source.File, error) {
	file, err := s.Store.Open(ctx, of, offset)
	if err != nil || of.Name != s.name {
		return file, err
	}
	return &changingFile{File: file, store: s, left: s.after}, nil
}

type changingFile struct {
	source.File
	store *changing
	left  int64
}

func (f *changingFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if f.left -= int64(n); f.left < 0 {
		f.store.Put(f.store.name, f.store.by)
	}
	return n, err
}

// TestAStoreThatChangesWithinTheFirstPass replaces a source of which rows have been read. They cannot be read
// again, and the run ends with that source as the reason, and not with the next one.
func TestAStoreThatChangesWithinTheFirstPass(t *testing.T) {
	plan := newPlan(t, mapping.Options{}, writeTwice(t, syntheticText(t, 6000)))
	store := sources.New(sources.Manners{Sips: 50_000})
	plan.in(t, store)
	changed := &changing{Store: store, name: plan.Sources[0].Name, after: plan.Sources[0].Size / 10 * 9, by: syntheticText(t, 500)}
	plan.Sources[0].In = changed
	plan.mostTail = 1 // nothing is kept from the first pass, so that the second one opens the sources
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Trouble) != 1 || first.Trouble[0].Kind != posthog.Changed || first.Rows <= 6000 {
		t.Fatalf("%d rows, %v, want some of the first source, which has changed, and all of the second", first.Rows, first.Trouble)
	}
	_, err = Send(t.Context(), first, plan.Delivery)
	trouble, ok := errors.AsType[*posthog.SourceError](err)
	if !ok || trouble.Kind != posthog.Changed || trouble.Path != changed.name {
		t.Errorf("ended with %v, want that the first source has changed", err)
	}
}

// TestAStoreThatStopsAnswering ends a run at once, in whichever pass, and not source by source.
func TestAStoreThatStopsAnswering(t *testing.T) {
	expired := fmt.Errorf("the credentials have expired: %w", source.ErrUnavailable)
	store := sources.New(sources.Manners{})
	plan := newPlan(t, mapping.Options{}, writeTwice(t, syntheticText(t, 300)))
	plan.in(t, store)
	plan.mostTail = 1 // nothing is kept from the first pass, so that the second one opens the sources
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	store.Down = expired
	_, err = Send(t.Context(), first, plan.Delivery)
	if _, ofSource := errors.AsType[*posthog.SourceError](err); !errors.Is(err, expired) || ofSource {
		t.Errorf("in the second pass: %v", err)
	}
	_, err = RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if _, ofSource := errors.AsType[*posthog.SourceError](err); !errors.Is(err, expired) || ofSource {
		t.Errorf("in the first pass: %v", err)
	}
}

// TestTheSnapshotAnswersOnce shows that a run looks up once whether a known source is there.
func TestTheSnapshotAnswersOnce(t *testing.T) {
	store := sources.New(sources.Manners{})
	listed := store.Put("mem://listed", []byte("x"))
	snapshot := source.NewSnapshot(store.Remote, []source.Source{listed})
	store.Put("mem://known", []byte("y"))
	for range 2 {
		if one, there := snapshot.Look(t.Context(), "mem://known"); !there || one.Size != 1 {
			t.Errorf("known: %v, %v", one, there)
		}
		if one, there := snapshot.Look(t.Context(), "mem://listed"); !there || one != listed {
			t.Errorf("listed: %v, %v", one, there)
		}
		if one, there := snapshot.Look(t.Context(), "mem://missing"); there {
			t.Errorf("missing: %v", one)
		}
		store.Remove("mem://known")
		store.Remove("mem://listed")
		store.Put("mem://missing", nil)
	}
}
