package identity

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
)

// Order is a row's place in the order of ingestion: by time, then by uuid.
type Order struct {
	At   int64    // unix microseconds, NoTime when the row has none
	UUID [16]byte // zero when the row has none
}

// NoTime is the Order.At of a row without a time. It comes before all others.
const NoTime = math.MinInt64

// Compare returns -1 if o comes before p, 1 if it comes after p, and 0 if they are the same.
func (o *Order) Compare(p *Order) int {
	if o.At != p.At {
		return cmp.Compare(o.At, p.At)
	}
	return bytes.Compare(o.UUID[:], p.UUID[:])
}

// Moment is an Order in half the memory: it has only the first half of the uuid. The zero value is a row
// without a uuid at the beginning of 1970.
type Moment struct {
	At   int64
	UUID uint64
}

// Never comes after every moment.
var Never = Moment{math.MaxInt64, math.MaxUint64}

// Moment returns the order as a Moment.
func (o *Order) Moment() Moment { return Moment{o.At, binary.BigEndian.Uint64(o.UUID[:8])} }

// Compare returns -1 if m comes before n, 1 if it comes after n, and 0 if they are the same.
func (m Moment) Compare(n Moment) int {
	if m.At != n.At {
		return cmp.Compare(m.At, n.At)
	}
	return cmp.Compare(m.UUID, n.UUID)
}
