package people

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"

	"ph2cio/internal/posthog"
)

// order is a row's place in the order of ingestion, in which PostHog applies changes to persons. Rows of one time go
// by uuid, none before any; rows that cannot be told apart by that, by their place in the input.
type order struct {
	at   int64 // unix microseconds, noTime when the row has no time that can be read
	uuid posthog.UUID
	ref  uint64
}

const (
	noTime    = math.MinInt64
	orderSize = 8 + 16 + 8 // when written
)

func orderOf(e *posthog.Event) order {
	o := order{at: noTime, ref: e.Ref}
	switch {
	case e.CreatedAt.State == posthog.Known:
		o.at = e.CreatedAt.Micros
	case e.Timestamp.State == posthog.Known:
		o.at = e.Timestamp.Micros
	}
	if e.HasUUID {
		o.uuid = e.UUID
	}
	return o
}

func (o *order) compare(p *order) int {
	if o.at != p.at {
		return cmp.Compare(o.at, p.at)
	}
	if c := bytes.Compare(o.uuid[:], p.uuid[:]); c != 0 {
		return c
	}
	return cmp.Compare(o.ref, p.ref)
}

func (o *order) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.at))
	dst = append(dst, o.uuid[:]...)
	return binary.LittleEndian.AppendUint64(dst, o.ref)
}

func readOrder(b []byte) order {
	return order{
		at:   int64(binary.LittleEndian.Uint64(b)),
		uuid: posthog.UUID(b[8:24]),
		ref:  binary.LittleEndian.Uint64(b[24:]),
	}
}
