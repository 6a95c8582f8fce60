package fold

import (
	"bytes"
	"cmp"
	"encoding/binary"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// ChangeOrder is a row's place in the order in which PostHog applies changes to persons. It is the order of
// ingestion, but rows of one time are ordered by timestamp, then by uuid (those without one first), and then
// by Ref.
type ChangeOrder struct {
	identity.Order
	Stamp int64  // `timestamp` in unix microseconds, identity.NoTime where the row has none
	Ref   uint64 // the row's place in the input
}

// ChangeOrderSize is how many bytes Append writes.
const ChangeOrderSize = 8 + 8 + 16 + 8

// CompareChange returns -1 if o comes before p, 1 if it comes after p, and 0 if they are the same place.
// Compare, by contrast, knows only the order of ingestion.
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

// sameRow reports whether two places are those of one row that is in the input twice. Only the uuid shows
// that, so rows without one are never the same.
func (o *ChangeOrder) sameRow(p *ChangeOrder) bool {
	return o.At == p.At && o.Stamp == p.Stamp && o.UUID == p.UUID && o.UUID != [16]byte{}
}

// Append writes the place, in ChangeOrderSize bytes.
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
