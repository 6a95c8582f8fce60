package posthog

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/pierrec/lz4/v4"
)

// lz4Frames is laid out as lz4's doc/lz4_Frame_format.md says.
var lz4Frames = &frameFormat{
	name:    "lz4",
	magic:   lz4Magic,
	walker:  func() func(*bufio.Reader) (int64, error) { return new(lz4Walker).next },
	decoder: func() frameDecoder { return lz4Decoder{lz4.NewReader(nil)} },
}

const lz4Magic = "\x04\x22\x4d\x18"

// lz4Walker knows where it is in a frame.
type lz4Walker struct {
	inBlocks, ended            bool
	blockChecksum, allChecksum int64 // their sizes
}

func (w *lz4Walker) next(in *bufio.Reader) (int64, error) {
	switch {
	case w.ended:
		return 0, nil
	case w.inBlocks:
		return w.block(in)
	}
	w.inBlocks = true
	return w.header(in)
}

func (w *lz4Walker) header(in *bufio.Reader) (int64, error) {
	magic := len(lz4Magic)
	b, err := in.Peek(magic + 1)
	if err != nil {
		return 0, err
	}
	flags := int64(b[magic])
	w.blockChecksum, w.allChecksum = 4*(flags>>4&1), 4*(flags>>2&1)
	const flagsAndSum = 3
	return int64(magic) + flagsAndSum + 8*(flags>>3&1) + 4*(flags&1), nil
}

func (w *lz4Walker) block(in *bufio.Reader) (int64, error) {
	b, err := in.Peek(4)
	if err != nil {
		return 0, err
	}
	const uncompressed = 1 << 31
	size := int64(binary.LittleEndian.Uint32(b)) &^ uncompressed
	if binary.LittleEndian.Uint32(b) == 0 {
		w.ended = true
		return 4 + w.allChecksum, nil
	}
	return 4 + size + w.blockChecksum, nil
}

type lz4Decoder struct{ *lz4.Reader }

func (d lz4Decoder) start(frame io.Reader) error {
	d.Reset(frame)
	return nil
}

func (d lz4Decoder) explain(error) *damage { return nil }
func (d lz4Decoder) close()                {}
