package people

import (
	"context"
	"sync/atomic"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
)

// knownGroups is what is known of each group.
type knownGroups struct {
	nodes  *nodes
	groups *identity.Groups
	flags  []groupFlags    // by root
	seen   parallel.Bitset // of nodes: the ID stood on a row that carries identity
}

// learnGroups learns what is known of each group.
func learnGroups(ctx context.Context, nodes *nodes, groups *identity.Groups) (*knownGroups, error) {
	traits := make([]groupFlags, nodes.count())
	j := &knownGroups{nodes, groups, traits, make(parallel.Bitset, len(traits)/64+1)}
	err := nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		t := f.groupFlags()
		rememberAnonymous(nodes, node, text)
		if nodes.x.options.Existing.hasID(text) {
			t |= hasProfile
		}
		if f.seen() {
			atomic.OrUint64(&j.seen[node/64], 1<<(node%64))
		}
		root := &traits[groups.Find(node)]
		had := atomic.LoadUint32(root)
		if had|t != had {
			had = atomic.OrUint32(root, t)
		}
		if had&t&groupAttributes != 0 && had&severalAttributes == 0 {
			atomic.OrUint32(root, severalAttributes)
		}
		return nil
	})
	if nodes.x.persons != nil {
		j.learnExported(nodes.x.persons)
	}
	return j, err
}

// learnExported takes in what the persons export says of its persons. A group is deleted if all its persons
// there are.
func (j *knownGroups) learnExported(export *persons) {
	alive := map[uint32]bool{}
	for _, e := range export.byPersonID {
		if !e.hasNode() {
			continue
		}
		root := j.groups.Find(e.node - 1)
		alive[root] = alive[root] || !e.deleted
		if e.identified {
			j.flags[root] |= isIdentified
		}
		if e.properties {
			j.flags[root] |= severalAttributes
		}
	}
	for root, lives := range alive {
		if !lives {
			j.flags[root] |= isDeleted
		}
	}
}

// reportFound tells Options.Found which of the IDs of Options.Only are there.
func (j *knownGroups) reportFound(ctx context.Context) error {
	found := j.nodes.x.options.Found
	if found == nil {
		return nil
	}
	return j.nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		if f.flags&named != 0 && j.flags[j.groups.Find(node)]&groupSeen != 0 {
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
	f := newIDFacts()
	f.flags = wasAnonymous
	nodes.x.later.add(factsEntry, f.append(nil), text)
}

// drop gives back the memory of what is known of groups.
func (j *knownGroups) drop() { j.flags = nil }
