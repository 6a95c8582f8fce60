package parquet

import "encoding/binary"

// runs reads integers of a few bits each, in the hybrid of run lengths and bit packing that Parquet uses for
// definition levels, indexes into dictionaries and booleans. It keeps nothing but its place, however many
// integers a run claims to have. Source:
// https://github.com/apache/parquet-format/blob/master/Encodings.md#run-length-encoding--bit-packing-hybrid-rle--3
type runs struct {
	data   []byte // what follows the current run
	width  uint   // bits of an integer, at most 32
	left   uint64 // integers left in the current run
	value  uint32 // of a run of equal integers
	packed []byte // integers of a packed run; nil for a run of equal ones
	bit    uint64 // the place in packed
}

// begin begins to read data.
func (r *runs) begin(data []byte, width uint) { *r = runs{data: data, width: width} }

// next returns the next integer. ok is false if there is none.
func (r *runs) next() (value uint32, ok bool) {
	for r.left == 0 {
		if !r.nextRun() {
			return 0, false
		}
	}
	r.left--
	if r.packed == nil {
		return r.value, true
	}
	at := r.bit
	if r.bit += uint64(r.width); r.bit > 8*uint64(len(r.packed)) {
		return 0, false
	}
	return uint32(bitsAt(r.packed, at, r.width)), true
}

// mostGroups is more groups of eight integers than any page has.
const mostGroups = 1 << 32

// nextRun reads the header of the next run. It returns false if there is none.
func (r *runs) nextRun() bool {
	if len(r.data) == 0 {
		r.value, r.packed, r.left = 0, nil, 1
		return r.width == 0 // all integers are 0, and some writers write nothing for that
	}
	header, n := binary.Uvarint(r.data)
	if n <= 0 {
		return false
	}
	r.data = r.data[n:]
	if header&1 != 0 {
		groups := min(header>>1, mostGroups)
		size := uint64(0)
		if r.width > 0 {
			if size = uint64(len(r.data)); groups > size {
				return false
			}
			size = min(size, groups*uint64(r.width)) // the last group may be cut off after its last integer
		}
		r.left, r.packed, r.bit = 8*groups, r.data[:size:size], 0
		r.data = r.data[size:]
		return true
	}
	size := int(r.width+7) / 8
	if len(r.data) < size {
		return false
	}
	r.value = 0
	for i, b := range r.data[:size] {
		r.value |= uint32(b) << (8 * i)
	}
	r.left, r.packed, r.data = header>>1, nil, r.data[size:]
	return true
}

// bitsAt returns the integer of width bits, at most 57, that begins at a bit of data, the lowest bits of
// bytes first. The bits must be within data.
func bitsAt(data []byte, bit uint64, width uint) uint64 {
	at := bit / 8
	var word uint64
	if at+8 <= uint64(len(data)) {
		word = binary.LittleEndian.Uint64(data[at:])
	} else {
		for i, b := range data[at:] {
			word |= uint64(b) << (8 * i)
		}
	}
	return word >> (bit % 8) & (1<<width - 1)
}
