package people

import (
	"bytes"
	"cmp"
	"encoding/binary"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// order is a row's place in the order of ingestion, in which PostHog applies changes to persons. Rows of one
// time go by timestamp, then by uuid, none before any; rows that cannot be told apart by that, by their place
// in the input.
type order struct {
	identity.Order
	stamp int64 // `timestamp` in unix microseconds, identity.NoTime where the row has none
	ref   uint64
}

const orderSize = 8 + 8 + 16 + 8 // when written

func (o *order) compare(p *order) int {
	if o.At != p.At {
		return cmp.Compare(o.At, p.At)
	}
	if o.stamp != p.stamp {
		return cmp.Compare(o.stamp, p.stamp)
	}
	if c := bytes.Compare(o.UUID[:], p.UUID[:]); c != 0 {
		return c
	}
	return cmp.Compare(o.ref, p.ref)
}

// sameRow reports whether two places are those of one row that is there twice: rows without a uuid never are.
func (o *order) sameRow(p *order) bool {
	return o.At == p.At && o.stamp == p.stamp && o.UUID == p.UUID && o.UUID != [16]byte{}
}

func (o *order) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.At))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.stamp))
	dst = append(dst, o.UUID[:]...)
	return binary.LittleEndian.AppendUint64(dst, o.ref)
}

func readOrder(b []byte) order {
	return order{
		Order: identity.Order{At: int64(binary.LittleEndian.Uint64(b)), UUID: rawjson.UUID(b[16:32])},
		stamp: int64(binary.LittleEndian.Uint64(b[8:])),
		ref:   binary.LittleEndian.Uint64(b[32:]),
	}
}
