// Package people is the first reading's result: who is in an export, each person's final attributes, and who is sent.
package people

import (
	"bytes"
	"hash/maphash"
	"math"
	"sync"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/posthog"
)

// Options are what an index keeps. The zero value keeps every property that is not null, and no links.
type Options struct {
	// Keep says which person properties are folded, by their plain key. Nil keeps all. It must keep `email` for the
	// choices that rest on an email, and `cio_id` for ByCioID. Called from many goroutines, and its answer for a key
	// is remembered.
	Keep func(key []byte) bool
	// DropDollar drops every property whose key begins with a $ without asking Keep: most of a snapshot's are such.
	DropDollar bool
	// KeepNull keeps properties whose value is null; by default they are dropped.
	KeepNull bool
	// Links remembers which IDs each $identify joined, for Choice.Merges.
	Links bool
}

// Index learns who is who during the first reading. Make one with NewIndex.
type Index struct {
	options  Options
	idSeed   maphash.Seed
	sumSeeds [2]maphash.Seed
	shards   [shardCount]shard
}

const (
	shardBits  = 6
	shardCount = 1 << shardBits
)

// shard holds the IDs whose hash begins with its number, and all that is known of them.
type shard struct {
	mu     sync.Mutex
	ids    idTable
	states stateTable
	keys   keyTable
	work   scratch
	links  map[pair]uint64 // Ref of the first row that asked for the link
}

// NewIndex returns an empty index.
func NewIndex(o Options) *Index {
	x := &Index{
		options:  o,
		idSeed:   maphash.MakeSeed(),
		sumSeeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
	}
	for i := range x.shards {
		x.shards[i].keys = newKeyTable(o.Keep, o.DropDollar)
	}
	return x
}

// place names an entry of an index: its shard and its number there.
type place uint32

func placeOf(shard uint64, number uint32) place { return place(number<<shardBits) | place(shard) }

func (p place) shard() int     { return int(p & (shardCount - 1)) }
func (p place) number() uint32 { return uint32(p >> shardBits) }

func (x *Index) entry(p place) *entry { return x.shards[p.shard()].ids.at(p.number()) }

// hash returns the ID's hash and the shard it belongs to.
func (x *Index) hash(id []byte) (hash, shard uint64) {
	hash = maphash.Bytes(x.idSeed, id)
	return hash, hash >> (64 - shardBits)
}

// sum is a hash wide enough to be trusted without a look at what was hashed. Its seeds change with each index.
type sum [2]uint64

func (x *Index) sum(b []byte) sum {
	return sum{maphash.Bytes(x.sumSeeds[0], b), maphash.Bytes(x.sumSeeds[1], b)}
}

// Observe learns from one row. sends says whether the row would be sent as an event if its person is. It may be called
// from many goroutines at once and in any order of rows: the result is a function of the set of rows. Everything in e
// is copied as far as it is needed.
func (x *Index) Observe(e *posthog.Event, sends bool) {
	own, anonymous, linked := x.observeOthers(e)
	if string(e.Name) == "$groupidentify" {
		// Its distinct ID is the group's, random, or somebody's who has rows of their own.
		if own != 0 {
			x.mark(e.DistinctID, own)
		}
		return
	}
	own |= marksOf(e, sends)

	var snapshot xxh3.Uint128 // outside the lock, because it takes longer than all the rest
	if !e.Personless && e.PersonProperties != nil {
		snapshot = xxh3.Hash128(e.PersonProperties)
	}
	hash, number := x.hash(e.DistinctID)
	sh := &x.shards[number]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	i, legal := sh.ids.findOrAdd(hash, e.DistinctID)
	if !legal {
		return
	}
	en := sh.ids.at(i)
	en.marks |= own
	en.first = min(en.first, e.Ref)
	if sends && en.events < math.MaxUint32 {
		en.events++
	}
	if !e.Personless {
		sh.learn(en, e, snapshot)
	}
	if linked && own&wasIdentify != 0 {
		sh.link(pair{i, anonymous}, e.Ref)
	}
}

// observeOthers marks the other IDs that a row names. It returns what it says by that of its own distinct ID, and the
// place of its anonymous ID if that is another, legal, and links are wanted.
func (x *Index) observeOthers(e *posthog.Event) (own marks, anonymous place, linked bool) {
	if e.DeviceID != nil {
		if bytes.Equal(e.DeviceID, e.DistinctID) {
			own |= wasDevice
		} else {
			x.mark(e.DeviceID, wasDevice)
		}
	}
	if e.AnonDistinctID != nil {
		if bytes.Equal(e.AnonDistinctID, e.DistinctID) {
			own |= wasAnonymous
		} else {
			anonymous, linked = x.mark(e.AnonDistinctID, wasAnonymous)
		}
	}
	return own, anonymous, linked && x.options.Links
}

// mark notes what a row says of an ID other than its distinct ID. It reports false for an illegal ID.
func (x *Index) mark(id []byte, m marks) (place, bool) {
	hash, number := x.hash(id)
	sh := &x.shards[number]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	i, legal := sh.ids.findOrAdd(hash, id)
	if !legal {
		return 0, false
	}
	sh.ids.at(i).marks |= m
	return placeOf(number, i), true
}

// eachShard calls f once for every shard, several at a time.
func (x *Index) eachShard(f func(number int, sh *shard)) {
	parallel(shardCount, func(i int) { f(i, &x.shards[i]) })
}
