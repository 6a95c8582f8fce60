package mapping

import (
	"crypto/sha256"
	"strconv"

	"github.com/oklog/ulid/v2"
	"github.com/zeebo/xxh3"

	"ph2cio/internal/posthog"
)

// IDScheme numbers the rule by which EventID makes IDs. Customer.io recognizes events by these IDs. With
// another rule it would take every event for a new one, so a released rule must never change.
const IDScheme = 2

// idPrefix is the beginning of the hashed text.
var idPrefix = "ph2cio/" + strconv.Itoa(IDScheme) + "\n"

// EventID returns the ULID that an event has in Customer.io, made only from the event's key, so that sending
// any version of its row again changes nothing (Track API reference, id of an event).
//
// The key is the one by which PostHog's table of events recognizes duplicates: uuid, event, distinct_id and
// the UTC day of the timestamp. A uuid alone is not enough, since in some projects different events share
// one. The ULID's time is 00:00:00 UTC of the key's day. Its 80 other bits are the first 80 bits of the
// SHA-256 of "ph2cio/2\n", then uuid, event and distinct_id; before each of the three stands its length in
// bytes, in decimal, and a colon. The uuid is in its 36-character lower-case form, or unchanged if it is no
// UUID. The other two are as in the row, before anything is trimmed or shortened for sending. The day is that
// of the row's timestamp, also if the event is sent with created_at because the timestamp is in the future.
//
// A row without a uuid hashes "ph2cio/2\nrow\n" and then event, distinct_id, the timestamp in unix
// microseconds and the properties as canonical writes them, each with its length as above.
//
// Properties that were built from cells of a CSV are hashed as the cells are written, whatever the types of
// their columns. Otherwise one cell of text in a later file would make every row of an earlier file a new
// event.
//
// A row whose timestamp is unknown, or refused by the API, is never sent. Its ID has day 0, which no row that
// is sent has.
func EventID(e *posthog.Event) ulid.ULID {
	var h hasher
	return h.id(e)
}

// EventIDs makes the IDs of many events, as EventID does, without allocating. The zero value is ready to use.
// It must not be used by several goroutines.
type EventIDs struct {
	hasher hasher
	text   []byte // scratch
}

// Of returns an event's ID.
func (ids *EventIDs) Of(e *posthog.Event) ulid.ULID { return ids.hasher.id(e) }

// Short returns 32 bits of another hash of what Of hashes. It costs less than Of.
func (ids *EventIDs) Short(e *posthog.Event) uint32 {
	day := uint64(0)
	if t := e.Timestamp; t.State == posthog.Known {
		day = uint64(t.Seconds() / secondsInDay)
	}
	return uint32(xxh3.HashSeed(ids.hasher.identity(e), day))
}

// hasher makes event IDs without allocating; it holds scratch memory.
type hasher struct {
	text      []byte
	canonical canonical
}

const secondsInDay = 24 * 60 * 60

func (h *hasher) id(e *posthog.Event) (id ulid.ULID) {
	if t := e.Timestamp; t.State == posthog.Known && sendable(t) {
		day := t.Seconds() / secondsInDay               // what can be sent is after 1970
		_ = id.SetTime(uint64(day*secondsInDay) * 1000) // fails only from the year 10889 on
	}
	sum := sha256.Sum256(h.identity(e))
	copy(id[6:], sum[:10])
	return id
}

// identity returns what distinguishes an event from all others of its day.
func (h *hasher) identity(e *posthog.Event) []byte {
	t := append(h.text[:0], idPrefix...)
	switch {
	case e.HasUUID:
		t = append(t, "36:"...)
		t = e.UUID.Append(t)
	case e.UUIDText != nil:
		t = appendSized(t, e.UUIDText)
	default:
		t = append(t, "row\n"...)
	}
	t = appendSized(t, written(e))
	t = appendSized(t, e.DistinctID)
	if !e.HasUUID && e.UUIDText == nil {
		var number [20]byte
		t = appendSized(t, strconv.AppendInt(number[:0], e.Timestamp.Micros, 10))
		h.canonical.setCells(e.Cells)
		t = appendSized(t, h.canonical.of(e.Properties))
	}
	h.text = t
	return t
}

func appendSized(dst, text []byte) []byte {
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	dst = append(dst, ':')
	return append(dst, text...)
}

// written returns an event's name as it stands in its row.
func written(e *posthog.Event) []byte {
	if e.Padded != nil {
		return e.Padded
	}
	return e.Name
}
