package transfer

import (
	"slices"

	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
)

// mostTail is how many bytes of packed chunks stay in memory from the first pass to the second. Packing makes
// exports five times smaller or more.
const mostTail = 64 << 20

// tail is the last chunks that the first pass saw, held in memory so that the second pass need not decompress
// them again: all of a small export, the end of a large one. They are packed in a way that is unpacked much
// faster than the compression of the sources. Chunks for which that would save nothing are not held.
type tail struct {
	most   int // mostTail, but for tests
	chunks []*posthog.Chunk
	packer posthog.Packer
	held   int   // bytes
	text   int64 // bytes read so far
	closed bool  // no more chunks are held

	unpacked, packed int64 // bytes of the held chunks before and after packing

	// The tail begins in this source, after so many bytes of its text.
	source int
	before int64

	last    int // source of the chunk before
	lastEnd int64
}

// add takes the next chunk in reading order, and holds or releases it unless its source is not compressed.
// total is how many bytes there are to read on disk.
func (t *tail) add(c *posthog.Chunk, left parallel.Bitset, total int64) {
	source, end := t.last, t.lastEnd
	if source != c.Source {
		end = 0
	}
	t.text += c.End - end
	t.last, t.lastEnd = c.Source, c.End
	switch {
	case !c.WorthPacking():
		t.drop() // the tail is the end of all sources, without gaps
	case t.closed || len(t.chunks) == 0 && !t.nearEnd(c, total):
		c.Release()
	default:
		if len(t.chunks) == 0 {
			t.source, t.before = c.Source, end
		}
		t.unpacked += int64(c.Size())
		t.packer.Pack(c, left)
		t.packed += int64(c.Held())
		t.chunks = append(t.chunks, c)
		t.held += c.Held()
		for t.held > t.most+t.most/4 && len(t.chunks) > 1 {
			t.dropFirst()
		}
	}
}

// nearEnd guesses whether all from c on fits into the tail, if the rest is compressed as well as what came
// before.
func (t *tail) nearEnd(c *posthog.Chunk, total int64) bool {
	return float64(total-c.Bytes)*float64(t.text)*t.packedShare() <= float64(t.most)*float64(max(c.Bytes, 1))
}

// packedShare is the size of packed text, as a part of its size before.
func (t *tail) packedShare() float64 {
	const usual = 0.25
	if t.unpacked == 0 {
		return usual
	}
	return float64(t.packed) / float64(t.unpacked)
}

// dropFirst releases the first chunk, because the guess of nearEnd was wrong.
func (t *tail) dropFirst() {
	c := t.chunks[0]
	t.source, t.before = c.Source, c.End
	t.held -= c.Held()
	c.Release()
	t.chunks = t.chunks[1:]
}

// drop releases all chunks. No more are held afterwards.
func (t *tail) drop() {
	for _, c := range t.chunks {
		c.Release()
	}
	t.packer.Close()
	t.chunks, t.closed = nil, true
}

// until returns where the second pass stops in each source, so that the tail follows. ends are the ends of
// the sources.
func (t *tail) until(ends []int64) []int64 {
	ends = slices.Clone(ends)
	for _, c := range t.chunks {
		ends[c.Source] = 0
		if c.Source == t.source {
			ends[c.Source] = t.before
		}
	}
	return ends
}
