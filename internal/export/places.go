package export

import (
	"sort"

	"ph2cio/internal/posthog"
)

// places turns a Ref, a row's number in reading order, into a place in a file. It keeps one entry a chunk.
type places struct {
	sources []posthog.Source
	chunks  []placedChunk
	first   []uint64 // Ref of the first row of each source
}

type placedChunk struct {
	ref    uint64
	line   int64
	source int32
}

func newPlaces(sources []posthog.Source) *places {
	return &places{sources: sources, first: make([]uint64, len(sources))}
}

// add notes a chunk; chunks come in reading order.
func (p *places) add(c *posthog.Chunk) {
	if n := len(p.chunks); n == 0 || p.chunks[n-1].source != int32(c.Source) {
		p.first[c.Source] = c.Ref
	}
	p.chunks = append(p.chunks, placedChunk{c.Ref, c.Line, int32(c.Source)})
}

// find tells the file and the row in it, from 1. The zero place is answered for a ref that was never read.
func (p *places) find(ref uint64) (file string, row int64) {
	i := sort.Search(len(p.chunks), func(i int) bool { return p.chunks[i].ref > ref }) - 1
	if i < 0 {
		return "", 0
	}
	source := p.chunks[i].source
	return p.sources[source].Path, int64(ref-p.first[source]) + 1
}
