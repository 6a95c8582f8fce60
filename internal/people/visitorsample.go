package people

import (
	"math"

	"ph2cio/internal/posthog"
)

// sample counts the visitors of one shard that nothing ties to a person, in little memory: once there are
// many, only those whose sum ends in enough zero bits. What is known of them is a function of the set of
// rows. It is Wegman's adaptive sampling; with 64 shards of up to 512 the standard error is below 1 %.
type sample struct {
	level    int // how many zero bits
	visitors map[sum]uint32
}

const mostSampled = 512

// count takes a row of a visitor.
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

// makeRoom makes room for one more.
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

// weight is how many visitors each one of the sample stands for.
func (s *sample) weight() int64 { return 1 << s.level }

// drop gives the memory back.
func (s *sample) drop() { s.visitors = nil }
