package people

import (
	"context"
	"slices"
)

// nodes number the IDs of all shards, once no more IDs come. Such a number is called a node.
type nodes struct {
	x     *Index
	first [shardCount + 1]uint32 // by shard: the node of its first ID; then the number of nodes
}

// newNodes numbers the IDs of an index.
func newNodes(x *Index) *nodes {
	n := &nodes{x: x}
	for i := range x.shards {
		n.first[i+1] = n.first[i] + x.shards[i].ids.count
	}
	return n
}

// count returns how many nodes there are.
func (n *nodes) count() int { return int(n.first[shardCount]) }

// of returns the node of the ID with a sum; false if the ID is not known.
func (n *nodes) of(h sum) (uint32, bool) {
	shard := h.shard()
	number, ok := n.x.shards[shard].ids.find(h)
	return n.first[shard] + number, ok
}

// shardOf returns the shard of a node's ID, and the ID's number there.
func (n *nodes) shardOf(node uint32) (*shard, uint32) {
	shard, _ := slices.BinarySearch(n.first[1:], node+1)
	return &n.x.shards[shard], node - n.first[shard]
}

// sumOf returns the sum of a node's ID.
func (n *nodes) sumOf(node uint32) *sum {
	shard, number := n.shardOf(node)
	return shard.ids.hash(number)
}

// each calls f with each ID of all shards, on several goroutines. Facts and text are valid until f returns.
func (n *nodes) each(ctx context.Context, f func(node uint32, fact *idFacts, text []byte) error) error {
	return n.x.eachShard(ctx, func(i uint32, sh *shard) error {
		return sh.eachID(func(number uint32, fact *idFacts, text []byte) error {
			return f(n.first[i]+number, fact, text)
		})
	})
}
