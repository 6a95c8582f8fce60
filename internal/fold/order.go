package fold

import (
	"bytes"
	"cmp"
	"encoding/binary"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// ChangeOrder is a row's place in the order of ingestion, in which PostHog applies changes to persons. Rows of one
// time go by timestamp, then by uuid, none before any; rows that cannot be told apart by that, by their place
// in the input.
type ChangeOrder struct {
	identity.Order
	Stamp int64 // `timestamp` in unix microseconds, identity.NoTime where the row has none
	Ref   uint64
}

// ChangeOrderSize is how many bytes a place takes when it is written.
const ChangeOrderSize = 8 + 8 + 16 + 8

// CompareChange returns -1, 0 or 1.
func (o *ChangeOrder) CompareChange(p *ChangeOrder) int {
	if o.At != p.At {
		return cmp.Compare(o.At, p.At)
	}
	if o.Stamp != p.Stamp {
		return cmp.Compare(o.Stamp, p.Stamp)
	}
	if c := bytes.Compare(o.UUID[:], p.UUID[:]); c != 0 {
		return c
	}
	return cmp.Compare(o.Ref, p.Ref)
}

// sameRow reports whether two places are those of one row that is there twice: rows without a uuid never are.
func (o *ChangeOrder) sameRow(p *ChangeOrder) bool {
	return o.At == p.At && o.Stamp == p.Stamp && o.UUID == p.UUID && o.UUID != [16]byte{}
}

// Append writes the place, in OrderSize bytes.
func (o *ChangeOrder) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.At))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.Stamp))
	dst = append(dst, o.UUID[:]...)
	return binary.LittleEndian.AppendUint64(dst, o.Ref)
}

// ReadChangeOrder reads what Append has written.
func ReadChangeOrder(b []byte) ChangeOrder {
	return ChangeOrder{
		Order: identity.Order{At: int64(binary.LittleEndian.Uint64(b)), UUID: rawjson.UUID(b[16:32])},
		Stamp: int64(binary.LittleEndian.Uint64(b[8:])),
		Ref:   binary.LittleEndian.Uint64(b[32:]),
	}
}
