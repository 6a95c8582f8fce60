package identity

import (
	"testing"

	"pgregory.net/rapid"
)

// TestJoiningHasNoOrder holds the groups against a plain relabelling, whatever the order of joining.
func TestJoiningHasNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const nodes = 12
		pairs := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint32Range(0, nodes-1), 2, 2), 0, 20).Draw(t, "pairs")
		g, labels := NewGroups(nodes), [nodes]uint32{}
		for i := range labels {
			labels[i] = uint32(i)
		}
		for _, p := range rapid.Permutation(pairs).Draw(t, "order") {
			g.Join(p[0], p[1])
		}
		for _, p := range pairs {
			from, to := labels[p[0]], labels[p[1]]
			for i := range labels {
				if labels[i] == from {
					labels[i] = to
				}
			}
		}
		g.Flatten()
		for a := range uint32(nodes) {
			if root := g.Find(a); g.Find(root) != root || root > a {
				t.Fatalf("the root of %d is %d", a, root)
			}
			for b := range uint32(nodes) {
				if (g.Find(a) == g.Find(b)) != (labels[a] == labels[b]) {
					t.Fatalf("%d and %d are together: %v, want the opposite", a, b, g.Find(a) == g.Find(b))
				}
			}
		}
	})
}

func TestFollow(t *testing.T) {
	t.Parallel()
	const user, other, visitor, alone = 0, 1, 2, 3
	identify := func(target, source uint32) Link { return Link{Kind: Identify, Target: target, Source: source} }
	for _, test := range []struct {
		name   string
		before func(g *Groups)
		link   Link
		want   Outcome
	}{
		{"a visitor without a person", func(*Groups) {}, identify(user, visitor), Joined},
		{"a visitor with one", func(g *Groups) { g.SetHasPerson(user); g.SetHasPerson(visitor) }, identify(user, visitor), Joined},
		{"twice", func(g *Groups) { g.Follow(identify(user, visitor)) }, identify(user, visitor), Same},
		{"somebody identified by a link, for somebody with a person",
			func(g *Groups) { g.SetHasPerson(other); g.Follow(identify(user, visitor)) }, identify(other, user), AlreadyIdentified},
		{"the other way round", func(g *Groups) { g.SetHasPerson(other); g.Follow(identify(user, visitor)) }, identify(user, other), Joined},
		{"for somebody without", func(g *Groups) { g.Follow(identify(user, visitor)) }, identify(other, user), AlreadyIdentified},
		{"for an ID that a machine made", func(g *Groups) { g.SetMachineMade(other); g.Follow(identify(user, visitor)) }, identify(other, user), Joined},
		{"for one that has a person", func(g *Groups) {
			g.SetMachineMade(other)
			g.SetHasPerson(other)
			g.Follow(identify(user, visitor))
		}, identify(other, user), AlreadyIdentified},
		{"for one that is of a person", func(g *Groups) {
			g.SetMachineMade(other)
			g.SetHasPerson(alone)
			g.Join(other, alone)
			g.Follow(identify(user, visitor))
		}, identify(other, user), AlreadyIdentified},
		{"an ID without a person of somebody identified", func(g *Groups) { g.SetIdentified(user); g.Join(user, alone) },
			identify(other, alone), AlreadyIdentified},
		{"an alias of somebody identified for somebody without a person", func(g *Groups) { g.Follow(identify(user, visitor)) },
			Link{Kind: Alias, Target: other, Source: user}, Joined},
		{"dangerously", func(g *Groups) { g.SetHasPerson(other); g.Follow(identify(user, visitor)) },
			Link{Kind: Dangerously, Target: other, Source: user}, Joined},
		{"an alias is refused as an $identify is", func(g *Groups) { g.SetHasPerson(other); g.Follow(identify(user, visitor)) },
			Link{Kind: Alias, Target: other, Source: user}, AlreadyIdentified},
		{"somebody identified by a refused link", func(g *Groups) {
			g.SetHasPerson(other)
			g.Follow(identify(user, visitor))
			g.Follow(identify(other, user))
		}, identify(user, other), AlreadyIdentified},
		{"a login that only comes later", func(g *Groups) { g.SetHasPerson(other); g.SetLogin(user) }, identify(other, user), AlreadyIdentified},
		{"but not by an alias", func(g *Groups) { g.SetHasPerson(other); g.SetLogin(user) }, Link{Kind: Alias, Target: other, Source: user}, Joined},
		{"a login before", func(g *Groups) { g.SetHasPerson(other); g.SetHasPerson(user); g.SetIdentified(user) },
			Link{Kind: Alias, Target: other, Source: user}, AlreadyIdentified},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := NewGroups(4)
			test.before(g)
			if got := g.Follow(test.link); got != test.want {
				t.Errorf("outcome %d, want %d", got, test.want)
			}
		})
	}
}

// TestPersonsExportStandsAgainstOlderLinks has two people in the persons export.
func TestPersonsExportStandsAgainstOlderLinks(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]Outcome{99: PersonsExport, 100: PersonsExport, 101: Joined} {
		g := NewGroups(4)
		g.SetExportTime(100)
		g.SetExported(0, 0)
		g.Join(0, 1)
		g.SetExported(2, 1)
		if got := g.Follow(Link{Kind: Identify, Target: 1, Source: 2, At: at}); got != want {
			t.Errorf("a link at %d: outcome %d, want %d", at, got, want)
		}
		if got := g.Share(3, 1, at); !got {
			t.Errorf("somebody whom the export does not name was refused at %d", at)
		}
	}
}

func TestMomentsKeepTheOrder(t *testing.T) {
	t.Parallel()
	a := Order{At: 1, UUID: [16]byte{0: 1}}
	b := Order{At: 1, UUID: [16]byte{0: 2}}
	c := Order{At: 2}
	for _, pair := range [][2]Order{{a, b}, {b, c}, {{At: NoTime, UUID: [16]byte{0: 9}}, a}} {
		if pair[0].Compare(&pair[1]) != -1 || pair[0].Moment().Compare(pair[1].Moment()) != -1 {
			t.Errorf("%v does not come before %v", pair[0], pair[1])
		}
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	early, late := Moment{At: 1}, Moment{At: 2}
	better := []Candidate{
		{Sent, false, late}, {Sent, true, early}, {ChosenExisting, false, late}, {Chosen, false, late}, {Existing, false, late},
		{Identified, false, early}, {Identified, false, late}, {Identified, true, early}, {Email, false, early},
		{NotMachine, false, early}, {SentAnonymous, false, late}, {ExistingAnonymous, false, late}, {Machine, false, early},
		{Machine, false, Never}, {Existing + TooLong, false, early}, {Identified + MergedAway, false, early}, Nobody,
	}
	for i := range better {
		for j := range better {
			if got, want := better[i].Compare(better[j]), min(1, max(-1, i-j)); got != want {
				t.Errorf("%v against %v: %d, want %d", better[i], better[j], got, want)
			}
		}
	}
}
