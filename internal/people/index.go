package people

import (
	"cmp"
	"context"
	"errors"
	"math"
	"os"
	"sync/atomic"

	"ph2cio/internal/fold"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// Index learns who is who during the first pass. Make one with NewIndex.
type Index struct {
	options Options
	seed    uint64
	space   *spool.Space
	keys    *fold.Keys
	persons *persons // nil without a persons export
	shards  [shardCount]shard
	pairs   pairLogs
	mostIDs int // bytes of what a shard knows of IDs
	memory  int64
	now     int64 // Options.Now

	live liveProfiles

	fewLinks       int64       // that a shard keeps whatever they say
	machineTargets atomic.Bool // an $identify may have named an ID that a machine made as the user's

	earlier earlierRuns
	later   laterRuns
}

// NewIndex returns an empty index, which must be closed.
func NewIndex(o Options) *Index {
	memory := cmp.Or(o.Memory, defaultMemory)
	x := &Index{
		options: o, seed: cmp.Or(o.Seed, newSeed()), memory: memory, now: cmp.Or(o.Now, math.MaxInt64),
		space:    spool.NewSpace(cmp.Or(o.Dir, os.TempDir()), min(memory/spooledShare, mostSpooled)),
		later:    laterRuns{space: spool.NewSpace(cmp.Or(o.Dir, os.TempDir()), 0)},
		mostIDs:  int(max(memory/idsShare/shardCount, 16*idBytes)),
		fewLinks: 128,
		keys:     keysOf(&o),
	}
	mostBuf := int(max(min(memory/statesShare, mostStates)/shardCount, 1024))
	x.earlier.space = x.space
	for i := range x.shards {
		sh := &x.shards[i]
		sh.texts, sh.links, sh.spilled = x.space.NewLog(), x.space.NewLog(), x.space.NewLog()
		sh.states = fold.NewStore(x.keys, x.space.NewLog(), mostBuf)
		x.pairs.all[i].log = x.space.NewLog()
	}
	if o.Persons {
		x.persons, x.pairs.spans = newPersons(x.seed, x.space, x.keys), true
	}
	return x
}

// Close removes what the index and its Directory have on disk. The Directory must not be used any more.
func (x *Index) Close() error { return errors.Join(x.space.Close(), x.later.space.Close()) }

// Overflowed reports whether something did not fit into memory and is on disk.
func (x *Index) Overflowed() bool { return x.space.OnDisk() > 0 }

// Err is trouble with the disk; what is observed after it is lost.
func (x *Index) Err() error { return cmp.Or(x.space.Err(), x.later.space.Err()) }

func (x *Index) sum(text []byte) sum { return sumOf(text, x.seed) }

// eachShard calls f once for every shard, several at a time, and returns what went wrong. It starts none once
// ctx is done.
func (x *Index) eachShard(ctx context.Context, f func(number uint32, sh *shard) error) error {
	return parallel.EachUntilError(ctx, shardCount, func(i int) error { return f(uint32(i), &x.shards[i]) })
}

// dropAll drops all but the sums and numbers of IDs.
func (x *Index) dropAll() {
	for i := range x.shards {
		sh := &x.shards[i]
		sh.ids.facts, sh.states, sh.scratch, sh.sample = nil, fold.Store{}, nil, sample{}
		sh.texts.Drop()
		sh.spilled.Drop()
	}
}

// What an ID and the fixed part of a state take in memory, with a slot and what the collector may leave.
const (
	idBytes    = 96
	stateBytes = 128
)
