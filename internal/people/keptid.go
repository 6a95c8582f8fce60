package people

import (
	"cmp"
	"context"
	"sync"
	"unsafe"

	"ph2cio/internal/identity"
)

// idRanker says how good IDs are as kept IDs.
type idRanker struct {
	options *Options
	sent    *sentTable
	merged  *mergedIDs
	sources map[uint32]bool // see targets.sources
}

// comeAfter says which IDs come after others that are as good.
func (s *idRanker) comeAfter(sources map[uint32]bool) { s.sources = sources }

// rank returns how good an ID is as a kept ID.
func (s *idRanker) rank(node uint32, f *idFacts, text []byte) identity.Candidate {
	c := identity.Candidate{Rank: f.flags.rank(), Source: s.sources[node], First: f.first}
	if into, merged := s.merged.into(node, f, text); merged {
		if c.Rank <= identity.NotMachine && s.merged.elsewhere(node, into) {
			c.Rank = identity.MergedElsewhere
		} else {
			c.Rank += identity.MergedAway
		}
		return c
	}
	if f.flags&wasSent != 0 {
		one := &s.sent.all[s.sent.find(node)]
		c.Rank, c.First = identity.SentAnonymous, momentBefore(one.turn)
		row, there := s.options.Existing.byID(text)
		if one.identified(s.options, f.flags) || there && s.options.identifiedRow(row, f.flags) {
			c.Rank = identity.Sent
		}
		return c
	}
	if row, found := s.options.Existing.byID(text); found {
		c.Rank = s.rankExisting(row, f.flags)
	}
	return c
}

// rankExisting returns the rank of an ID under which Customer.io has a profile.
func (s *idRanker) rankExisting(row uint32, m idFlags) identity.Rank {
	rank := identity.ExistingAnonymous
	switch {
	case m&userShaped != 0:
		rank = identity.ChosenExisting
	case s.options.identifiedRow(row, m):
		rank = identity.Existing
	}
	if m&tooLong != 0 {
		rank += identity.TooLong
	}
	return rank
}

// momentBefore returns a moment before those of all rows; a smaller number gives an earlier one.
func momentBefore(number uint32) identity.Moment {
	return identity.Moment{At: noTime, UUID: uint64(number)}
}

// keepIDs chooses the kept ID of each candidate, and then sorts the candidates. It chooses for so many of
// them at a time that this takes a fortieth of the memory. Each time takes two passes over all IDs.
func keepIDs(ctx context.Context, nodes *nodes, people *candidates, fit *idRanker) error {
	atOnce := int(max(16, cmp.Or(nodes.x.options.Memory, defaultMemory)/(40*int64(unsafe.Sizeof(identity.Nobody)))))
	for from := 0; from < len(people.all); from += atOnce {
		k := &keptIDRound{nodes: nodes, people: people, ranker: fit, from: from, bests: make([]identity.Candidate, min(atOnce, len(people.all)-from))}
		if err := k.findBests(ctx); err != nil {
			return err
		}
		if err := k.nameAll(ctx); err != nil {
			return err
		}
	}
	people.sort()
	return nil
}

// keptIDRound chooses the kept IDs of some of the candidates.
type keptIDRound struct {
	nodes  *nodes
	people *candidates
	ranker *idRanker
	from   int // the number of the first candidate
	bests  []identity.Candidate
	locks  stripes
}

// stripes are locks for candidates, which share them.
type stripes [256]sync.Mutex

func (l *stripes) of(candidate uint32) *sync.Mutex { return &l[candidate%uint32(len(l))] }

// place returns the candidate that a node belongs to, and its index in the round; false if it is not in the
// round.
func (k *keptIDRound) place(node uint32) (number uint32, i int, ok bool) {
	number, ok = k.people.numberOf(node)
	i = int(number) - k.from
	return number, i, ok && i >= 0 && i < len(k.bests)
}

// findBests finds how good the best ID of each candidate is.
func (k *keptIDRound) findBests(ctx context.Context) error {
	for i := range k.bests {
		k.bests[i] = identity.Nobody
	}
	return k.nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		number, i, ok := k.place(node)
		if !ok {
			return nil
		}
		lock := k.locks.of(number)
		lock.Lock()
		defer lock.Unlock()
		if suits := k.ranker.rank(node, f, text); k.people.all[number].consider(f, suits, k.bests[i]) {
			k.bests[i] = suits
		}
		return nil
	})
}

// nameAll finds the texts of the best IDs. Of several that are equally good it takes the smallest text.
func (k *keptIDRound) nameAll(ctx context.Context) error {
	var lock sync.Mutex
	named := make([]bool, len(k.bests))
	return k.nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		number, i, ok := k.place(node)
		if !ok || k.ranker.rank(node, f, text).Compare(k.bests[i]) != 0 {
			return nil
		}
		lock.Lock()
		defer lock.Unlock()
		if c := &k.people.all[number]; !named[i] || string(text) < string(k.people.names.bytes(c.name)) {
			named[i] = true
			c.keepID(k.people.addText(text), c.rank)
		}
		return nil
	})
}
