package people

import (
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
