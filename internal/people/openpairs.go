package people

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/fold"
	"ph2cio/internal/posthog"
)

// share notes the person_id of a row.
func (x *Index) share(sh *shard, number uint32, f *fact, h sum, e *posthog.Event, at *fold.Order) {
	if e.PersonID == nil || x.options.Separate || f.marks&neverOne != 0 {
		return
	}
	last := f.person
	f.person = xxh3.Hash(e.PersonID) | 1 // 0 is none
	if !x.pairs.spans {
		if f.person != last {
			x.pairs.note(&pair{person: x.sum(e.PersonID), id: h})
		}
		return
	}
	for int(number) >= len(sh.open) {
		sh.open = append(sh.open, openPair{})
	}
	now := openPair{x.sum(e.PersonID), x.pairs.spanOf(e, at)}
	open := &sh.open[number]
	if last == f.person {
		open.span.extend(&now.span)
		return
	}
	if last != 0 {
		x.pairs.note(&pair{person: open.person, id: h, span: open.span})
	}
	*open = now
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
