package people

import (
	"cmp"
	"encoding/binary"

	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// claim says that a candidate has a value that only one person of the destination can have.
type claim struct {
	value     sum
	at        fold.Order // of the row that set it
	candidate uint32
	there     bool // there is a profile with it already
}

// claims are sorted by value, so that those for one stand together, then by candidate.
type claims = spool.Sorter[claim]

// newClaims returns no claims.
func newClaims(x *Index) *claims {
	return &claims{
		Space: x.space, Most: mostSorted(x.memory, claimBytes),
		Compare: func(a, b *claim) int { return cmp.Or(a.value.compare(b.value), cmp.Compare(a.candidate, b.candidate)) },
		Append: func(dst []byte, c *claim) []byte {
			dst = c.at.Append(c.value.append(dst))
			dst = binary.LittleEndian.AppendUint32(dst, c.candidate)
			if c.there {
				return append(dst, 1)
			}
			return append(dst, 0)
		},
		Read: func(b []byte) claim {
			at := b[sumSize:]
			return claim{readSum(b), fold.ReadOrder(at), binary.LittleEndian.Uint32(at[fold.OrderSize:]), at[fold.OrderSize+4] != 0}
		},
	}
}

// claimBytes is what a claim takes in memory.
const claimBytes = 64
