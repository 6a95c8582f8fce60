package rulebook

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

const seeds = 1000

// TestEveryKindOccurs holds that a thousand histories have all the trouble that Kinds knows, each kind in ten
// at least.
func TestEveryKindOccurs(t *testing.T) {
	t.Parallel()
	histories := map[string]int{}
	for seed := range uint64(seeds) {
		h := Random(seed)
		for kind, n := range Kinds(h, Resolve(h)) {
			histories[kind] += min(n, 1)
		}
	}
	if len(histories) < 40 {
		t.Fatalf("only %d kinds are counted", len(histories))
	}
	for _, kind := range slices.Sorted(maps.Keys(histories)) {
		t.Logf("%4d of %d histories: %s", histories[kind], seeds, kind)
		if histories[kind] < 10 {
			t.Errorf("%s: in %d of %d histories", kind, histories[kind], seeds)
		}
	}
}

// TestKindsAreThereWithNone holds that a test can ask for a kind by name.
func TestKindsAreThereWithNone(t *testing.T) {
	t.Parallel()
	none, some := Kinds(History{}, Resolve(History{})), Kinds(Random(1), Resolve(Random(1)))
	if got, want := slices.Sorted(maps.Keys(none)), slices.Sorted(maps.Keys(some)); !slices.Equal(got, want) {
		t.Errorf("an empty history has the kinds %v, another %v", got, want)
	}
	for kind, n := range none {
		if n != 0 {
			t.Errorf("%s: %d in an empty history", kind, n)
		}
	}
}

func TestHistoriesAreSmallAndRepeatable(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds) {
		h := Random(seed)
		if n := len(h.Rows); n < 5 || n > 60 {
			t.Fatalf("seed %d: %d rows", seed, n)
		}
		if !reflect.DeepEqual(h, Random(seed)) {
			t.Fatalf("seed %d: two histories", seed)
		}
		for i, r := range h.Rows {
			if r.Ref != uint64(i) || r.DistinctID == "" || r.Name == "" {
				t.Fatalf("seed %d: row %d is %+v", seed, i, r)
			}
		}
	}
}

// TestOrderOfRowsDoesNotMatter holds that only Ref tells two rows apart, never their place, and the same for
// the rows of the persons export and for profiles.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds) {
		h := Random(seed)
		want := Resolve(h)
		r := rand.New(rand.NewPCG(seed, 1))
		h.Rows, h.Persons, h.Existing = shuffled(r, h.Rows), shuffled(r, h.Persons), shuffled(r, h.Existing)
		got := Resolve(h)
		if !reflect.DeepEqual(got.People, want.People) || !reflect.DeepEqual(got.Links, want.Links) ||
			!reflect.DeepEqual(got.Pairs, want.Pairs) {
			t.Fatalf("seed %d: shuffled, the outcome is another", seed)
		}
	}
}

func shuffled[T any](r *rand.Rand, all []T) []T {
	all = slices.Clone(all)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// TestGroupsArePartitions holds what is true of every outcome, whatever the rules: everybody is in one group,
// which knows its IDs and keeps one of them.
func TestGroupsArePartitions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds) {
		o := Resolve(Random(seed))
		for id, p := range o.People {
			if Illegal(id) || !slices.Contains(p.IDs, id) || !slices.Contains(p.IDs, p.Kept) || !slices.IsSorted(p.IDs) {
				t.Fatalf("seed %d: %s is of %+v", seed, id, p)
			}
			for _, other := range p.IDs {
				if o.People[other] != p {
					t.Fatalf("seed %d: %s and %s are of two people, and of one", seed, id, other)
				}
			}
		}
	}
}
