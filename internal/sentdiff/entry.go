package sentdiff

import (
	"cmp"
	"encoding/binary"

	"ph2cio/internal/customerio"
)

// entry is one operation as it is sorted.
type entry struct {
	key   string
	after bool // it is of the second run
	body  []byte
}

// keyOf returns what two operations that belong together have in common. Keys of people come first, then
// those of events in the order of their days, and then those of merges.
func keyOf(o *customerio.Operation) string {
	switch {
	case o.Action == customerio.Identify:
		return "1" + string(o.Who.Key) + "\x00" + o.Who.Value
	case !o.ID.IsZero():
		return "2" + string(o.ID[:])
	}
	return "3" + string(o.Body)
}

func (e *entry) compare(other *entry) int { return cmp.Compare(e.key, other.key) }

// appendEntry writes an entry: the length of its key, the key, the run and the body.
func appendEntry(dst []byte, e *entry) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(e.key)))
	dst = append(dst, e.key...)
	run := byte(0)
	if e.after {
		run = 1
	}
	return append(append(dst, run), e.body...)
}

// readEntry reads what appendEntry has written.
func readEntry(text []byte) entry {
	length, n := binary.Uvarint(text)
	text = text[n:]
	e := entry{key: string(text[:length]), after: text[length] == 1}
	e.body = append(e.body, text[length+1:]...)
	return e
}
