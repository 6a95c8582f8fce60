package people

import (
	"context"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// directed is a link of which the target counts: an $identify or a $merge_dangerously, accepted, by the nodes
// of its IDs.
type directed struct {
	target, source uint32
	dangerous      bool
}

// directedLinks are kept where they can decide something, which is rarely: every $merge_dangerously, since it
// alone lets two profiles become one, and an $identify between two IDs each of which could be kept. Make them
// with newDirectedLinks.
type directedLinks struct {
	nodes         *nodes
	all           []directed
	keepable      parallel.Bitset // of nodes: the ID could be kept before others
	keepableLater parallel.Bitset // the same, in a later run
}

func newDirectedLinks(nodes *nodes) *directedLinks {
	size := nodes.count()/64 + 1
	return &directedLinks{nodes: nodes, keepable: make(parallel.Bitset, size), keepableLater: make(parallel.Bitset, size)}
}

// noteKeepable notes an ID that could be kept before others: now, because it is identified or there is a
// profile under it, or in a later run, because it does not look as if a machine had made it.
func (d *directedLinks) noteKeepable(node uint32, f *idFacts, text []byte) {
	now := f.flags.identified() || f.flags&wasSent != 0 || d.nodes.x.options.Existing.hasID(text)
	if now {
		d.keepable.Add(uint64(node))
	}
	if now || f.flags&machineShaped == 0 {
		d.keepableLater.Add(uint64(node))
	}
}

// note takes a link that was accepted.
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

// remember keeps those of this run for later ones.
func (d *directedLinks) remember(later *laterRuns) {
	if !later.wanted() {
		return
	}
	for _, one := range d.all {
		entry := []byte{0}
		if one.dangerous {
			entry[0] = 1
		}
		entry = d.nodes.sumOf(one.target).append(entry)
		later.add(directedEntry, d.nodes.sumOf(one.source).append(entry))
	}
}

// restore adds the links of earlier runs, nil for none.
func (d *directedLinks) restore(earlier *spool.Log) error {
	if earlier == nil {
		return nil
	}
	for entry, err := range earlier.All() {
		if err != nil {
			return err
		}
		target, known1 := d.nodes.of(readSum(entry[1:]))
		source, known2 := d.nodes.of(readSum(entry[1+sumSize:]))
		if known1 && known2 {
			d.all = append(d.all, directed{target, source, entry[0] != 0})
		}
	}
	earlier.Drop()
	return nil
}

// deciding returns those that can decide something now, and ends the collecting.
func (d *directedLinks) deciding() []directed {
	all := slices.DeleteFunc(d.all, func(one directed) bool { return !one.dangerous && !bothIn(d.keepable, one.target, one.source) })
	d.all, d.keepable, d.keepableLater = nil, nil, nil
	return all
}

// targets are what directed links say of which ID is to be kept.
type targets struct {
	dangers map[uint32][]uint32 // by the source of a $merge_dangerously: its targets
	sources map[uint32]bool     // IDs that are the source of a link to one that is as good to keep
}

// findTargets works out which IDs are the source of a link to another one that is as good to keep. fit says
// how good they are apart from links.
func findTargets(ctx context.Context, nodes *nodes, links *directedLinks, fit *idRanker) (*targets, error) {
	t := &targets{map[uint32][]uint32{}, map[uint32]bool{}}
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
			lock.Lock()
			defer lock.Unlock()
			ranks[node] = rank
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

// dangerous reports whether a $merge_dangerously names both IDs, either way round.
func (t *targets) dangerous(a, b uint32) bool {
	return slices.Contains(t.dangers[a], b) || slices.Contains(t.dangers[b], a)
}
