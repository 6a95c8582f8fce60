package export

import (
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
)

// maxRaw is how many bytes of a rejected row are kept, to find it again by.
const maxRaw = 4 << 10

// turnedDown are the keys of what earlier runs have rejected: it is not tried again but by a retry, and counts for nothing. They
// are sorted. Nothing is ever added, so that many goroutines may ask.
type turnedDown []ledger.Key

func (t turnedDown) has(key ledger.Key) bool {
	_, found := slices.BinarySearchFunc(t, key, func(a, b ledger.Key) int { return a.Compare(&b) })
	return found
}

// keyOfRow is the key of a row that was rejected: one that differs in anything is another.
func keyOfRow(row []byte) ledger.Key { return xxh3.Hash128(row).Bytes() }

// keyOfText is the key of an operation, or of a row that could not be read, of which there may be only the
// beginning.
func keyOfText(text []byte) ledger.Key { return xxh3.Hash128(text[:min(len(text), maxRaw)]).Bytes() }
