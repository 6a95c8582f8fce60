package codec

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/pierrec/lz4/v4"
)

// lz4Frames is the format of lz4's doc/lz4_Frame_format.md.
var lz4Frames = &frameFormat{
	name:    "lz4",
	magic:   lz4Magic,
	walker:  func() frameWalker { return new(lz4Walker) },
	decoder: func() frameDecoder { return lz4Decoder{lz4.NewReader(nil)} },
}

const lz4Magic = "\x04\x22\x4d\x18"

// lz4Walker parses the layout of a frame.
type lz4Walker struct {
	blockChecksum, allChecksum int64 // their sizes
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

func (w *lz4Walker) block(in *bufio.Reader) (size int64, last bool, err error) {
	b, err := in.Peek(4)
	if err != nil {
		return 0, false, err
	}
	const uncompressed = 1 << 31
	if binary.LittleEndian.Uint32(b) == 0 {
		return 4 + w.allChecksum, true, nil
	}
	size = int64(binary.LittleEndian.Uint32(b)) &^ uncompressed
	return 4 + size + w.blockChecksum, false, nil
}

type lz4Decoder struct{ *lz4.Reader }

func (d lz4Decoder) start(frame io.Reader) error {
	d.Reset(frame)
	return nil
}

func (d lz4Decoder) explain(error) *Damage { return nil }
func (d lz4Decoder) close()                {}
