package transfer

import (
	"encoding/binary"
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
)

// maxRaw is how many bytes of a rejected row are stored, by which it is found again.
const maxRaw = 4 << 10

// rejectedKeys are the sorted keys of rows and operations that earlier runs have rejected. They never change,
// so any number of goroutines may use them.
type rejectedKeys []ledger.Key

// has reports whether a row or an operation with that key was rejected before.
func (r rejectedKeys) has(key ledger.Key) bool {
	_, found := slices.BinarySearchFunc(r, key, func(a, b ledger.Key) int { return a.Compare(&b) })
	return found
}

// keyOfRow returns the key of a row. A row that differs in any byte has another key.
func keyOfRow(row []byte) ledger.Key { return xxh3.Hash128(row).Bytes() }

// keyOfText returns the key of an operation, or of a row that is no event. Only the first maxRaw bytes
// matter, because rejects are stored only up to there.
func keyOfText(text []byte) ledger.Key { return xxh3.Hash128(text[:min(len(text), maxRaw)]).Bytes() }

// keyOfCorrection returns the key of a row that corrects what was sent: of the event's ID and what the row
// says.
func keyOfCorrection(id *ledger.Key, content uint32) ledger.Key {
	var text [len(id) + 4]byte
	binary.BigEndian.PutUint32(text[copy(text[:], id[:]):], content)
	return xxh3.Hash128(text[:]).Bytes()
}
