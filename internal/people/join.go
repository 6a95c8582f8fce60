package people

import (
	"context"

	"ph2cio/internal/identity"
)

// joined says which IDs are one person, and holds what was found on the way.
type joined struct {
	groups   *identity.Groups // of nodes; Find takes one step
	joinings *joinings
	links    [][2]uint32    // target and source of accepted $identify rows, for MergeIdentify
	directed *directedLinks // links whose direction says which ID is kept
	logins   *loginCollector
}

// join makes groups of IDs, one group for each person. It joins them by what earlier runs knew, by the
// persons export, by shared person_ids, and by links in the order of ingestion.
func join(ctx context.Context, nodes *nodes, pairs *sharedPairs, merges MergePolicy) (*joined, error) {
	shares, err := readPairJoins(ctx, nodes, pairs)
	if err != nil {
		return nil, err
	}
	groups, joinings := identity.NewGroups(nodes.count()+len(shares.persons)), newJoinings(nodes)
	if err := joinings.restore(ctx, groups); err != nil {
		return nil, err
	}
	firstExported := joinExported(joinings, groups, shares)
	joinPairs(joinings, groups, shares, firstExported)
	if err := joinings.rememberSets(ctx); err != nil {
		return nil, err
	}
	f := &linkFollower{
		nodes: nodes, groups: groups, joinings: joinings, merges: merges,
		directed: newDirectedLinks(nodes), logins: newLoginCollector(nodes.count()),
	}
	if err := f.follow(ctx); err != nil {
		return nil, err
	}
	nodes.x.earlier.dropJoined()
	groups.Flatten()
	joinings.endLinks()
	if err := f.directed.remember(&nodes.x.later, nodes.x.earlier.directed); err != nil {
		return nil, err
	}
	if err := f.directed.restore(nodes.x.earlier.directed); err != nil {
		return nil, err
	}
	return &joined{groups, joinings, f.links, f.directed, f.logins}, f.logins.nameLogins(ctx, nodes, groups)
}
