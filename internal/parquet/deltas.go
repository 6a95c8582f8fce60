package parquet

import (
	"encoding/binary"
	"errors"
)

// deltas reads integers that are stored as differences, packed in blocks of miniblocks. It keeps nothing but
// its place. Source:
// https://github.com/apache/parquet-format/blob/master/Encodings.md#delta-encoding-delta_binary_packed--5
type deltas struct {
	data    []byte // after the header of the current block
	perMini uint64 // integers in a miniblock
	minis   int    // miniblocks in a block
	left    uint64 // integers that have not been returned
	value   int64  // the next one, unless it is within a block
	first   bool   // the next one is value

	least  int64  // the smallest difference of the block
	widths []byte // of the miniblocks that are left
	inMini uint64 // integers left in the current miniblock
	packed []byte // of the current miniblock
	width  uint
	bit    uint64
}

var errDeltas = errors.New("its differences are damaged")

// begin reads the header.
func (d *deltas) begin(data []byte) error {
	var fields [3]uint64
	for i := range fields {
		var n int
		if fields[i], n = binary.Uvarint(data); n <= 0 {
			return errDeltas
		}
		data = data[n:]
	}
	first, n := binary.Varint(data)
	block, minis, total := fields[0], fields[1], fields[2]
	const mostInBlock = 1 << 30
	if n <= 0 || minis == 0 || block > mostInBlock || minis > block || block%minis != 0 || block/minis%8 != 0 {
		return errDeltas
	}
	*d = deltas{data: data[n:], perMini: block / minis, minis: int(minis), left: total, value: first, first: true}
	return nil
}

// next returns the next integer. ok is false if there is none.
func (d *deltas) next() (value int64, ok bool) {
	if d.left == 0 {
		return 0, false
	}
	if d.first {
		d.left, d.first = d.left-1, false
		return d.value, true
	}
	if d.inMini == 0 && !d.nextMini() {
		return 0, false
	}
	difference := uint64(0)
	if d.width > 0 {
		difference = d.unpack()
	}
	d.inMini--
	d.left--
	d.value += d.least + int64(difference)
	return d.value, true
}

// unpack returns the next packed difference.
func (d *deltas) unpack() uint64 {
	at := d.bit
	d.bit += uint64(d.width)
	if d.width <= 57 {
		return bitsAt(d.packed, at, d.width)
	}
	low := bitsAt(d.packed, at, 32)
	return low | bitsAt(d.packed, at+32, d.width-32)<<32
}

// nextMini finds the next miniblock. It returns false if there is none.
func (d *deltas) nextMini() bool {
	if len(d.widths) == 0 && !d.nextBlock() {
		return false
	}
	d.width, d.widths = uint(d.widths[0]), d.widths[1:]
	size := d.perMini / 8 * uint64(d.width)
	if d.width > 64 || size > uint64(len(d.data)) {
		return false
	}
	d.packed, d.bit, d.inMini = d.data[:size:size], 0, d.perMini
	d.data = d.data[size:]
	return true
}

// nextBlock reads the header of the next block.
func (d *deltas) nextBlock() bool {
	least, n := binary.Varint(d.data)
	if n <= 0 || len(d.data)-n < d.minis {
		return false
	}
	d.least = least
	d.widths, d.data = d.data[n:n+d.minis], d.data[n+d.minis:]
	return true
}

// after returns what follows the integers, of which none has been read yet. The error is errDeltas if they are
// not complete.
func (d *deltas) after() ([]byte, error) {
	walk := *d
	if walk.left > 0 {
		walk.left--
	}
	for walk.left > 0 {
		if !walk.nextMini() {
			return nil, errDeltas
		}
		walk.left -= min(walk.left, walk.perMini)
	}
	return walk.data, nil
}
