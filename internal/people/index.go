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

// Index learns who is who during the first pass. NewIndex makes one; the zero value must not be used.
// LearnPerson comes first, then Observe, then Remember and Restore, then Decide.
type Index struct {
	options Options
	seed    uint64
	space   *spool.Space
	keys    *fold.Keys
	persons *persons // nil without a persons export
	shards  [shardCount]shard
	pairs   pairLogs
	mostIDs int // how many bytes a shard's facts and states may take before spillIDs
	memory  int64
	now     int64 // Options.Now

	live liveProfiles

	fewLinks       int64       // how many links a shard keeps before it looks for those that decide nothing
	machineTargets atomic.Bool // the target of some $identify may be an ID that a machine made

	earlier earlierRuns
	later   laterRuns
}

// NewIndex returns an empty index. Close must be called in the end.
func NewIndex(o Options) *Index {
	memory, dir := cmp.Or(o.Memory, defaultMemory), cmp.Or(o.Dir, os.TempDir())
	space := spool.NewSpace(dir, min(memory/spooledShare, mostSpooled))
	x := &Index{
		options: o, seed: cmp.Or(o.Seed, newSeed()), memory: memory, now: cmp.Or(o.Now, math.MaxInt64),
		space:    space,
		earlier:  earlierRuns{space: space},
		later:    laterRuns{space: spool.NewSpace(dir, 0)},
		mostIDs:  int(max(memory/idsShare/shardCount, 16*idBytes)),
		fewLinks: 128,
		keys:     keysOf(&o),
	}
	mostBuf := int(max(min(memory/statesShare, mostStates)/shardCount, 1024))
	for i := range x.shards {
		x.shards[i].init(space, x.keys, mostBuf)
	}
	x.pairs.init(space, o.Persons)
	if o.Persons {
		x.persons = newPersons(x.seed, space, x.keys)
	}
	return x
}

// Close removes what the index and its Directory have on disk. Neither may be used afterwards.
func (x *Index) Close() error { return errors.Join(x.space.Close(), x.later.space.Close()) }

// Overflowed reports whether some of what is known did not fit into memory and is on disk.
func (x *Index) Overflowed() bool { return x.space.OnDisk() > 0 }

// Err returns the first error of the disk, if there was one. What was observed after it is lost.
func (x *Index) Err() error { return cmp.Or(x.space.Err(), x.later.space.Err()) }

// sum returns the sum of a text under the index's seed.
func (x *Index) sum(text []byte) sum { return sumOf(text, x.seed) }

// eachShard calls f once for every shard, on several goroutines, and returns the first error. Once ctx is
// done it starts no more calls and returns the cause.
func (x *Index) eachShard(ctx context.Context, f func(number uint32, sh *shard) error) error {
	return parallel.EachUntilError(ctx, shardCount, func(i int) error { return f(uint32(i), &x.shards[i]) })
}

// dropAll frees everything except the sums and numbers of IDs.
func (x *Index) dropAll() {
	for i := range x.shards {
		x.shards[i].drop()
	}
}

// How many bytes an ID, and the fixed part of a state, take in memory: with a slot in the table, and with the
// garbage that the collector has not freed yet.
const (
	idBytes    = 96
	stateBytes = 128
)
