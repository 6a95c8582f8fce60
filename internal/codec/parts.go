package codec

import "io"

// wholePart is the largest text of a part, in bytes, that is held until its checksum has been compared.
const wholePart = 1 << 20

// partText is a buffer for the text of one part after the other. The zero value is ready to use; close gives
// the buffer back.
type partText struct{ buffer []byte }

// partBuffers are spare buffers, enough for the streams that are open at the same time. A sync.Pool would
// drop them at each garbage collection, and fresh memory costs page faults.
var partBuffers = make(chan []byte, 4)

// room returns the empty buffer, with a capacity of wholePart. It overwrites the text of the part before.
func (t *partText) room() []byte {
	if t.buffer == nil {
		select {
		case t.buffer = <-partBuffers:
		default:
			t.buffer = make([]byte, 0, wholePart)
		}
	}
	return t.buffer
}

func (t *partText) close() {
	if t.buffer == nil {
		return
	}
	select {
	case partBuffers <- t.buffer:
	default:
	}
	t.buffer = nil
}

// readPart appends the text of a part to text, which has a capacity of wholePart. io.EOF says that the part
// is complete and its checksum right; nil says that the part has more text than fits.
func readPart(part io.Reader, text []byte) ([]byte, error) {
	for len(text) < wholePart {
		n, err := part.Read(text[len(text):wholePart])
		if text = text[:len(text)+n]; err != nil {
			return text, err
		}
	}
	return text, nil
}
