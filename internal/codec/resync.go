package codec

import (
	"bytes"
	"io"
	"math"
)

// Some files consist of parts that are compressed one by one: gzip members, zstd and lz4 frames. When a part
// is damaged, the stream skips it, returns a *Gap, and continues at the next part whose checksum is right. It
// can do so only if the text of the part is held until its checksum has been compared (see wholePart); damage
// in a longer part ends the file.

// resyncer finds the next good part of a damaged file. It finds none if the input has no random access.
type resyncer struct {
	in    input
	magic string                // that each part begins with
	check func(io.Reader) error // decompresses one part; nil if its checksum is right
	gaps  int                   // found so far
	tried int                   // offsets with the magic number that were checked
}

// These bound the work for a file that is made to keep the program busy. Beyond them, damage ends the file.
const (
	mostGaps  = 1000
	mostTried = 100_000
	mostCheck = 64 << 20 // bytes of one compressed part
)

// next returns the offset of the first good part at or after from, -1 if there is none. If reading the file
// fails before one is found, that is the error.
func (s *resyncer) next(from int64) (int64, error) {
	if s.in.at == nil || s.gaps >= mostGaps {
		return -1, nil
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
				return -1, nil
			}
			part := errorRecorder{Reader: io.NewSectionReader(s.in.at, from+int64(at), mostCheck)}
			if s.check(&part) == nil {
				s.gaps++
				return from + int64(at), nil
			}
			if part.err != nil {
				return -1, &inputError{part.err}
			}
		}
		if err != nil && err != io.EOF {
			return -1, &inputError{err}
		}
		if err == io.EOF || n < len(s.magic) {
			return -1, nil
		}
		from += int64(n - len(s.magic) + 1)
	}
}

// after returns a reader of the file from an offset to its end.
func (s *resyncer) after(at int64) io.Reader {
	return io.NewSectionReader(s.in.at, at, math.MaxInt64-at)
}

// errorRecorder records the error that reading ended with, other than io.EOF. Decoders may hide it behind
// errors of their own.
type errorRecorder struct {
	io.Reader
	err error
}

func (r *errorRecorder) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}
