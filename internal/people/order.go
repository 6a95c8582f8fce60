package people

import (
	"cmp"
	"encoding/binary"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

// order is a row's place in the order of ingestion, in which PostHog applies changes to persons. Rows of one time go
// by uuid, none before any; rows that cannot be told apart by that, by their place in the input.
type order struct {
	identity.Order
	ref uint64
}

const (
	noTime    = identity.NoTime
	orderSize = 8 + 16 + 8 // when written
)

func orderOf(e *posthog.Event) order {
	o := order{Order: identity.Order{At: noTime}, ref: e.Ref}
	if at := e.TakenIn(); at.State == posthog.Known {
		o.At = at.Micros
	}
	if e.HasUUID {
		o.UUID = e.UUID
	}
	return o
}

func (o *order) compare(p *order) int {
	if c := o.Order.Compare(&p.Order); c != 0 {
		return c
	}
	return cmp.Compare(o.ref, p.ref)
}

func (o *order) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.At))
	dst = append(dst, o.UUID[:]...)
	return binary.LittleEndian.AppendUint64(dst, o.ref)
}

func readOrder(b []byte) order {
	return order{
		Order: identity.Order{At: int64(binary.LittleEndian.Uint64(b)), UUID: posthog.UUID(b[8:24])},
		ref:   binary.LittleEndian.Uint64(b[24:]),
	}
}
