package codec

import (
	"bytes"
	"errors"
	"testing"

	"ph2cio/internal/testkit/packing"
)

// Whatever is damaged, the bytes that are read are parts of the text, in order, with gaps where the stream
// reports one.
func FuzzResync(f *testing.F) {
	f.Add(byte(0), gzipText[:2000], uint16(53), uint16(700), byte(4), uint16(900), byte(1))
	f.Add(byte(1), gzipText[:2000], uint16(53), uint16(700), byte(4), uint16(0), byte(255))
	f.Add(byte(2), gzipText[:2000], uint16(200), uint16(7), byte(4), uint16(9), byte(1))
	f.Fuzz(func(t *testing.T, which byte, text []byte, cut, first uint16, bits byte, second uint16, more byte) {
		p := &packing.All[which%3]
		if len(text) > 1<<16 || len(text)/(1+int(cut)) > 500 {
			return
		}
		file := p.Pack(t, text, 1+int(cut))
		file[int(first)%len(file)] ^= bits
		if p.Name != "zstd" { // where one bit says that there is no checksum, and another may then be any
			file[int(second)%len(file)] ^= more
		}
		s := opened(p, input{Reader: bytes.NewReader(file), at: bytes.NewReader(file)})
		defer s.close()
		var pieces [][]byte
		var piece []byte
		window := make([]byte, 1000)
		for end := false; !end; {
			n, err := s.Read(window)
			piece = append(piece, window[:n]...)
			_, gapped := err.(*Gap)
			if end = err != nil && !gapped; end {
				if d, ok := errors.AsType[*Damage](err); ok && d.Keep {
					return // cut off within a part: what came of that has no checksum
				}
				before := 0
				for _, one := range pieces {
					before += len(one)
				}
				piece = piece[:max(0, min(int64(len(piece)), s.verified()-int64(before)))]
			}
			if end || gapped {
				pieces, piece = append(pieces, piece), nil
			}
		}
		rest := text
		for _, one := range pieces {
			at := bytes.Index(rest, one)
			if at < 0 {
				t.Fatalf("%q is read, which %q does not go on with", one, rest)
			}
			rest = rest[at+len(one):]
		}
	})
}
