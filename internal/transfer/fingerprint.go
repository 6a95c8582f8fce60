package transfer

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// fingerprintScheme is in front of every fingerprint: how chunks are cut is part of what it rests on.
const fingerprintScheme = "1"

// fingerprint stands for the rows of a source, and says how many there are.
type fingerprint struct {
	sum  [8]byte
	rows int64
}

// add takes in the next chunk of the source.
func (f *fingerprint) add(sum uint64, rows int64) {
	var both [16]byte
	copy(both[:], f.sum[:])
	binary.LittleEndian.PutUint64(both[8:], sum)
	binary.LittleEndian.PutUint64(f.sum[:], xxh3.Hash(both[:]))
	f.rows += rows
}
