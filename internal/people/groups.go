package people

import (
	"context"
	"sync/atomic"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
)

// judged is what is known of each group.
type judged struct {
	nodes  *nodes
	groups *identity.Groups
	traits []traits        // by root
	seen   parallel.Bitset // of nodes: the ID stood on a row that carries identity
}

// judge learns what is known of each group.
func judge(ctx context.Context, nodes *nodes, groups *identity.Groups) (*judged, error) {
	traits := make([]traits, nodes.count())
	j := &judged{nodes, groups, traits, make(parallel.Bitset, len(traits)/64+1)}
	err := nodes.each(ctx, func(node uint32, f *fact, text []byte) error {
		t := f.traits()
		rememberAnonymous(nodes, node, text)
		if nodes.x.options.Existing.hasID(text) {
			t |= isThere
		}
		if f.seen() {
			atomic.OrUint64(&j.seen[node/64], 1<<(node%64))
		}
		root := &traits[groups.Find(node)]
		had := atomic.LoadUint32(root)
		if had|t != had {
			had = atomic.OrUint32(root, t)
		}
		if had&t&groupState != 0 && had&groupStates == 0 {
			atomic.OrUint32(root, groupStates)
		}
		return nil
	})
	if nodes.x.persons != nil {
		j.judgeExported(nodes.x.persons)
	}
	return j, err
}

// judgeExported takes in what the persons export says of its persons. A group is deleted if all its persons
// there are.
func (j *judged) judgeExported(export *persons) {
	alive := map[uint32]bool{}
	for _, e := range export.all {
		if !e.hasNode() {
			continue
		}
		root := j.groups.Find(e.node - 1)
		alive[root] = alive[root] || !e.deleted
		if e.identified {
			j.traits[root] |= isIdentified
		}
		if e.properties {
			j.traits[root] |= groupStates
		}
	}
	for root, lives := range alive {
		if !lives {
			j.traits[root] |= isDeleted
		}
	}
}

// tellFound tells Options.Found which of the IDs of Options.Only are there.
func (j *judged) tellFound(ctx context.Context) error {
	found := j.nodes.x.options.Found
	if found == nil {
		return nil
	}
	return j.nodes.each(ctx, func(node uint32, f *fact, text []byte) error {
		if f.marks&named != 0 && j.traits[j.groups.Find(node)]&groupSeen != 0 {
			found(text)
		}
		return nil
	})
}

// rememberAnonymous keeps for later runs that an ID was the anonymous one of an $identify, if that was
// accepted now.
func rememberAnonymous(nodes *nodes, node uint32, text []byte) {
	shard, number := nodes.shardOf(node)
	if !nodes.x.later.wanted() || !shard.anonymous.Has(uint64(number)) {
		return
	}
	f := newFact()
	f.marks = wasAnonymous
	nodes.x.later.add(factEntry, f.append(nil), text)
}

// drop gives back the memory of what is known of groups.
func (j *judged) drop() { j.traits = nil }
