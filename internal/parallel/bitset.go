package parallel

import (
	"iter"
	"math/bits"
)

// Bitset is a set of small numbers: number n is bit n%64 of word n/64, and words after the end count as zero.
// It takes a bit for each number up to its largest member. The zero value is the empty set. Add makes it
// grow; a caller who knows the largest member may allocate all words beforehand. It has no lock: several
// goroutines may read it while none of them adds.
type Bitset []uint64

// Add adds n, and reports whether it was not a member before.
func (b *Bitset) Add(n uint64) bool {
	for uint64(len(*b)) <= n/64 {
		*b = append(*b, 0)
	}
	word, bit := &(*b)[n/64], uint64(1)<<(n%64)
	added := *word&bit == 0
	*word |= bit
	return added
}

// Has reports whether n is a member.
func (b Bitset) Has(n uint64) bool { return n/64 < uint64(len(b)) && b[n/64]>>(n%64)&1 != 0 }

// Count returns how many members there are.
func (b Bitset) Count() (n int64) {
	for _, word := range b {
		n += int64(bits.OnesCount64(word))
	}
	return n
}

// All yields the members in ascending order.
func (b Bitset) All() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i, word := range b {
			for ; word != 0; word &= word - 1 {
				if !yield(uint64(i*64 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// Word returns 64 numbers at once, from first on, which need not be a multiple of 64: bit i is set if
// first+i is a member.
func (b Bitset) Word(first uint64) (w uint64) {
	at, shift := first/64, first%64
	if at < uint64(len(b)) {
		w = b[at] >> shift
	}
	if at+1 < uint64(len(b)) && shift > 0 {
		w |= b[at+1] << (64 - shift)
	}
	return w
}

// Cut adds the members among the n numbers from first on to dst, as numbers from 0 on. It returns dst, which
// may have grown, and how many members it found, whether or not dst had them before.
func (b Bitset) Cut(dst Bitset, first uint64, n int) (Bitset, int64) {
	found := int64(0)
	for at := 0; at < n; at += 64 {
		word := b.Word(first + uint64(at))
		if left := n - at; left < 64 {
			word &= 1<<left - 1
		}
		if word == 0 {
			continue
		}
		found += int64(bits.OnesCount64(word))
		for len(dst) <= at/64 {
			dst = append(dst, 0)
		}
		dst[at/64] |= word
	}
	return dst, found
}
