package people

import (
	"encoding/binary"
	"iter"
	"math"

	"ph2cio/internal/identity"
)

// putAway writes what a shard knows of its IDs to disk and forgets it. What comes later of the same IDs is put together
// with it by bringBack. The shard's lock is held.
func (x *Index) putAway(sh *shard) {
	sh.states.Forget(sh.ids.name)
	x.closePairs(sh)
	var b [factSize]byte
	for number := range sh.ids.count {
		sh.gone.Append(sh.ids.fact(number).append(sh.ids.hash(number).append(b[:0])))
	}
	sh.ids.clear()
}

// bringBack makes one table again of all that a shard has ever known of its IDs. Afterwards its facts are on disk, with
// their texts, and only numbers and sums in memory.
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

// eachFact calls f with each ID of a shard, in order of their numbers; its fact and text are valid until it returns.
func (sh *shard) eachFact(f func(number uint32, fact *fact, text []byte) error) error {
	log := sh.texts
	if sh.onDisk {
		log = sh.gone
	}
	number := uint32(0)
	var onDisk fact
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		var one *fact
		text := entry
		if sh.onDisk {
			onDisk, text = readFact(entry), entry[factSize-sumSize:]
			one = &onDisk
		} else {
			one = sh.ids.fact(number)
		}
		if sh.others.Has(uint64(number)) {
			one.marks |= otherRow
		}
		if sh.anonymous.Has(uint64(number)) {
			one.marks |= wasAnonymous
		}
		if err := f(number, one, text); err != nil {
			return err
		}
		number++
	}
	return nil
}

// add takes in what else is known of the same ID.
func (f *fact) add(o *fact) {
	switch {
	case o.marks&hasPerson != 0:
		f.came(hasPerson, o.first)
	case o.marks&inLink != 0:
		f.came(inLink, o.first)
	default:
		f.came(0, o.first)
	}
	f.known = earlier(f.known, o.known)
	f.marks |= o.marks
	f.ref = min(f.ref, o.ref)
	f.events = uint32(min(uint64(f.events)+uint64(o.events), math.MaxUint32))
}

const factSize = sumSize + 16 + 16 + 8 + 4 + 4

func (f *fact) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.first.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.first.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.known.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.known.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, f.ref)
	dst = binary.LittleEndian.AppendUint32(dst, f.events)
	return binary.LittleEndian.AppendUint32(dst, uint32(f.marks))
}

func readFact(b []byte) fact {
	return fact{
		first:  identity.Moment{At: int64(binary.LittleEndian.Uint64(b)), UUID: binary.LittleEndian.Uint64(b[8:])},
		known:  identity.Moment{At: int64(binary.LittleEndian.Uint64(b[16:])), UUID: binary.LittleEndian.Uint64(b[24:])},
		ref:    binary.LittleEndian.Uint64(b[32:]),
		events: binary.LittleEndian.Uint32(b[40:]),
		marks:  marks(binary.LittleEndian.Uint32(b[44:])),
	}
}
