package people

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"ph2cio/internal/spool"
)

// PostHog's libraries repeat one link many times, and only its first row decides anything. After that row
// both IDs have a person, the person of the target is identified, and nothing undoes either. If the row
// joined the two IDs, they are joined when the others come; if it was refused, the others are refused too,
// unless something else joins the two. There are two exceptions. A link that a persons export refuses up to
// the export's time may be accepted after it. And MergeIdentify needs the last row too, since for it a link
// counts that was accepted at any time.

// noteLink adds a link to its shard. If there may be many that decide nothing, it drops those. The caller
// holds the shard's lock.
func (x *Index) noteLink(sh *shard, l *link) {
	sh.addLink(l)
	if sh.links.Len() < cmp.Or(sh.distinctAt, x.fewLinks) {
		return
	}
	if x.options.Trace != nil || !sh.links.InMemory() {
		sh.setDistinctAt(math.MaxInt64) // all links are needed, or they take no memory
		return
	}
	all := make([]link, 0, sh.links.Len())
	for entry := range sh.links.All() { // no error, since the log is in memory
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
	sh.setDistinctAt(max(x.fewLinks, sh.links.Len()*5/4))
}

// newLinkSorter returns a sorter of links.
func (x *Index) newLinkSorter() *spool.Sorter[link] {
	return &spool.Sorter[link]{
		Space: x.space, Most: mostSorted(x.memory, stepBytes),
		Compare: func(a, b *link) int { return a.compare(b) },
		Append:  func(dst []byte, l *link) []byte { return l.append(dst) },
		Read:    readLink,
	}
}

// sortedLinks yields the links of a shard, sorted by all, and empties the shard's log of links.
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

// distinct yields those of sorted links that decide something: the first row of each link, and its first row
// after the persons export. With Options.Repeats the last row comes too, and with Options.Trace all rows;
// these are marked as again.
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

// follows reports whether a row of a link must have the same outcome as the row before.
func (l *link) follows(before *link, p *persons) bool {
	if l.target != before.target || l.source != before.source || l.kind != before.kind {
		return false
	}
	return p == nil || before.at.At > p.at() || l.at.At <= p.at()
}
