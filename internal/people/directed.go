package people

import (
	"slices"

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
func (d *directedLinks) noteKeepable(node uint32, f *fact, text []byte) {
	now := f.marks.identified() || f.marks&wasSent != 0 || d.nodes.x.options.Existing.hasID(text)
	if now {
		d.keepable.Add(uint64(node))
	}
	if now || f.marks&machineShaped == 0 {
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
