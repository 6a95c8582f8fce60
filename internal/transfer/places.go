package transfer

import (
	"sort"

	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// places finds the file and the row in it for a Ref, which is the number of a row in reading order. All rows
// of a file follow one another, so one entry for each file is enough.
type places struct {
	sources []source.Source
	begun   []placedSource
}

type placedSource struct {
	ref    uint64 // of its first row
	source int
}

func newPlaces(sources []source.Source) *places { return &places{sources: sources} }

// add adds the next chunk in reading order.
func (p *places) add(c *posthog.Chunk) {
	if n := len(p.begun); n == 0 || p.begun[n-1].source != c.Source {
		p.begun = append(p.begun, placedSource{c.Ref, c.Source})
	}
}

// find returns the name of the file, and the number of the row in it, from 1. It returns zero values for a
// Ref before the first row.
func (p *places) find(ref uint64) (file string, row int64) {
	i := sort.Search(len(p.begun), func(i int) bool { return p.begun[i].ref > ref }) - 1
	if i < 0 {
		return "", 0
	}
	return p.sources[p.begun[i].source].Name, int64(ref-p.begun[i].ref) + 1
}
