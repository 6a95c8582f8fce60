package transfer

import (
	"sort"

	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// places turns a Ref, a row's number in reading order, into a place in a file. It keeps one entry a file: rows of one file
// come one after another.
type places struct {
	sources []source.Source
	begun   []placedSource
}

type placedSource struct {
	ref    uint64 // of its first row
	source int
}

func newPlaces(sources []source.Source) *places { return &places{sources: sources} }

// add notes a chunk; chunks come in reading order.
func (p *places) add(c *posthog.Chunk) {
	if n := len(p.begun); n == 0 || p.begun[n-1].source != c.Source {
		p.begun = append(p.begun, placedSource{c.Ref, c.Source})
	}
}

// find tells the file and the row in it, from 1. The zero place is answered for a ref before any that was read.
func (p *places) find(ref uint64) (file string, row int64) {
	i := sort.Search(len(p.begun), func(i int) bool { return p.begun[i].ref > ref }) - 1
	if i < 0 {
		return "", 0
	}
	return p.sources[p.begun[i].source].Name, int64(ref-p.begun[i].ref) + 1
}
