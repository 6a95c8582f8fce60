package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// Special characters are the bytes that a scan of JSON must examine: quotes, backslashes and control
// characters. They are marked for a whole text at once, with one bit for each byte, and scanning steps from
// one to the next. The bytes between are not read, and the processor can work on several steps at once.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	lows  = highs - ones // 0x7f in each byte
)

func load8(data []byte, i int) uint64 { return binary.LittleEndian.Uint64(data[i:]) }

// MarkSpecials returns one bit for each byte of data[:end+1], 64 to a word, which is set where the byte is a
// special character. It also loads up to 63 bytes after data[end], which must exist: see Guard. It reuses the
// memory of marks.
func MarkSpecials(marks []uint64, data []byte, end int) []uint64 {
	n := end>>6 + 1
	if cap(marks) < n {
		marks = make([]uint64, n+n/4)
	}
	marks = marks[:n]
	data = data[:n<<6]
	if !markSpecialsFast(marks, data) {
		markSpecialsWords(marks, data)
	}
	return marks
}

// markSpecialsWords does the work eight bytes at a time.
func markSpecialsWords(marks []uint64, data []byte) {
	for k := range marks {
		block := data[k<<6 : k<<6+64]
		mark := uint64(0)
		for i := 0; i < 64; i += 8 {
			mark |= specialsOf(load8(block, i)) << i
		}
		marks[k] = mark
	}
}

// specialsOf returns one bit for each byte of a word.
func specialsOf(w uint64) uint64 {
	low := w ^ 0x02*ones // puts the quote at 0x20, right after the control characters
	slash := w ^ '\\'*ones
	plain := (low&lows + (0x80-0x21)*ones | low) & (slash&lows + lows | slash)
	return ^plain & highs >> 7 * 0x0102040810204080 >> 56 // the highest bit of each byte, next to each other
}

// SpecialsFrom returns the position of the special characters at or after i for NextSpecial: the index k of a
// word of marks, and in m the remaining bits of that word.
func SpecialsFrom(marks []uint64, i int) (k int, m uint64) {
	k = i >> 6
	return k, marks[k] & (^uint64(0) << (i & 63))
}

// NextSpecial returns the index of the next special character, and the place after it. There must be one: the
// zero or newline after a guarded text is the last.
func NextSpecial(marks []uint64, k int, m uint64) (at, nextK int, nextM uint64) {
	for m == 0 {
		k++
		m = marks[k]
	}
	return k<<6 + bits.TrailingZeros64(m), k, m & (m - 1)
}
