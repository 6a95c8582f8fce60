package people

import (
	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

const noTime = identity.NoTime

// orderOf returns a row's place. Where its timestamp is later than now, created_at stands in for it.
func orderOf(e *posthog.Event, now int64) fold.Order {
	o := fold.Order{Order: identity.Order{At: noTime}, Stamp: noTime, Ref: e.Ref}
	if at := e.TakenIn(); at.State == posthog.Known {
		o.At = at.Micros
	}
	switch {
	case e.Timestamp.State != posthog.Known:
	case e.Timestamp.Micros > now && e.CreatedAt.State == posthog.Known:
		o.Stamp = e.CreatedAt.Micros
	default:
		o.Stamp = e.Timestamp.Micros
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

// attributeRowOf is what a row says of its person's attributes. uuids says whether that includes the person's
// UUID.
func attributeRowOf(e *posthog.Event, at *fold.Order, now int64, uuids bool) (r fold.Row) {
	r.At = *at
	if uuids {
		r.UUID = e.PersonID
	}
	if feeds(e, now) {
		r.SetOnce, r.Set, r.Unset, r.Snapshot, r.Members = e.SetOnce, e.Set, e.Unset, e.PersonProperties, e.PersonMembers
		if r.HasSnapshot() {
			r.Hash()
		}
	}
	return r
}
