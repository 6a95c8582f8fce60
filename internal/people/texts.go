package people

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// sum stands for a text: 128 bits of a hash with a secret seed, so that two texts with the same sum occur
// neither by chance nor on purpose.
type sum [2]uint64

const sumSize = 16

// newSeed returns a random seed.
func newSeed() uint64 {
	var b [8]byte
	rand.Read(b[:]) // it never fails: crypto/rand
	return binary.LittleEndian.Uint64(b[:])
}

// sumOf returns the sum of a text under a seed.
func sumOf(text []byte, seed uint64) sum {
	h := xxh3.Hash128Seed(text, seed)
	return sum{h.Hi, h.Lo}
}

// shard returns the number of the shard that an ID with this sum belongs to.
func (h sum) shard() uint32 { return uint32(h[0] >> (64 - shardBits)) }

// append writes the sum, for readSum.
func (h sum) append(dst []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, h[0]), h[1])
}

// readSum reads what append has written.
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

// textPages hold texts one after the other, each after its length, in pages that never move. The zero value
// holds none.
type textPages struct {
	pages [][]byte
}

// textPlace names a text by its page and its offset there.
type textPlace struct{ page, offset uint32 }

const textPageSize = 16 << 10

// add copies a text in and returns its place. A text longer than a page gets a page of its own size.
func (t *textPages) add(text []byte) textPlace {
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(text)))
	last := len(t.pages) - 1
	if last < 0 || cap(t.pages[last])-len(t.pages[last]) < n+len(text) {
		t.pages = append(t.pages, make([]byte, 0, max(textPageSize, n+len(text))))
		last++
	}
	page := t.pages[last]
	place := textPlace{uint32(last), uint32(len(page))}
	page = append(page, head[:n]...)
	t.pages[last] = append(page, text...)
	return place
}

// text returns a text as a string that shares its memory, which is never written again.
func (t *textPages) text(at textPlace) string {
	b := t.bytes(at)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// bytes returns a text.
func (t *textPages) bytes(at textPlace) []byte {
	b := t.pages[at.page][at.offset:]
	size, n := binary.Uvarint(b)
	return b[n : n+int(size) : n+int(size)]
}
