package people

import "iter"

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
