package transfer

import (
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
)

// maxRaw is how many bytes of a rejected row are kept, to find it again by.
const maxRaw = 4 << 10

// rejectedKeys are the sorted keys of the rows and operations that earlier runs have rejected. Only a retry
// tries those again. They never change, so that any number of goroutines may use them.
type rejectedKeys []ledger.Key

// has reports whether a row or an operation with that key was rejected before.
func (r rejectedKeys) has(key ledger.Key) bool {
	_, found := slices.BinarySearchFunc(r, key, func(a, b ledger.Key) int { return a.Compare(&b) })
	return found
}

// keyOfRow is the key of a rejected row. A row that differs from it in any byte has another key.
func keyOfRow(row []byte) ledger.Key { return xxh3.Hash128(row).Bytes() }

// keyOfText is the key of an operation, or of a row that is no event. Only its first maxRaw bytes count,
// because no more may be known of it.
func keyOfText(text []byte) ledger.Key { return xxh3.Hash128(text[:min(len(text), maxRaw)]).Bytes() }
