package people

import (
	"context"
	"sync"

	"ph2cio/internal/parallel"
)

// doubts are the IDs that share a person_id with others on rows that make nobody, as far as is known. They
// keep it if any other row of theirs is found.
type doubts struct {
	mu sync.Mutex
	of map[sum]bool // whether there is no other
}

// add takes the IDs that had one person_id.
func (d *doubts) add(pairs []met) {
	for id := range runs(pairs, func(a, b *met) bool { return a.id == b.id }) {
		if id[0].flags&pairLonely == 0 { // the others come behind
			continue
		}
		d.mu.Lock()
		d.of[id[0].id] = true
		d.mu.Unlock()
	}
}

// resolve looks for other rows of the IDs: in what is known of them, and in the pairs of visitors.
func (d *doubts) resolve(ctx context.Context, x *Index) error {
	if len(d.of) == 0 {
		return nil
	}
	none := func(h sum) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.of[h] {
			d.of[h] = false
		}
	}
	err := x.eachShard(ctx, func(_ uint32, sh *shard) error {
		return sh.eachFact(func(_ uint32, f *fact, text []byte) error {
			if f.marks&plainRow != 0 {
				none(x.sum(text))
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return parallel.EachUntilError(ctx, shardCount, func(i int) error {
		var room textRoom
		for entry, err := range x.pairs.all[i].log.All() {
			if err != nil {
				return err
			}
			if p, _ := readPair(entry, &room, x.seed); p.flags&pairLonely == 0 {
				none(p.id)
			}
		}
		return nil
	})
}
