package people

import (
	"iter"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

// entry returns the number and the facts of an ID, which it makes if need be; nil when the ID is illegal. The
// shard's lock is held, and the facts are valid as long as it is.
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
	f.marks = x.options.look(id)
	sh.texts.Append(id)
	return number, f
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

// putAway writes what a shard knows of its IDs to disk and forgets it. What comes later of the same IDs is
// put together with it by bringBack. The shard's lock is held.
func (x *Index) putAway(sh *shard) {
	sh.states.Forget(sh.ids.name)
	x.closePairs(sh)
	var b [factSize]byte
	for number := range sh.ids.count {
		sh.gone.Append(sh.ids.fact(number).append(sh.ids.hash(number).append(b[:0])))
	}
	sh.ids.clear()
}

// bringBack makes one table again of all that a shard has ever known of its IDs. Afterwards its facts are on
// disk, with their texts, and only numbers and sums in memory.
func (x *Index) bringBack(sh *shard) error {
	if sh.gone.Len() == 0 {
		return nil
	}
	x.putAway(sh)
	sh.ids, sh.open = idTable{}, nil
	sh.states.DropMemory()
	facts, texts := sh.gone, sh.texts
	sh.gone, sh.texts = x.space.NewLog(), x.space.NewLog()
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
		h, f := readSum(entry), readFact(entry[sumSize:])
		number, found := sh.ids.find(h)
		if found {
			sh.ids.fact(number).add(&f)
			continue
		}
		_, fresh := sh.ids.add(h)
		*fresh = f
		sh.texts.Append(text)
	}
	facts.Drop()
	texts.Drop()
	return x.settleFacts(sh)
}

// settleFacts puts a shard's facts on disk, each with its text, where eachFact finds them.
func (x *Index) settleFacts(sh *shard) error {
	sh.onDisk = true
	var b [factSize]byte
	number := uint32(0)
	for text, err := range sh.texts.All() {
		if err != nil {
			return err
		}
		sh.gone.Append(sh.ids.fact(number).append(b[:0]), text)
		number++
	}
	sh.texts.Drop()
	sh.ids.facts = nil
	return x.space.Err()
}

// closePairs notes the pairs of a shard that are open. Its lock is held.
func (x *Index) closePairs(sh *shard) {
	for number := range sh.open {
		if f := sh.ids.fact(uint32(number)); f.person != 0 {
			x.pairs.note(&pair{person: sh.open[number].person, id: *sh.ids.hash(uint32(number)), span: sh.open[number].span})
		}
	}
	sh.open = sh.open[:0]
}
