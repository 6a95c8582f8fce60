package people

import (
	"math"

	"ph2cio/internal/posthog"
)

// sample counts those visitors of one shard whom nothing ties to a person, in little memory. Once there are
// many it keeps only those whose sums have enough zero bits. So it depends only on the set of rows, and not
// on their order. This is Wegman's adaptive sampling; with 64 shards of up to 512 visitors the standard error
// is below 1 %. The zero value is an empty sample.
type sample struct {
	level    int            // how many zero bits
	visitors map[sum]uint32 // with the number of their rows that may be sent as events
}

const mostSampled = 512

// count counts a row of a visitor. sends says whether it is sent as an event if the visitor turns out to be
// somebody.
func (s *sample) count(h sum, id []byte, sends bool) {
	if h[1]>>32&(1<<s.level-1) != 0 {
		return
	}
	events, known := s.visitors[h]
	if !known {
		if posthog.IllegalID(id) {
			return
		}
		s.makeRoom(h)
	}
	if sends && events < math.MaxUint32 {
		events++
	}
	if !known || sends {
		if h[1]>>32&(1<<s.level-1) == 0 {
			s.visitors[h] = events
		}
	}
}

// makeRoom makes room for one more visitor. It raises the level while the sample is full and h belongs in it.
func (s *sample) makeRoom(h sum) {
	if s.visitors == nil {
		s.visitors = map[sum]uint32{}
	}
	for len(s.visitors) >= mostSampled && h[1]>>32&(1<<s.level-1) == 0 && s.level < 31 {
		s.level++
		for v := range s.visitors {
			if v[1]>>32&(1<<s.level-1) != 0 {
				delete(s.visitors, v)
			}
		}
	}
}

// weight returns how many visitors each visitor in the sample stands for.
func (s *sample) weight() int64 { return 1 << s.level }

// drop frees the memory.
func (s *sample) drop() { s.visitors = nil }
