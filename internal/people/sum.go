package people

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// sum stands for a text: 128 bits of a hash whose seed nobody knows, so that two texts with one sum do not
// come about by chance, nor by anybody's will.
type sum [2]uint64

const sumSize = 16

func newSeed() uint64 {
	var b [8]byte
	rand.Read(b[:]) // it never fails: crypto/rand
	return binary.LittleEndian.Uint64(b[:])
}

func sumOf(text []byte, seed uint64) sum {
	h := xxh3.Hash128Seed(text, seed)
	return sum{h.Hi, h.Lo}
}

// shard is the number of the shard that an ID with this sum belongs to.
func (h sum) shard() uint32 { return uint32(h[0] >> (64 - shardBits)) }

func (h sum) append(dst []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, h[0]), h[1])
}

func readSum(b []byte) sum {
	return sum{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (h sum) compare(g sum) int {
	return cmp.Or(cmp.Compare(h[0], g[0]), cmp.Compare(h[1], g[1]))
}

const (
	shardBits  = 6
	shardCount = 1 << shardBits
)
