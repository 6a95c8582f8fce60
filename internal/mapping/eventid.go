package mapping

import (
	"crypto/sha256"
	"strconv"

	"github.com/oklog/ulid/v2"

	"ph2cio/internal/posthog"
)

// IDScheme names the rule by which EventID makes IDs. It is frozen: Customer.io knows what it has been sent by these IDs, so
// another rule would make every event new.
const IDScheme = "ph2cio/1"

// EventID returns the ULID that an event has in Customer.io, made only from the event, so that sending it again changes
// nothing (Track API reference, id of an event).
//
// Its time is the event's own timestamp in whole seconds, rounded down, because some exports have nothing finer. Its 80
// other bits are the first 80 bits of the SHA-256 of "ph2cio/1\n" and the uuid in its 36-character lower-case form. A row
// without a uuid hashes "ph2cio/1\nrow\n" and then event, distinct_id, the timestamp in unix microseconds and the
// properties as appendCanonical writes them; before each of the four stands its length in bytes, in decimal, and a colon.
//
// A timestamp that is not known, or that the API does not take, counts as 0.
func EventID(e *posthog.Event) ulid.ULID {
	var h hasher
	return h.id(e)
}

// EventIDs makes the IDs of many events, as EventID does, without allocating. The zero value is ready; it is for one goroutine.
type EventIDs struct{ hasher hasher }

// Of returns an event's ID.
func (ids *EventIDs) Of(e *posthog.Event) ulid.ULID { return ids.hasher.id(e) }

// hasher makes event IDs without allocating; it holds scratch memory.
type hasher struct {
	text      []byte
	canonical canonical
}

func (h *hasher) id(e *posthog.Event) (id ulid.ULID) {
	if t := e.Timestamp; t.State == posthog.Known && sendable(t) {
		_ = id.SetTime(uint64(t.Seconds()) * 1000) // an error only from the year 10889 on
	}
	sum := sha256.Sum256(h.identity(e))
	copy(id[6:], sum[:10])
	return id
}

// identity returns what tells an event from all others.
func (h *hasher) identity(e *posthog.Event) []byte {
	t := append(h.text[:0], IDScheme+"\n"...)
	if e.HasUUID {
		t = e.UUID.Append(t)
	} else {
		t = append(t, "row\n"...)
		t = appendSized(t, written(e))
		t = appendSized(t, e.DistinctID)
		var number [20]byte
		t = appendSized(t, strconv.AppendInt(number[:0], e.Timestamp.Micros, 10))
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

// written is an event's name as its row has it: the rule is frozen, and says so.
func written(e *posthog.Event) []byte {
	if e.Padded != nil {
		return e.Padded
	}
	return e.Name
}
