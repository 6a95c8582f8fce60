package people

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
	for name, change := range map[string]func(r *attributeRow, i int){
		"snapshots": func(r *attributeRow, i int) { r.snapshot = fmt.Appendf(nil, `{"a":"%0*d"}`, 50+i%100, i) },
		"set":       func(r *attributeRow, i int) { r.set = fmt.Appendf(nil, `{"a":"%0*d"}`, 50+i%100, i) },
		"once":      func(r *attributeRow, i int) { r.setOnce = fmt.Appendf(nil, `{"a":%d}`, i) },
		"unset":     func(r *attributeRow, i int) { r.unset = fmt.Appendf(nil, `["a","b"]`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newAttributeStore(newKeyTable(keyOptions{}), nil, math.MaxInt)
			most, state := 0, uint32(0)
			for i := range 20_000 {
				r := attributeRow{at: order{Order: identity.Order{At: int64(i * 7919 % 20_000)}, stamp: identity.NoTime, ref: uint64(i)}}
				change(&r, i)
				if r.snapshot != nil {
					r.members = rawjson.WalkMembers(nil, r.snapshot)
					r.hash()
				}
				state = s.learn(state, 0, &r)
				most = max(most, cap(s.state(state).buf))
			}
			if most == 0 || most > 8_000 {
				t.Errorf("one ID took %d bytes, want some, and no more than 8,000", most)
			}
		})
	}
}
