package people

import (
	"context"
	"slices"
)

// nodes number the IDs of all shards, once these have all that there are. A node is such a number.
type nodes struct {
	x     *Index
	first [shardCount + 1]uint32 // node of each shard's first ID; the last one is how many nodes there are
}

func newNodes(x *Index) *nodes {
	n := &nodes{x: x}
	for i := range x.shards {
		n.first[i+1] = n.first[i] + x.shards[i].ids.count
	}
	return n
}

// count is how many nodes there are.
func (n *nodes) count() int { return int(n.first[shardCount]) }

// of returns the node of the ID with this sum; false when it is not known.
func (n *nodes) of(h sum) (uint32, bool) {
	shard := h.shard()
	number, ok := n.x.shards[shard].ids.find(h)
	return n.first[shard] + number, ok
}

// shardOf is the shard that has an ID, and its number there.
func (n *nodes) shardOf(node uint32) (*shard, uint32) {
	shard, _ := slices.BinarySearch(n.first[1:], node+1)
	return &n.x.shards[shard], node - n.first[shard]
}

// sumOf is the sum of a node's ID.
func (n *nodes) sumOf(node uint32) *sum {
	shard, number := n.shardOf(node)
	return shard.ids.hash(number)
}

// each calls f with each ID of all shards, several shards at a time. The fact and the text are valid until f
// returns.
func (n *nodes) each(ctx context.Context, f func(node uint32, fact *idFacts, text []byte) error) error {
	return n.x.eachShard(ctx, func(i uint32, sh *shard) error {
		return sh.eachID(func(number uint32, fact *idFacts, text []byte) error {
			return f(n.first[i]+number, fact, text)
		})
	})
}
