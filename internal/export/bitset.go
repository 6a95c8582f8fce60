package export

import (
	"iter"
	"math/bits"
)

// bitset is a set of small numbers.
type bitset []uint64

// add reports whether n was not there.
func (b *bitset) add(n int) bool {
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

// cut returns the members from first on, of a range of so many, counted from first, and how many they are. It is a part of dst,
// to which they are added.
func (b bitset) cut(dst bitset, first uint64, n int) (bitset, int64) {
	found := int64(0)
	for at := 0; at < n; at += 64 {
		word := b.word(first + uint64(at))
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

// count is how many members there are.
func (b bitset) count() (n int64) {
	for _, word := range b {
		n += int64(bits.OnesCount64(word))
	}
	return n
}

// has reports whether a number is a member.
func (b bitset) has(n uint64) bool { return b.word(n)&1 != 0 }

// word returns the 64 bits that begin with one.
func (b bitset) word(first uint64) (w uint64) {
	at, shift := int(first/64), first%64
	if at < len(b) {
		w = b[at] >> shift
	}
	if at+1 < len(b) && shift > 0 {
		w |= b[at+1] << (64 - shift)
	}
	return w
}

// all yields the numbers in ascending order.
func (b bitset) all() iter.Seq[int] {
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
