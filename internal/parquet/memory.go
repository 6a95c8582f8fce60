package parquet

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

// memory is that of the pages which the columns of a file hold. Each column reuses its part for the next
// page, since the pages of a column have about one size.
type memory struct {
	unpacker *unpacker
	buffer   []byte // one compressed page
	taken    int    // bytes, in all
	ahead    int    // how many bytes of a column are read at once, at least
	longest  int    // bytes of a cell; longer ones are not held if that can be avoided
	whole    int    // how many bytes the largest page has that is decompressed as a whole, if it need not be
}

// mostMemory is how many bytes the pages of all columns may take at once.
const mostMemory = 160 << 20

var errMemory = fmt.Errorf("the pages of the columns take more than %d MiB together", mostMemory>>20)

// newMemory returns that of a file of which so many columns are read, with rows of at most maxRow bytes.
func newMemory(columns, maxRow int) memory {
	const most, least, all = 64 << 10, 4 << 10, 16 << 20
	return memory{unpacker: takeUnpacker(), ahead: max(least, min(most, all/max(1, columns))), longest: maxRow, whole: mostWhole}
}

// grown returns a buffer of n bytes: buffer itself if it is large enough.
func (m *memory) grown(buffer []byte, n int) ([]byte, error) {
	if n <= cap(buffer) {
		return buffer[:n], nil
	}
	size := min(n+n/8, max(n, mostPage))
	if err := m.take(size - cap(buffer)); err != nil {
		return nil, err
	}
	return make([]byte, n, size), nil
}

// take counts n bytes as taken.
func (m *memory) take(n int) error {
	if m.taken += n; m.taken > mostMemory {
		return errMemory
	}
	return nil
}

// packed returns room for a compressed page, until the next call.
func (m *memory) packed(size int) ([]byte, error) {
	buffer, err := m.grown(m.buffer, size)
	if err == nil {
		m.buffer = buffer
	}
	return buffer, err
}

// unpack decompresses a page of size bytes into buffer, or into a larger one, which it returns.
func (m *memory) unpack(buffer []byte, codec format.CompressionCodec, packed []byte, size int) ([]byte, error) {
	return m.unpackAfter(buffer, nil, codec, packed, size)
}

// unpackAfter does the same, with head before the size bytes.
func (m *memory) unpackAfter(buffer, head []byte, codec format.CompressionCodec, packed []byte, size int) ([]byte, error) {
	grown, err := m.grown(buffer, len(head)+size)
	if err != nil {
		return buffer, err
	}
	copy(grown, head)
	if err := m.unpacker.unpack(codec, packed, grown[len(head):]); err != nil {
		return grown, fmt.Errorf("its bytes are damaged: %w", err)
	}
	return grown, nil
}
