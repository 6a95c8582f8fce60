package mapping

import (
	"bytes"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// Content distinguishes versions of one event. It is 24 bits of a hash of what the event's key does not
// contain: the time, to the second, and the properties that are sent by default. It does not depend on the
// notation of the export, the order of the properties, the flags of the run or the types of CSV columns;
// numbers count as they are written. Other properties that begin with a $ do not count, since they differ
// between rows that a client has sent twice, such as $sent_at.
func (ids *EventIDs) Content(e *posthog.Event) uint32 {
	const odd = 0x9e3779b97f4a7c15
	sum := uint64(e.Timestamp.Seconds()) * odd
	ids.hasher.canonical.setCells(e.Cells)
	for i := range e.Members {
		m := &e.Members[i]
		if key := e.Properties[m.KeyStart:m.KeyEnd]; len(key) > 0 && key[0] == '$' && !sentByDefault(key) {
			continue
		}
		sum += xxh3.Hash(ids.member(e.Properties, m))
	}
	return uint32(sum * odd >> 40)
}

// member returns a key, a quote, a colon and the value in canonical form.
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
