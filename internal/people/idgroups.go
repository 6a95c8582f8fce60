package people

import (
	"context"
	"sync/atomic"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
)

// knownGroups are what is known of each group of IDs.
type knownGroups struct {
	nodes  *nodes
	groups *identity.Groups
	flags  []groupFlags    // by root
	seen   parallel.Bitset // nodes whose IDs are on rows that count
}

// learnGroups combines what is known of the IDs of each group.
func learnGroups(ctx context.Context, nodes *nodes, groups *identity.Groups) (*knownGroups, error) {
	flags := make([]groupFlags, nodes.count())
	j := &knownGroups{nodes, groups, flags, make(parallel.Bitset, len(flags)/64+1)}
	err := nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		t := f.groupFlags()
		rememberAnonymous(nodes, node, text)
		if nodes.x.options.Existing.hasID(text) {
			t |= hasProfile
		}
		if f.seen() {
			atomic.OrUint64(&j.seen[node/64], 1<<(node%64))
		}
		root := &flags[groups.Find(node)]
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

// learnExported adds what the persons export says of its persons. A group is deleted if all its persons in
// the export are.
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

// reportFound calls Options.Found with those IDs of Options.Only that are on rows.
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

// rememberAnonymous writes for later runs that an ID was the anonymous ID of an $identify which this run has
// accepted.
func rememberAnonymous(nodes *nodes, node uint32, text []byte) {
	shard, number := nodes.shardOf(node)
	if !nodes.x.later.wanted() || !shard.anonymous.Has(uint64(number)) {
		return
	}
	f := newIDFacts(wasAnonymous)
	nodes.x.later.add(factsEntry, f.append(nil), text)
}

// drop frees the memory of the flags.
func (j *knownGroups) drop() { j.flags = nil }
