package people

import (
	"context"
	"slices"
	"sync"

	"ph2cio/internal/identity"
)

// targets are what directed links say of which ID is to be kept.
type targets struct {
	dangers map[uint32][]uint32 // by the source of a $merge_dangerously: its targets
	sources map[uint32]bool     // IDs that are the source of a link to one that is as good to keep
}

// findTargets works out which IDs are the source of a link to another one that is as good to keep. fit says
// how good they are apart from links.
func findTargets(ctx context.Context, nodes *nodes, links *directedLinks, fit *fitness) (*targets, error) {
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
	err := nodes.each(ctx, func(node uint32, f *fact, text []byte) error {
		if named[node] {
			rank := fit.of(node, f, text).Rank
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
