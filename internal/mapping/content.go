package mapping

import (
	"bytes"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// Content is 24 bits of a hash of what a row says of its event beside the event's key: when it happened, to the second, and
// the properties that are sent by default. It tells the versions of one event from each other. It depends neither on how an
// export writes them, nor on the order of the properties, nor on the flags of a run, nor on the types of a CSV's columns;
// numbers count as they are written.
// What else begins with a $ differs also between rows that a client has sent again, such as $sent_at.
func (ids *EventIDs) Content(e *posthog.Event) uint32 {
	const odd = 0x9e3779b97f4a7c15
	sum := uint64(e.Timestamp.Seconds()) * odd
	ids.hasher.canonical.cells = e.Cells
	for i := range e.Members {
		m := &e.Members[i]
		if key := e.Properties[m.KeyStart:m.KeyEnd]; len(key) > 0 && key[0] == '$' && !sentByDefault(key) {
			continue
		}
		sum += xxh3.Hash(ids.member(e.Properties, m))
	}
	return uint32(sum * odd >> 40)
}

// member returns a key, a quote, a colon and the value in one form, whatever that of the export.
func (ids *EventIDs) member(properties []byte, m *rawjson.Member) []byte {
	key, value := properties[m.KeyStart:m.KeyEnd], properties[m.ValueStart:m.ValueEnd]
	nested := value[0] == '{' || value[0] == '[' || bytes.IndexByte(value, '\\') >= 0 || ids.hasher.canonical.cells
	if !m.Escaped && !nested && m.ValueStart-m.KeyEnd == uint32(len(`":`)) {
		return properties[m.KeyStart:m.ValueEnd]
	}
	t := ids.text[:0]
	if m.Escaped {
		t, _ = rawjson.AppendUnescaped(t, key)
	} else {
		t = append(t, key...)
	}
	t = append(t, `":`...)
	if nested {
		value = ids.hasher.canonical.of(value)
	}
	ids.text = append(t, value...)
	return ids.text
}

// sentByDefault reports whether a key that begins with a $ is one of keptDollars.
func sentByDefault(key []byte) bool {
	switch string(key) {
	case "$current_url", "$pathname", "$screen_name", "$referrer":
		return true
	}
	return false
}
