package transfer

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// fingerprintScheme begins every fingerprint. It changes when chunks are cut in another way, because a
// fingerprint depends on that.
const fingerprintScheme = "1"

// fingerprint is a hash of the rows of a source, with their number.
type fingerprint struct {
	sum  [8]byte
	rows int64
}

// add adds the next chunk of the source: the sum of its rows, and their number.
func (f *fingerprint) add(sum uint64, rows int64) {
	var both [16]byte
	copy(both[:], f.sum[:])
	binary.LittleEndian.PutUint64(both[8:], sum)
	binary.LittleEndian.PutUint64(f.sum[:], xxh3.Hash(both[:]))
	f.rows += rows
}
