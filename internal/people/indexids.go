package people

import (
	"iter"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

// entry returns the number and the facts of an ID. It adds the ID to the shard if it is new there. f is nil
// if the ID is illegal. The caller holds the shard's lock, and f is valid until it releases the lock.
func (x *Index) entry(sh *shard, h sum, id []byte) (number uint32, f *idFacts) {
	if number, found := sh.ids.find(h); found {
		return number, sh.ids.factsOf(number)
	}
	if posthog.IllegalID(id) {
		return 0, nil
	}
	if int(sh.ids.count)*idBytes+sh.states.Count()*stateBytes >= x.mostIDs {
		x.spillIDs(sh)
	}
	number, f = sh.ids.add(h, newIDFacts(x.options.flagsOf(id)))
	sh.texts.Append(id)
	return number, f
}

// addFlags adds flags to those of an ID.
func (x *Index) addFlags(id []byte, m idFlags) {
	h := x.sum(id)
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, f := x.entry(sh, h, id); f != nil {
		f.set(m)
	}
}

// noteInLink notes that an ID is one of the two of a link.
func (x *Index) noteInLink(h sum, id []byte, at identity.Moment) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, f := x.entry(sh, h, id); f != nil {
		f.noteFirst(inLink, at)
	}
}

// countEvent counts a row that is sent as an event if other rows show who its distinct ID is.
func (x *Index) countEvent(id []byte) {
	h := x.sum(id)
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, f := x.entry(sh, h, id); f != nil {
		f.countEvent(true)
	}
}

// spillIDs writes what a shard knows of its IDs to disk and forgets it. readBack combines it with what is
// learnt later. The caller holds the shard's lock.
func (x *Index) spillIDs(sh *shard) {
	sh.states.Forget(sh.ids.name)
	x.closePairs(sh)
	var b [idFactsSize]byte
	for number := range sh.ids.count {
		sh.spilled.Append(sh.ids.factsOf(number).append(sh.ids.hash(number).append(b[:0])))
	}
	sh.ids.clear()
}

// readBack makes one table of all that a shard has ever known of its IDs, if it has spilled any. Afterwards
// the facts are on disk, with the texts of the IDs, and only the IDs' numbers and sums are in memory.
func (x *Index) readBack(sh *shard) error {
	if sh.spilled.Len() == 0 {
		return nil
	}
	x.spillIDs(sh)
	facts, texts := sh.startOver(x.space)
	next, stop := iter.Pull2(texts.All())
	defer stop()
	for entry, err := range facts.All() {
		if err != nil {
			return err
		}
		text, err, _ := next()
		if err != nil {
			return err
		}
		h, f := readSum(entry), readIDFacts(entry[sumSize:])
		number, found := sh.ids.find(h)
		if found {
			sh.ids.factsOf(number).add(&f)
			continue
		}
		sh.ids.add(h, f)
		sh.texts.Append(text)
	}
	facts.Drop()
	texts.Drop()
	return x.storeFacts(sh)
}

// storeFacts writes a shard's facts to disk, each with the text of its ID, for eachID.
func (x *Index) storeFacts(sh *shard) error {
	var b [idFactsSize]byte
	number := uint32(0)
	for text, err := range sh.texts.All() {
		if err != nil {
			return err
		}
		sh.spilled.Append(sh.ids.factsOf(number).append(b[:0]), text)
		number++
	}
	sh.factsAreStored()
	return x.space.Err()
}

// closePairs writes the open pairs of a shard to their logs. The caller holds the shard's lock.
func (x *Index) closePairs(sh *shard) {
	for number := range sh.open {
		if f := sh.ids.factsOf(uint32(number)); f.lastPerson != 0 {
			x.pairs.note(&pair{person: sh.open[number].person, id: *sh.ids.hash(uint32(number)), span: sh.open[number].span})
		}
	}
	sh.open.clear()
}
