package transfer

import (
	"slices"

	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
)

// mostTail is how much of the end of compressed sources stays in memory from the first pass to the second, in bytes as it
// is packed there. Exports are packed to a fifth or less.
const mostTail = 64 << 20

// tail are the last chunks that the first pass saw, so that the second need not decompress them again: all of a small
// export, the end of a large one. They are packed in a way that is unpacked much faster than what the sources are
// compressed with. Chunks that are not worth that are not kept.
type tail struct {
	most   int // mostKept, but for tests
	chunks []*posthog.Chunk
	packer posthog.Packer
	held   int   // bytes
	text   int64 // bytes read so far
	over   bool  // nothing is kept any more

	// How well what was kept has been packed.
	unpacked, packed int64 // bytes

	// Where what is kept begins: after this much of that source.
	source int
	before int64

	last    int // source of the chunk before
	lastEnd int64
}

// add takes over a chunk of a compressed source, and hears of one of a plain source, in reading order. total is what
// there is to read, in bytes on disk.
func (k *tail) add(c *posthog.Chunk, left parallel.Bitset, total int64) {
	source, end := k.last, k.lastEnd
	if source != c.Source {
		end = 0
	}
	k.text += c.End - end
	k.last, k.lastEnd = c.Source, c.End
	switch {
	case !c.WorthPacking():
		k.giveUp() // what is kept is the end of all, without gaps
	case k.over || len(k.chunks) == 0 && !k.nearEnd(c, total):
		c.Release()
	default:
		if len(k.chunks) == 0 {
			k.source, k.before = c.Source, end
		}
		k.unpacked += int64(c.Size())
		k.packer.Pack(c, left)
		k.packed += int64(c.Held())
		k.chunks = append(k.chunks, c)
		k.held += c.Held()
		for k.held > k.most+k.most/4 && len(k.chunks) > 1 {
			k.drop()
		}
	}
}

// nearEnd guesses whether what comes from c on, packed, is no more than is kept, if it is compressed as what came before.
func (k *tail) nearEnd(c *posthog.Chunk, total int64) bool {
	return float64(total-c.Bytes)*float64(k.text)*k.share() <= float64(k.most)*float64(max(c.Bytes, 1))
}

// share is what packing leaves of a text.
func (k *tail) share() float64 {
	const usual = 0.25
	if k.unpacked == 0 {
		return usual
	}
	return float64(k.packed) / float64(k.unpacked)
}

// drop gives up the first chunk: the guess was wrong.
func (k *tail) drop() {
	c := k.chunks[0]
	k.source, k.before = c.Source, c.End
	k.held -= c.Held()
	c.Release()
	k.chunks = k.chunks[1:]
}

func (k *tail) giveUp() {
	for _, c := range k.chunks {
		c.Release()
	}
	k.packer.Close()
	k.chunks, k.over = nil, true
}

// until takes what is kept off the ends of the sources.
func (k *tail) until(ends []int64) []int64 {
	ends = slices.Clone(ends)
	for _, c := range k.chunks {
		ends[c.Source] = 0
		if c.Source == k.source {
			ends[c.Source] = k.before
		}
	}
	return ends
}
