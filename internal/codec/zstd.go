package codec

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdFrames is the format of RFC 8878.
var zstdFrames = &frameFormat{
	name:    "zstd",
	magic:   zstdMagic,
	walker:  func() frameWalker { return new(zstdWalker) },
	decoder: func() frameDecoder { return newZstdDecoder(false) },
	lenient: func() frameDecoder { return newZstdDecoder(true) },
}

const zstdMagic = "\x28\xb5\x2f\xfd"

// zstdWindow is the largest window that a frame may ask for, in bytes.
const zstdWindow = 64 << 20

// zstdWalker parses the layout of a frame.
type zstdWalker struct {
	checksum int64 // its size, after the last block
}

func (w *zstdWalker) header(in *bufio.Reader) (int64, error) {
	magic := len(zstdMagic)
	b, err := in.Peek(magic + 1)
	if err != nil {
		return 0, err
	}
	flags := b[magic]
	size := int64(magic + 1)
	single := flags&(1<<5) != 0
	if !single {
		size++ // the window
	}
	size += [...]int64{0, 1, 2, 4}[flags&3]  // the dictionary
	size += [...]int64{0, 2, 4, 8}[flags>>6] // the length of the text
	if single && flags>>6 == 0 {
		size++
	}
	if flags&(1<<2) != 0 {
		w.checksum = 4
	}
	return size, nil
}

func (w *zstdWalker) block(in *bufio.Reader) (size int64, last bool, err error) {
	b, err := in.Peek(3)
	if err != nil {
		return 0, false, err
	}
	const repeated = 1 // the block is one byte, repeated
	bits := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
	size = bits >> 3
	if bits>>1&3 == repeated {
		size = 1
	}
	size += 3
	if last = bits&1 != 0; last {
		size += w.checksum
	}
	return size, last, nil
}

type zstdDecoder struct {
	*zstd.Decoder
	again bool // close returns it to zstdDecoders
}

// zstdDecoders are spare decoders: each has a window of some megabytes.
var zstdDecoders = make(chan zstdDecoder, 2)

func newZstdDecoder(lenient bool) frameDecoder {
	if !lenient {
		select {
		case d := <-zstdDecoders:
			return d
		default:
		}
	}
	// One goroutine decompresses, the one that calls Read: more of them would take the cores from those that
	// decode rows.
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow),
		zstd.WithDecoderMaxMemory(zstdWindow), zstd.IgnoreChecksum(lenient))
	if err != nil {
		panic(err) // the options above are wrong; every test of zstd shows it
	}
	return zstdDecoder{d, !lenient}
}

func (d zstdDecoder) start(frame io.Reader) error { return d.Reset(frame) }

func (d zstdDecoder) close() {
	if d.again && d.Reset(nil) == nil {
		select {
		case zstdDecoders <- d:
			return
		default:
		}
	}
	d.Close()
}

func (d zstdDecoder) explain(err error) *Damage {
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return &Damage{
			Err:  fmt.Errorf("a zstd frame needs a window of more than %d MiB", zstdWindow>>20),
			Hint: "compress it again without --long and --ultra, or decompress it first: zstd -d --long=31",
			Keep: true,
		}
	}
	return nil
}
