package codec

import (
	"bytes"
	"io"
	"math"
)

// A file whose parts are compressed one by one (gzip members, zstd and lz4 frames) is more than its first damaged part: a
// stream leaves that out, says so with a *Gap, and goes on at the next part whose checksum is right. It can do so with
// parts that have been decompressed whole before any of their text is handed on; damage in a longer one ends the file.

// salvage finds where a damaged file goes on. Its zero value finds nothing.
type salvage struct {
	in    input
	magic string                // of a part
	check func(io.Reader) error // reads the part that begins there; nil if it is right
	gaps  int                   // so far
	tried int                   // places where a part might have begun
}

// A file with more damage than this is read no further.
const (
	mostGaps  = 1000
	mostTried = 100_000
	mostCheck = 64 << 20 // compressed bytes of one part
)

// next returns where the first good part at or after from begins, -1 if there is none.
func (s *salvage) next(from int64) int64 {
	if s.in.at == nil || s.gaps >= mostGaps {
		return -1
	}
	window := make([]byte, segmentSize)
	for {
		n, err := s.in.at.ReadAt(window, from)
		text := window[:n]
		for at := 0; ; at++ {
			found := bytes.Index(text[at:], []byte(s.magic))
			if found < 0 {
				break
			}
			at += found
			if s.tried++; s.tried > mostTried {
				return -1
			}
			if s.check(io.NewSectionReader(s.in.at, from+int64(at), mostCheck)) == nil {
				s.gaps++
				return from + int64(at)
			}
		}
		if err != nil || n < len(s.magic) {
			return -1
		}
		from += int64(n - len(s.magic) + 1)
	}
}

// after reads the file from a place on.
func (s *salvage) after(at int64) io.Reader {
	return io.NewSectionReader(s.in.at, at, math.MaxInt64-at)
}
