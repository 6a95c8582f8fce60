package posthog

import "sync/atomic"

// A slab is memory for text that many chunks share. Where the system has huge pages it lies in some: taking fresh memory
// page by page costs more than writing to it.
type slab struct {
	memory []byte
	used   int
	users  atomic.Int32
	whole  []byte // as the system gave it
}

// slabsTaken is how many bytes of slabs were ever taken. Tests look at it, since the collector does not know of slabs.
var slabsTaken atomic.Int64

// slabSize is a few huge pages, of 2 MiB.
const slabSize = 8 << 20

// takeSlab returns a slab with one user.
func takeSlab(size int) *slab {
	slabsTaken.Add(int64(size))
	s := new(slab)
	s.memory, s.whole = takeMemory(size)
	s.users.Store(1)
	return s
}

// left is what has not been used yet.
func (s *slab) left() []byte { return s.memory[s.used:] }

// use takes the first n bytes of what is left.
func (s *slab) use(n int) []byte {
	part := s.memory[s.used : s.used+n : s.used+n]
	s.used += n
	return part
}

// release gives the memory back when the last user is gone. It may be called on nil.
func (s *slab) release() {
	if s != nil && s.users.Add(-1) == 0 {
		giveMemory(s.whole)
		s.memory, s.whole = nil, nil
	}
}
