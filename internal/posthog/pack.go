package posthog

import "github.com/klauspost/compress/s2"

// Pack makes a chunk that is not needed for a while small; Events unpacks it again. It must not be called while the chunk
// is in use otherwise.
func (c *Chunk) Pack() {
	if c.packed != nil || len(c.data) == 0 {
		return
	}
	text := len(c.data)
	scratch := takeBuffer()
	packed := s2.Encode(scratch.bytes[:cap(scratch.bytes)], c.data)
	c.packed = append(make([]byte, 0, len(packed)), packed...)
	scratch.release()
	c.buffer.release()
	c.buffer, c.data, c.guarded, c.text = nil, nil, nil, text
}

// unpack makes the text of a packed chunk anew.
func (c *Chunk) unpack() {
	if c.packed == nil {
		return
	}
	var room []byte
	if c.buffer = takeBuffer(); len(c.buffer.bytes) >= c.text+guard {
		room = c.buffer.bytes
	} else {
		c.buffer.release()
		c.buffer, room = nil, make([]byte, c.text+guard)
	}
	data, err := s2.Decode(room[:c.text], c.packed)
	if err != nil {
		panic("posthog: a chunk in memory is damaged: " + err.Error()) // as when any other variable is
	}
	c.data, c.guarded, c.packed = data, room[:c.text+guard], nil
	if c.unended {
		c.guarded[c.text] = '\n'
	}
}
