package people

import (
	"context"

	"ph2cio/internal/identity"
)

// joined is who is one person, and what was found on the way.
type joined struct {
	groups   *identity.Groups // of nodes, flattened
	joinings *joinings
	links    [][2]uint32    // nodes of links that ask for a merge, target and source; only for MergeIdentify
	directed *directedLinks // which ID is rather to be kept
	logins   *loginCollector
}

// join makes groups of IDs: by what earlier runs knew, by the persons export, by shared person_ids, and by
// links in order of ingestion.
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
	f.directed.remember(&nodes.x.later)
	if err := f.directed.restore(nodes.x.earlier.directed); err != nil {
		return nil, err
	}
	return &joined{groups, joinings, f.links, f.directed, f.logins}, f.logins.nameLogins(ctx, nodes, groups)
}
