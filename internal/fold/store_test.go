package fold

import (
	"fmt"
	"math"
	"testing"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// TestMemoryDoesNotGrowWithRows feeds many rows of every kind to one ID.
func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *Row, i int){
		"snapshots": func(r *Row, i int) { r.Snapshot = fmt.Appendf(nil, `{"a":"%0*d"}`, 50+i%100, i) },
		"set":       func(r *Row, i int) { r.Set = fmt.Appendf(nil, `{"a":"%0*d"}`, 50+i%100, i) },
		"once":      func(r *Row, i int) { r.SetOnce = fmt.Appendf(nil, `{"a":%d}`, i) },
		"unset":     func(r *Row, i int) { r.Unset = fmt.Appendf(nil, `["a","b"]`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewStore(NewKeys(KeyOptions{}), nil, math.MaxInt)
			most, state := 0, uint32(0)
			for i := range 20_000 {
				r := Row{At: ChangeOrder{Order: identity.Order{At: int64(i * 7919 % 20_000)}, Stamp: identity.NoTime, Ref: uint64(i)}}
				change(&r, i)
				if r.Snapshot != nil {
					r.Members = rawjson.WalkMembers(nil, r.Snapshot)
					r.Hash()
				}
				state = s.Learn(state, 0, &r)
				most = max(most, cap(s.state(state).buf))
			}
			if most == 0 || most > 8_000 {
				t.Errorf("one ID took %d bytes, want some, and no more than 8,000", most)
			}
		})
	}
}
