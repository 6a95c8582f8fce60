// Package people is the first reading's result: who is in an export, each person's final attributes, and who is sent.
//
// What rows say of distinct IDs is collected in shards, by a hash of the ID. Links between IDs, and which of them shared a
// person_id, go to logs. Settle then joins the IDs into people, folds the attributes of each, and chooses who is sent. What
// takes more room than Options.Memory goes to disk.
package people

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"os"
	"ph2cio/internal/fold"
	"sync"
	"sync/atomic"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Index learns who is who during the first reading. Make one with NewIndex.
type Index struct {
	options Options
	seed    uint64
	space   *spool.Space
	keys    *fold.Keys
	persons *persons // nil without a persons export
	shards  [shardCount]shard
	pairs   [shardCount]pairLog
	mostIDs int // bytes of what a shard knows of IDs
	memory  int64
	now     int64 // Options.Now

	fewLinks int64 // that a shard keeps whatever they say

	forLater       *spool.Space // of learnt, none of it in memory
	learnt         *spool.Log   // what was learnt from rows, for a later run; nil when nobody wants it
	machineTargets atomic.Bool  // an $identify may have named an ID that a machine made as the user's

	knowing   sync.Mutex // of learnt, while visitors are made known
	joined    *spool.Log // who was one person before this run; nil for nobody
	live      liveProfiles
	directed  *spool.Log // links of which the target counts, of earlier runs; nil for none
	sentCount uint32     // people who were sent before this run
}

const (
	shardBits  = 6
	shardCount = 1 << shardBits
)

// shard holds the IDs whose sum begins with its number, and all that is known of them.
type shard struct {
	mu        sync.Mutex
	ids       idTable
	texts     *spool.Log      // of the IDs, in their order, those that went to disk before included
	gone      *spool.Log      // facts of IDs that went to disk; after bringBack all of them, with their texts
	onDisk    bool            // after bringBack: they are there and not in ids
	others    parallel.Bitset // of numbers: a visitor's row shows otherRow
	anonymous parallel.Bitset // the same: an accepted $identify shows wasAnonymous
	states    fold.Store
	sent      *spool.Log // people who were sent before this run; nil for nobody
	links     *spool.Log
	thin      int64 // links at which those that decide nothing are let go
	open      openPairs
	sample    sample
	recent    recentPairs
	room      []byte // for entries of links and sent
}

// NewIndex returns an empty index, which must be closed.
func NewIndex(o Options) *Index {
	memory := cmp.Or(o.Memory, defaultMemory)
	x := &Index{
		options: o, seed: cmp.Or(o.Seed, newSeed()), memory: memory, now: cmp.Or(o.Now, math.MaxInt64),
		space:    spool.NewSpace(cmp.Or(o.Dir, os.TempDir()), min(memory/spooledShare, mostSpooled)),
		forLater: spool.NewSpace(cmp.Or(o.Dir, os.TempDir()), 0),
		mostIDs:  int(max(memory/idsShare/shardCount, 16*idBytes)),
		fewLinks: 128,
		keys:     keysOf(&o),
	}
	mostBuf := int(max(min(memory/statesShare, mostStates)/shardCount, 1024))
	for i := range x.shards {
		sh := &x.shards[i]
		sh.texts, sh.links, sh.gone = x.space.NewLog(), x.space.NewLog(), x.space.NewLog()
		sh.states = fold.NewStore(x.keys, x.space.NewLog(), mostBuf)
		x.pairs[i].log = x.space.NewLog()
	}
	if o.Persons {
		x.persons = newPersons(x)
	}
	return x
}

// What an ID and the fixed part of a state take in memory, with a slot and what the collector may leave.
const (
	idBytes    = 96
	stateBytes = 128
)

// Close gives back what the index, and what was settled from it, have on disk.
func (x *Index) Close() error { return errors.Join(x.space.Close(), x.forLater.Close()) }

// Overflowed reports whether something did not fit into memory and is on disk.
func (x *Index) Overflowed() bool { return x.space.OnDisk() > 0 }

// Err is trouble with the disk; what is observed after it is lost.
func (x *Index) Err() error { return cmp.Or(x.space.Err(), x.forLater.Err()) }

// Observe learns from one row. sends says whether the row would be sent as an event if its person is. It may be called
// from many goroutines at once and in any order of rows: the result is a function of the set of rows. Everything in e
// is copied as far as it is needed.
func (x *Index) Observe(e *posthog.Event, sends bool) { x.observe(e, sends, wasFit) }

// ObserveRejected is Observe for a row that cannot be sent, whoever its person is: a person with no other
// rows is not sent.
func (x *Index) ObserveRejected(e *posthog.Event) { x.observe(e, false, 0) }

func (x *Index) observe(e *posthog.Event, sends bool, fit marks) {
	x.observeMachines(e)
	switch {
	case string(e.Name) == "$groupidentify":
		return // its distinct ID is the group's, random, or somebody's who has rows of their own
	case posthog.FeedsNobody(e.Name):
		if sends {
			x.countEvent(e.DistinctID)
		}
		x.noteVisited(e)
		return
	}
	h := x.sum(e.DistinctID)
	sh := &x.shards[h.shard()]
	known := knownBy(e)
	if e.Personless && !known && !x.options.Everybody && !(sends && x.options.Events) && !x.ofUser(e.DistinctID) && !x.asksFor(e.DistinctID) {
		if posthog.MakesNobody(e.Name) {
			x.noteVisited(e)
		} else {
			x.visit(sh, h, sends, e)
		}
		x.noteLive(e.DistinctID)
		return
	}
	var l link
	at := orderOf(e, x.now)
	linked := !e.Personless && !x.options.Separate && x.linkOf(e, h, &at, &l)
	if linked {
		x.mention(l.source, l.sourceText, at.Moment())
	}
	var row fold.Row
	if !e.Personless {
		row = attributeRowOf(e, &at, x.now, x.options.PersonIDs)
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	number, f := x.entry(sh, h, e.DistinctID)
	if f == nil {
		return
	}
	f.learn(e, known, sends, linked, at.Moment())
	f.marks |= fit
	if linked {
		f.marks |= wasTarget
		if l.kind == identity.Identify && (e.WebVisitor || posthog.MachineMade(e.DistinctID)) {
			x.machineTargets.Store(true)
		}
		x.keepLink(sh, &l)
	}
	x.share(sh, number, f, h, e, &at)
	if !e.Personless {
		sh.learnAttributes(number, f, &row)
	}
}

// learn takes what a row says of its distinct ID.
func (f *fact) learn(e *posthog.Event, known, sends, linked bool, at identity.Moment) {
	var level marks
	makes := !posthog.MakesNobody(e.Name)
	if !e.Personless {
		level = hasPerson
		if string(e.Name) == "$identify" {
			f.marks |= wasIdentify
		}
		if makes {
			f.marks |= madePerson
		}
	}
	if known {
		f.marks |= wasKnown
		f.known = earlier(f.known, at)
	}
	if userOf(e) {
		f.marks |= wasUser
	}
	f.learnPlain(e)
	if bytes.Equal(e.DeviceID, e.DistinctID) {
		f.marks |= wasDevice
	}
	f.came(level, at)
	if linked {
		f.came(inLink, at)
	}
	if makes {
		f.ref = min(f.ref, e.Ref)
	}
	f.count(sends)
}

// learnAttributes takes what a row with a person says of its attributes. The shard's lock is held.
func (sh *shard) learnAttributes(number uint32, f *fact, r *fold.Row) {
	if f.state = sh.states.Learn(f.state, number, r); f.state != 0 {
		f.marks |= hasState
	}
	if sh.states.Full() {
		sh.states.Spill(sh.ids.name)
	}
}

func (f *fact) count(sends bool) {
	if sends && f.events < math.MaxUint32 {
		f.events++
	}
}

// countEvent counts a row that says nothing of its distinct ID, and is sent if others make that somebody.
func (x *Index) countEvent(id []byte) {
	h := x.sum(id)
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, f := x.entry(sh, h, id); f != nil {
		f.count(true)
	}
}

// learnPlain takes whether a row is posthog-js's of a visitor.
func (f *fact) learnPlain(e *posthog.Event) {
	f.marks |= plainRow
	switch {
	case !e.WebVisitor:
		f.marks |= otherRow
	case !e.Personless && f.marks&(machineShaped|otherRow|saidEmail) == 0 && saysEmail(e):
		f.marks |= saidEmail
	}
}

// saysEmail reports whether a row says an email of its person.
func saysEmail(e *posthog.Event) bool {
	return hasEmailIn(e.Set) || hasEmailIn(e.SetOnce) || hasEmailIn(e.PersonProperties)
}

// hasEmailIn reports whether a JSON object has a plausible email; of several the last counts.
func hasEmailIn(object []byte) (has bool) {
	m := rawjson.Walk(object)
	for key, value, ok := m.Next(); ok; key, value, ok = m.Next() {
		if string(key) == `"email"` {
			has = PlausibleEmail(trimmed(value))
		}
	}
	return has
}

// ofUser reports whether an ID has the form of the user's own.
func (x *Index) ofUser(id []byte) bool { return x.options.UserID != nil && x.options.UserID(id) }

// asksFor reports whether an ID is one of those that alone are sent.
func (x *Index) asksFor(id []byte) bool { return x.options.Only != nil && x.options.Only(id) }

// observeMachines marks the ID that a row says was made by a machine, unless that shows by its form.
func (x *Index) observeMachines(e *posthog.Event) {
	if e.DeviceID != nil && !posthog.MachineMade(e.DeviceID) {
		x.mark(e.DeviceID, wasDevice)
	}
}

func (x *Index) mark(id []byte, m marks) {
	h := x.sum(id)
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, f := x.entry(sh, h, id); f != nil {
		f.marks |= m
	}
}

// mention notes that an ID is one of the two of a link.
func (x *Index) mention(h sum, id []byte, at identity.Moment) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, f := x.entry(sh, h, id); f != nil {
		f.came(inLink, at)
	}
}

// entry returns the number and the facts of an ID, which it makes if need be; nil when the ID is illegal. The shard's
// lock is held, and the facts are valid as long as it is.
func (x *Index) entry(sh *shard, h sum, id []byte) (number uint32, f *fact) {
	if number, found := sh.ids.find(h); found {
		return number, sh.ids.fact(number)
	}
	if posthog.IllegalID(id) {
		return 0, nil
	}
	if int(sh.ids.count)*idBytes+sh.states.Count()*stateBytes >= x.mostIDs {
		x.putAway(sh)
	}
	number, f = sh.ids.add(h)
	f.marks = x.look(id)
	sh.texts.Append(id)
	return number, f
}

// eachShard calls f once for every shard, several at a time, and returns what went wrong. It starts none once
// ctx is done.
func (x *Index) eachShard(ctx context.Context, f func(number uint32, sh *shard) error) error {
	return parallel.EachUntilError(ctx, shardCount, func(i int) error { return f(uint32(i), &x.shards[i]) })
}
