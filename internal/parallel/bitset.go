package parallel

import (
	"iter"
	"math/bits"
)

// Bitset is a set of small numbers.
type Bitset []uint64

// Add reports whether n was not there.
func (b *Bitset) Add(n int) bool {
	for len(*b) <= n/64 {
		*b = append(*b, 0)
	}
	word, bit := &(*b)[n/64], uint64(1)<<(n%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// Has reports whether a number is a member.
func (b Bitset) Has(n uint64) bool { return b.Word(n)&1 != 0 }

// Count is how many members there are.
func (b Bitset) Count() (n int64) {
	for _, word := range b {
		n += int64(bits.OnesCount64(word))
	}
	return n
}

// All yields the numbers in ascending order.
func (b Bitset) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range b {
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// Word returns the 64 bits that begin with one.
func (b Bitset) Word(first uint64) (w uint64) {
	at, shift := int(first/64), first%64
	if at < len(b) {
		w = b[at] >> shift
	}
	if at+1 < len(b) && shift > 0 {
		w |= b[at+1] << (64 - shift)
	}
	return w
}

// Cut returns the members from first on, of a range of so many, counted from first, and how many they are. It is a part of dst,
// to which they are added.
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
