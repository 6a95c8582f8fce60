package rulebook

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRulesJoinNobodyWhomPostHogKeepsApart compares the rules with the generator's ingestion, which has
// PostHog's persons at hand and does not look at later rows. The histories are complete and have no
// $groupidentify, which makes a person that the rules do not see.
func TestRulesJoinNobodyWhomPostHogKeepsApart(t *testing.T) {
	t.Parallel()
	compared := 0
	for seed := range uint64(6 * seeds) {
		w := newWorld(rand.New(rand.NewPCG(seed, 3)))
		w.habits = habits{uuid: 100, createdAt: 100, personless: w.habits.personless, personID: w.habits.personID}
		if !w.liveCalmly(5 + w.IntN(30)) {
			continue
		}
		compared++
		o := Resolve(History{Rows: w.rows})
		ids := slices.Sorted(maps.Keys(w.mapping))
		for _, a := range ids {
			for _, b := range ids {
				if !Illegal(a) && !Illegal(b) && o.People[a] == o.People[b] && w.mapping[a].person != w.mapping[b].person {
					t.Fatalf("seed %d: %s and %s are two people in PostHog", seed, a, b)
				}
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d histories were compared", compared)
	}
}

// liveCalmly lets people make some rows, and reports whether that is all they did: nobody was split or
// deleted by hand, which no row shows, and every row has a time and says something.
func (w *world) liveCalmly(rows int) bool {
	for len(w.rows) < rows {
		before, version := len(w.rows), w.version
		w.tick()
		w.step()
		if len(w.rows) == before && w.version != version {
			return false
		}
	}
	return !slices.ContainsFunc(w.rows, func(r Row) bool { return r.At() == NoTime || r.Name == "$groupidentify" })
}
