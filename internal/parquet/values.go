package parquet

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// values gives the values of one page after the other. A value is valid until the next one is taken.
type values interface {
	next() (raw []byte, ok bool) // ok is false if there is none
}

// errValues is the error of a page whose values are damaged or too few.
var errValues = errors.New("its values are damaged")

// plainBytes are byte arrays, each after its length.
type plainBytes struct{ stretch }

// stretch is the values of a page, one after the other.
type stretch struct {
	data []byte
	page *largePage // has what follows data; nil if nothing does
}

// more reports whether data has n bytes after reading on.
func (s *stretch) more(n uint64) bool {
	if s.page == nil || n > mostPage {
		return false
	}
	s.data = s.page.more(s.data, int(n))
	return n <= uint64(len(s.data))
}

// skip passes over a value of n bytes that is too long to be held. It returns false if there is none.
func (s *stretch) skip(n uint64) bool {
	if s.page == nil || n < uint64(len(s.data)) {
		return false
	}
	ok := s.page.skip(n - uint64(len(s.data)))
	s.data = nil
	return ok
}

// isTooLong reports whether a value of n bytes is not to be held.
func (s *stretch) isTooLong(n uint64) bool { return s.page != nil && n > uint64(s.page.memory.longest) }

func (v *plainBytes) next() (raw []byte, ok bool) {
	if len(v.data) < 4 && !v.more(4) {
		return nil, false
	}
	size := uint64(binary.LittleEndian.Uint32(v.data))
	if size > uint64(len(v.data)-4) {
		if v.isTooLong(size) {
			return nil, v.skip(4 + size)
		}
		if !v.more(4 + size) {
			return nil, false
		}
	}
	raw, v.data = v.data[4:4+size:4+size], v.data[4+size:]
	return raw, true
}

// plainFixed are values of one size.
type plainFixed struct {
	data []byte
	size int
}

func (v *plainFixed) next() (raw []byte, ok bool) {
	if len(v.data) < v.size {
		return nil, false
	}
	raw, v.data = v.data[:v.size:v.size], v.data[v.size:]
	return raw, true
}

// plainBits are booleans, the lowest bits of bytes first.
type plainBits struct {
	data []byte
	bit  uint64
	raw  [1]byte
}

func (v *plainBits) next() (raw []byte, ok bool) {
	if v.bit >= 8*uint64(len(v.data)) {
		return nil, false
	}
	v.raw[0] = byte(bitsAt(v.data, v.bit, 1))
	v.bit++
	return v.raw[:], true
}

// runBits are booleans in runs.
type runBits struct {
	runs
	raw [1]byte
}

func (v *runBits) begin(data []byte) error {
	end, ok := endAfterLength(data, len(data))
	if !ok {
		return errValues
	}
	v.runs.begin(data[lengthSize:end], 1)
	return nil
}

func (v *runBits) next() (raw []byte, ok bool) {
	value, ok := v.runs.next()
	v.raw[0] = byte(value & 1)
	return v.raw[:], ok
}

// deltaIntegers are integers of size bytes that are stored as differences.
type deltaIntegers struct {
	deltas
	size int
	raw  [8]byte
}

func (v *deltaIntegers) next() (raw []byte, ok bool) {
	value, ok := v.deltas.next()
	binary.LittleEndian.PutUint64(v.raw[:], uint64(value))
	return v.raw[:v.size], ok
}

// deltaLengths are byte arrays whose lengths come first.
type deltaLengths struct {
	lengths deltas
	stretch
	memory []byte // of the lengths, if values follow where they are in the page
}

func (v *deltaLengths) begin(data []byte) (err error) {
	v.page = nil
	if err = v.lengths.begin(data); err == nil {
		v.data, err = v.lengths.after()
	}
	return err
}

// beginLarge begins to read a page, of which data is the beginning.
func (v *deltaLengths) beginLarge(data []byte, page *largePage) error {
	for v.begin(data) != nil {
		had := len(data)
		if data = page.more(data, min(2*had, had+page.left)); len(data) == had {
			return cmp.Or(page.err, errDeltas)
		}
	}
	var err error
	if v.memory, err = page.memory.grown(v.memory, len(data)-len(v.data)); err != nil {
		return err
	}
	copy(v.memory, data)
	v.page = page
	return v.lengths.begin(v.memory)
}

func (v *deltaLengths) next() (raw []byte, ok bool) {
	size, ok := v.lengths.next()
	if !ok || size < 0 {
		return nil, false
	}
	if size > int64(len(v.data)) {
		if v.isTooLong(uint64(size)) {
			return nil, v.skip(uint64(size))
		}
		if !v.more(uint64(size)) {
			return nil, false
		}
	}
	raw, v.data = v.data[:size:size], v.data[size:]
	return raw, true
}

// deltaBytes are byte arrays that begin as the one before does, with the lengths of what is the same.
type deltaBytes struct {
	same   deltas
	rest   deltaLengths
	last   []byte
	size   int // of each value; 0 if they may have any
	memory *memory
}

func (v *deltaBytes) begin(data []byte, size int, m *memory) error {
	v.last, v.size, v.memory = v.last[:0], size, m
	if err := v.same.begin(data); err != nil {
		return err
	}
	after, err := v.same.after()
	if err != nil {
		return err
	}
	return v.rest.begin(after)
}

func (v *deltaBytes) next() (raw []byte, ok bool) {
	same, ok := v.same.next()
	rest, too := v.rest.next()
	if !ok || !too || same < 0 || same > int64(len(v.last)) {
		return nil, false
	}
	need := int(same) + len(rest)
	if v.size > 0 && need != v.size {
		return nil, false
	}
	if need > cap(v.last) {
		last, err := v.memory.grown(v.last, need)
		if err != nil {
			return nil, false
		}
		copy(last, v.last[:same])
		v.last = last
	}
	v.last = append(v.last[:same], rest...)
	return v.last, true
}

// splitBytes are values of one size, of which all first bytes come first.
type splitBytes struct {
	data  []byte
	size  int
	count int
	index int
	raw   []byte
}

func (v *splitBytes) begin(data []byte, size int) error {
	if size == 0 || len(data)%size != 0 {
		return errValues
	}
	*v = splitBytes{data: data, size: size, count: len(data) / size, raw: slices.Grow(v.raw[:0], size)[:size]}
	return nil
}

func (v *splitBytes) next() (raw []byte, ok bool) {
	if v.index == v.count {
		return nil, false
	}
	for i := range v.raw {
		v.raw[i] = v.data[i*v.count+v.index]
	}
	v.index++
	return v.raw, true
}

// dictionary has the values that pages name by their index.
type dictionary struct {
	data  []byte
	size  int      // of each value; 0 for byte arrays
	ends  []uint32 // of byte arrays: where each ends in data
	known bool     // there is a dictionary
}

// begin takes over the plain values in data.
func (v *dictionary) begin(data []byte, size, count int, m *memory) error {
	*v = dictionary{data: data, size: size, ends: v.ends[:0], known: true}
	if size > 0 {
		if len(data)/size < count {
			return errValues
		}
		v.data = data[:count*size]
		return nil
	}
	const least = 4 // bytes of a value
	if count > len(data)/least {
		return errValues
	}
	if count > cap(v.ends) {
		if err := m.take(4 * (count - cap(v.ends))); err != nil {
			return err
		}
		v.ends = make([]uint32, 0, count)
	}
	all := plainBytes{stretch{data: data}}
	for range count {
		if _, ok := all.next(); !ok {
			return errValues
		}
		v.ends = append(v.ends, uint32(len(data)-len(all.data)))
	}
	return nil
}

func (v *dictionary) value(index uint32) (raw []byte, ok bool) {
	if v.size > 0 {
		if int(index) >= len(v.data)/v.size {
			return nil, false
		}
		start := int(index) * v.size
		return v.data[start : start+v.size : start+v.size], true
	}
	if int(index) >= len(v.ends) {
		return nil, false
	}
	start, end := uint32(4), v.ends[index]
	if index > 0 {
		start += v.ends[index-1]
	}
	return v.data[start:end:end], true
}

// indexed are values of a dictionary.
type indexed struct {
	runs
	of *dictionary
}

func (v *indexed) begin(data []byte, of *dictionary) error {
	const mostBits = 32
	if len(data) == 0 { // every value is null
		v.runs.begin(nil, 1)
		return nil
	}
	if !of.known || data[0] > mostBits {
		return errValues
	}
	v.runs.begin(data[1:], uint(data[0]))
	v.of = of
	return nil
}

func (v *indexed) next() (raw []byte, ok bool) {
	index, ok := v.runs.next()
	if !ok {
		return nil, false
	}
	return v.of.value(index)
}

// lengthSize is how many bytes the length of something has.
const lengthSize = 4

// endAfterLength returns where what follows a length ends. Both are within size bytes, which begin with data.
func endAfterLength(data []byte, size int) (end int, ok bool) {
	if len(data) < lengthSize || uint64(binary.LittleEndian.Uint32(data)) > uint64(size-lengthSize) {
		return 0, false
	}
	return lengthSize + int(binary.LittleEndian.Uint32(data)), true
}

// sizeOfType returns how many bytes each value of a physical type has, 0 for byte arrays and booleans.
func sizeOfType(physical format.Type, length int) int {
	switch physical {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.Int96:
		return 12
	case format.FixedLenByteArray:
		return length
	}
	return 0
}
