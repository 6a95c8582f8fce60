package people

import (
	"bytes"
	"cmp"
	"encoding/binary"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// order is a row's place in the order of ingestion, in which PostHog applies changes to persons. Rows of one
// time go by timestamp, then by uuid, none before any; rows that cannot be told apart by that, by their place
// in the input.
type order struct {
	identity.Order
	stamp int64 // `timestamp` in unix microseconds, noTime where the row has none
	ref   uint64
}

const (
	noTime    = identity.NoTime
	orderSize = 8 + 8 + 16 + 8 // when written
)

// orderOf returns a row's place. Where its timestamp is later than now, created_at stands in for it.
func orderOf(e *posthog.Event, now int64) order {
	o := order{Order: identity.Order{At: noTime}, stamp: noTime, ref: e.Ref}
	if at := e.TakenIn(); at.State == posthog.Known {
		o.At = at.Micros
	}
	switch {
	case e.Timestamp.State != posthog.Known:
	case e.Timestamp.Micros > now && e.CreatedAt.State == posthog.Known:
		o.stamp = e.CreatedAt.Micros
	default:
		o.stamp = e.Timestamp.Micros
	}
	if e.HasUUID {
		o.UUID = e.UUID
	}
	return o
}

// feeds reports whether a row may change its person. One whose timestamp is later than now does so at its
// created_at, and if that is not known, or not better, not at all: a wrong clock must not have the last word.
func feeds(e *posthog.Event, now int64) bool {
	wrong := func(t posthog.Time) bool { return t.State == posthog.Known && t.Micros > now }
	return !wrong(e.Timestamp) || e.CreatedAt.State == posthog.Known && !wrong(e.CreatedAt)
}

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
