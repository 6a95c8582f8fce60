package codec

import "io"

// wholePart is the most text of a part, in bytes, that waits for its checksum.
const wholePart = 1 << 20

// partText is room for the text of one part after the other. The zero value is ready, and must be closed.
type partText struct{ buffer []byte }

// partBuffers are buffers to use again, for as many streams as are open at once. A sync.Pool would lose them to each garbage
// collection, and new ones cost page faults.
var partBuffers = make(chan []byte, 4)

// room returns room for the text of the next part, as readPart wants it; that of the part before is lost.
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

// readPart reads a part's text into memory, in room for wholePart: io.EOF says that it is whole and right, nil that there
// is more of it than that.
func readPart(part io.Reader, text []byte) ([]byte, error) {
	for len(text) < wholePart {
		n, err := part.Read(text[len(text):wholePart])
		if text = text[:len(text)+n]; err != nil {
			return text, err
		}
	}
	return text, nil
}
