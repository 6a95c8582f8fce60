package people

import (
	"context"
	"iter"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// directed is an accepted $identify or $merge_dangerously, by the nodes of its IDs. Its target is rather the
// kept ID than its source.
type directed struct {
	target, source uint32
	dangerous      bool
}

// directedLinks collect those directed links that can decide something, which few do: every
// $merge_dangerously, because only that makes one of two identified profiles, and each $identify between two
// IDs either of which might be kept. newDirectedLinks makes one.
type directedLinks struct {
	nodes         *nodes
	all           []directed
	keepable      parallel.Bitset // nodes whose IDs might be kept before others
	keepableLater parallel.Bitset // nodes whose IDs might be so in a later run
}

// newDirectedLinks returns an empty collection.
func newDirectedLinks(nodes *nodes) *directedLinks {
	size := nodes.count()/64 + 1
	return &directedLinks{nodes: nodes, keepable: make(parallel.Bitset, size), keepableLater: make(parallel.Bitset, size)}
}

// noteKeepable notes whether an ID might be kept before others. Now it might if it is identified or has a
// profile, in a later run also if it does not look as if a machine had made it.
func (d *directedLinks) noteKeepable(node uint32, f *idFacts, text []byte) {
	now := f.flags.identified() || f.flags&wasSent != 0 || d.nodes.x.options.Existing.hasID(text)
	if now {
		d.keepable.Add(uint64(node))
	}
	if now || f.flags&machineShaped == 0 {
		d.keepableLater.Add(uint64(node))
	}
}

// note adds a link that was accepted.
func (d *directedLinks) note(one *step) {
	if one.kind == identity.Alias || one.again {
		return
	}
	if one.kind == identity.Dangerously || bothIn(d.keepableLater, one.a, one.b) {
		d.all = append(d.all, directed{one.a, one.b, one.kind == identity.Dangerously})
	}
}

// bothIn reports whether both nodes are in a set.
func bothIn(set parallel.Bitset, a, b uint32) bool { return set.Has(uint64(a)) && set.Has(uint64(b)) }

// remember writes the links of this run for later runs, except those that are in the log of earlier ones,
// which may be nil.
func (d *directedLinks) remember(later *laterRuns, earlier *spool.Log) error {
	if !later.wanted() {
		return nil
	}
	known := map[directed]bool{}
	for one, err := range d.restored(earlier) {
		if err != nil {
			return err
		}
		known[one] = true
	}
	for _, one := range d.all {
		if known[one] {
			continue
		}
		entry := []byte{0}
		if one.dangerous {
			entry[0] = 1
		}
		entry = d.nodes.sumOf(one.target).append(entry)
		later.add(directedEntry, d.nodes.sumOf(one.source).append(entry))
	}
	return nil
}

// restored yields the links between known IDs that earlier runs have written to a log; nil is none. An error
// is the last thing yielded.
func (d *directedLinks) restored(earlier *spool.Log) iter.Seq2[directed, error] {
	return func(yield func(directed, error) bool) {
		if earlier == nil {
			return
		}
		for entry, err := range earlier.All() {
			if err != nil {
				yield(directed{}, err)
				return
			}
			target, known1 := d.nodes.of(readSum(entry[1:]))
			source, known2 := d.nodes.of(readSum(entry[1+sumSize:]))
			if known1 && known2 && !yield(directed{target, source, entry[0] != 0}, nil) {
				return
			}
		}
	}
}

// restore adds the links that earlier runs have written to a log, and drops the log; nil is none.
func (d *directedLinks) restore(earlier *spool.Log) error {
	for one, err := range d.restored(earlier) {
		if err != nil {
			return err
		}
		d.all = append(d.all, one)
	}
	if earlier != nil {
		earlier.Drop()
	}
	return nil
}

// deciding returns the links that can decide something in this run, and ends the collecting.
func (d *directedLinks) deciding() []directed {
	all := slices.DeleteFunc(d.all, func(one directed) bool { return !one.dangerous && !bothIn(d.keepable, one.target, one.source) })
	d.all, d.keepable, d.keepableLater = nil, nil, nil
	return all
}

// targets are what directed links say about the choice of the kept ID, by nodes.
type targets struct {
	dangers map[uint32][]uint32 // by the source of a $merge_dangerously: its targets
	sources map[uint32]bool     // IDs that are the source of a link whose target is as good a kept ID

	// merged has IDs of links whose profiles were merged, with the profile that each went into. That is the
	// zero value for a visitor's ID: what names it does not name somebody who is identified.
	merged map[uint32]ProfileName
}

// findTargets works out the targets of directed links. ranker says how good their IDs are as kept IDs, apart
// from links.
func findTargets(ctx context.Context, nodes *nodes, links *directedLinks, fit *idRanker) (*targets, error) {
	t := &targets{map[uint32][]uint32{}, map[uint32]bool{}, map[uint32]ProfileName{}}
	all := links.deciding()
	if len(all) == 0 {
		return t, nil
	}
	named := map[uint32]bool{}
	for _, d := range all {
		named[d.target], named[d.source] = true, true
		if d.dangerous {
			t.dangers[d.source] = append(t.dangers[d.source], d.target)
		}
	}
	var lock sync.Mutex
	ranks := map[uint32]identity.Rank{}
	err := nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		if named[node] {
			rank := fit.rank(node, f, text).Rank
			into, merged := fit.merged.into(node, f, text)
			lock.Lock()
			defer lock.Unlock()
			ranks[node] = rank
			switch {
			case !merged:
			case f.flags.identified() || !f.flags.machine():
				t.merged[node] = into
			case f.flags&wasSent != 0:
				t.merged[node] = ProfileName{}
			}
		}
		return nil
	})
	for _, d := range all {
		if ranks[d.target] == ranks[d.source] {
			t.sources[d.source] = true
		}
	}
	return t, err
}

// dangerous reports whether a $merge_dangerously links two IDs, in either direction.
func (t *targets) dangerous(a, b uint32) bool {
	return slices.Contains(t.dangers[a], b) || slices.Contains(t.dangers[b], a)
}
