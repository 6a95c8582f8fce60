package posthog

import "github.com/klauspost/compress/s2"

// Packer makes chunks small that are not needed for a while. The zero value is ready; it may be used from one goroutine at
// a time, and must be closed.
type Packer struct{ slab *slab }

// WorthPacking reports whether packing and unpacking a chunk takes less time than decompressing its source again. Plain
// sources are read faster than anything is packed; zstd and those like it are decompressed about as fast as it is unpacked.
func (c *Chunk) WorthPacking() bool { return c.Codec == "gzip" || c.Codec == "brotli" }

// Pack packs a chunk; Chunk.Events unpacks it again. It must not be called while the chunk is in use otherwise.
func (p *Packer) Pack(c *Chunk) {
	if c.packed != nil || len(c.data) == 0 {
		return
	}
	text := len(c.data)
	most := s2.MaxEncodedLen(text)
	if p.slab == nil || len(p.slab.left()) < most {
		p.Close()
		p.slab = takeSlab(max(slabSize, most))
	}
	size := len(s2.Encode(p.slab.left(), c.data))
	c.buffer.release()
	c.slab.release()
	c.packed, c.slab = p.slab.use(size), p.slab
	c.slab.users.Add(1)
	c.buffer, c.data, c.guarded, c.text = nil, nil, nil, text
}

// Close gives the memory back as soon as no chunk is packed in it any more. More may be packed afterwards.
func (p *Packer) Close() {
	p.slab.release()
	p.slab = nil
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
	c.data, c.guarded = data, room[:c.text+guard]
	c.slab.release()
	c.packed, c.slab = nil, nil
	if c.unended {
		c.guarded[c.text] = '\n'
	}
}
