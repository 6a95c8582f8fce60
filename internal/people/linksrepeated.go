package people

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"ph2cio/internal/spool"
)

// PostHog's libraries say one link again and again, and only its first row decides anything: after it both
// IDs have a person, that of the target is identified, and nothing undoes either. If that row joined the two,
// the others find them joined; if it was refused, so are the others, until something else joins the two. A
// persons export draws a line: what it refuses up to its time may be right after it. The last row matters to
// MergeIdentify alone, for which a link counts that was true at any time.

// noteLink adds a link. When there may be many that decide nothing, it drops those. The shard's lock is held.
func (x *Index) noteLink(sh *shard, l *link) {
	sh.addLink(l)
	if sh.links.Len() < cmp.Or(sh.distinctAt, x.fewLinks) {
		return
	}
	if x.options.Trace != nil || !sh.links.InMemory() {
		sh.distinctAt = math.MaxInt64 // somebody asks for all of them, or they are not in the way
		return
	}
	all := make([]link, 0, sh.links.Len())
	for entry := range sh.links.All() { // no error: it is in memory
		all = append(all, readLink(entry))
	}
	slices.SortFunc(all, func(a, b link) int { return a.compare(&b) })
	sh.links.Drop()
	for l := range x.distinct(func(yield func(link, error) bool) {
		for i := range all {
			if !yield(all[i], nil) {
				return
			}
		}
	}) {
		sh.addLink(&l)
	}
	sh.distinctAt = max(x.fewLinks, sh.links.Len()*5/4)
}

// newLinkSorter returns what sorts links.
func (x *Index) newLinkSorter() *spool.Sorter[link] {
	return &spool.Sorter[link]{
		Space: x.space, Most: mostSorted(x.memory, stepBytes),
		Compare: func(a, b *link) int { return a.compare(b) },
		Append:  func(dst []byte, l *link) []byte { return l.append(dst) },
		Read:    readLink,
	}
}

// sortedLinks yields the links of a shard, sorted, and leaves it without any.
func (sh *shard) sortedLinks(all *spool.Sorter[link]) iter.Seq2[link, error] {
	return func(yield func(link, error) bool) {
		for entry, err := range sh.links.All() {
			if err != nil {
				yield(link{}, err)
				return
			}
			all.Add(readLink(entry))
		}
		sh.links.Drop()
		all.Sorted()(yield)
	}
}

// distinct yields of each link's rows, which must be sorted, those that decide: the first, and the first
// after the persons export. With Repeats the last comes too, with Trace all; they are marked as the same link
// again.
func (x *Index) distinct(sorted iter.Seq2[link, error]) iter.Seq2[link, error] {
	return func(yield func(link, error) bool) {
		var last link
		held := false // last has not been yielded
		for l, err := range sorted {
			l.again = err == nil && l.follows(&last, x.persons)
			if held && !l.again && !yield(last, nil) {
				return
			}
			held = l.again && x.options.Repeats && x.options.Trace == nil
			if (!l.again || x.options.Trace != nil) && !yield(l, err) {
				return
			}
			last = l
		}
		if held {
			yield(last, nil)
		}
	}
}

// follows reports whether a row can only come to what the row before it came to.
func (l *link) follows(before *link, p *persons) bool {
	if l.target != before.target || l.source != before.source || l.kind != before.kind {
		return false
	}
	return p == nil || before.at.At > p.at() || l.at.At <= p.at()
}
