package posthog

import "github.com/klauspost/compress/s2"

// Packer compresses chunks that are not needed for a while. The zero value is ready to use. It may be used by
// one goroutine at a time, and must be closed. Without it a backfill of one gzip member takes 19 to 22%
// longer, one of a member for each row 45 to 57%, and both 30% less memory.
type Packer struct{ arena *arena }

// WorthPacking reports whether packing and unpacking a chunk takes less time than decompressing its source
// again. Plain sources are read faster than they can be packed; zstd and similar formats decompress about as
// fast as packed chunks.
func (c *Chunk) WorthPacking() bool { return c.Codec == "gzip" || c.Codec == "brotli" }

// Pack packs a chunk whose Events have been read. They can be read once more, except the rows with a bit in
// left, which becomes Chunk.Left. The chunk must not be in use meanwhile.
func (p *Packer) Pack(c *Chunk, left []uint64) {
	if c.packed != nil || len(c.data) == 0 {
		return
	}
	c.leaveOut(left)
	c.pack(p.arenaWith(s2.MaxEncodedLen(len(c.data))))
}

// arenaWith returns an arena with at least most unused bytes.
func (p *Packer) arenaWith(most int) *arena {
	if p.arena == nil || len(p.arena.left()) < most {
		p.Close()
		p.arena = takeArena(max(arenaSize, most))
	}
	return p.arena
}

// Close releases the memory as soon as no packed chunk uses it. The packer may be used again afterwards.
func (p *Packer) Close() {
	p.arena.release()
	p.arena = nil
}
