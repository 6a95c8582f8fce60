package people

import (
	"fmt"
	"math"
	"testing"

	"ph2cio/internal/posthog"
)

// TestVisitorsAreCountedBySample observes many visitors whom nothing ties to a person, each on two rows, one of
// which is sent. The memory may not grow, and the counts may be off by 2 %. Of 400,000 visitors about 25,000 are
// sampled, one in 16, so that the standard error is sqrt(15/400,000), or 0.6 %. With a random seed one run in a
// thousand would be off by more than 2 %. The fixed seeds make each run the same.
func TestVisitorsAreCountedBySample(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		seed uint64
		n    int
	}{{1, 1000}, {1, 400_000}, {2, 400_000}} {
		n := test.n
		x := NewIndex(Options{Seed: test.seed})
		for i := range 2 * n {
			x.Observe(&posthog.Event{
				Ref: uint64(i), Name: b("$pageview"), DistinctID: fmt.Appendf(nil, "0195602e-7a11-7c3e-9d55-%012x", i/2), Personless: true,
			}, i%2 == 0)
		}
		sampled := 0
		for i := range x.shards {
			sampled += len(x.shards[i].sample.visitors)
		}
		s := decide(x, Choice{})
		c := s.Count(0)
		if sampled > shardCount*mostSampled {
			t.Errorf("%d of %d visitors in memory", sampled, n)
		}
		off := func(got int) float64 { return math.Abs(float64(got)/float64(n) - 1) }
		exact := n <= 1000
		if c.Estimated == exact || off(c.ByChoice[All].New) > 0.02 || off(int(c.DistinctIDs)) > 0.02 || exact && c.ByChoice[All].New != n {
			t.Errorf("%d visitors: %d profiles, %d IDs, estimated %v", n, c.ByChoice[All].New, c.DistinctIDs, c.Estimated)
		}
		if _, status := s.Lookup(fmt.Appendf(nil, "0195602e-7a11-7c3e-9d55-%012x", 7)); status != Anonymous {
			t.Errorf("a visitor is %v", status)
		}
		x.Close()
	}
}

// TestVisitorsWithAPersonIDTakeNoMemory observes many visitors, each with a person_id of its own, and one
// whose person_id is somebody's.
func TestVisitorsWithAPersonIDTakeNoMemory(t *testing.T) {
	t.Parallel()
	const n = 50_000
	for _, memory := range []int64{0, tiny} {
		x := NewIndex(Options{Memory: memory})
		see := func(ref int, id, person string, personless bool) {
			x.Observe(&posthog.Event{Ref: uint64(ref), Name: b("Looked"), DistinctID: b(id), PersonID: b(person), Personless: personless}, true)
		}
		for i := range n {
			see(i, fmt.Sprintf("0195602e-7a11-7c3e-9d55-%012x", i), fmt.Sprintf("0295602e-7a11-7c3e-9d55-%012x", i), true)
		}
		see(n, "user_1", "0295602e-7a11-7c3e-9d55-000000000007", false)
		s := decide(x, Choice{})
		if nodes := s.nodes.count(); nodes != 2 {
			t.Errorf("%d of %d IDs take memory, want 2", nodes, n)
		}
		if p, _ := s.Lookup(b("0195602e-7a11-7c3e-9d55-000000000007")); p == nil || p.DistinctID != "user_1" {
			t.Errorf("the visitor is %v, want user_1", p)
		}
		if _, status := s.Lookup(b("0195602e-7a11-7c3e-9d55-000000000008")); status != Anonymous {
			t.Errorf("another visitor is %v", status)
		}
		x.Close()
	}
}

// TestVisitorsTogetherAreOneMore counts two visitors who share a person_id as one person.
func TestVisitorsTogetherAreOneMore(t *testing.T) {
	t.Parallel()
	looks := func(id string) posthog.Event {
		return posthog.Event{Name: b("Looked"), DistinctID: b(id), PersonID: b("p"), Personless: true}
	}
	c := decided(Options{}, Choice{}, rowsOf(looks("a"), looks("b"), posthog.Event{Name: b("Looked"), DistinctID: b("c"), Personless: true})).Count(0)
	if c.ByChoice[All].New != 2 || c.Unidentified != 2 || c.DistinctIDs != 3 {
		t.Errorf("counts %+v, want two people", c)
	}
}

// TestVisitorsBringTheirEvents has visitors who are somebody after all: their rows count as events of that
// person.
func TestVisitorsBringTheirEvents(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		posthog.Event{Name: b("$pageview"), DistinctID: b(visitor), Personless: true},
		posthog.Event{Name: b("$pageview"), DistinctID: b(visitor), Personless: true},
		posthog.Event{Name: b("$identify"), DistinctID: b("user_1"), AnonDistinctID: b(visitor)},
		posthog.Event{Name: b("Opened"), DistinctID: b("user_1")},
	)
	rows[2].sends = false
	s := decided(Options{}, Choice{}, rows)
	c := s.Count(0)
	if c.Events != 3 || c.DistinctIDs != 2 || c.ByChoice[All].New != 1 || c.Joined != 1 || c.Links.Joined != 1 {
		t.Errorf("counts %+v", c)
	}
}
