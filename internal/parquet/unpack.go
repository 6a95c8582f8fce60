package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// unpacker decompresses pages into memory of a given size, and never takes more for the text of a page. Close
// gives it back for other files.
type unpacker struct {
	input  bytes.Reader
	zstd   *zstd.Decoder
	gzip   *gzip.Reader
	brotli *brotli.Reader
}

// mostWhole is how many bytes a page may have that is decompressed as a whole, if it need not be.
const mostWhole = 4 << 20

// unpackers are spare ones, for exports of many small files: each zstd decoder has some megabytes.
var unpackers = make(chan *unpacker, 2)

func takeUnpacker() *unpacker {
	select {
	case u := <-unpackers:
		return u
	default:
		return new(unpacker)
	}
}

func (u *unpacker) close() {
	u.input.Reset(nil)
	select {
	case unpackers <- u:
		return
	default:
	}
	if u.zstd != nil {
		u.zstd.Close()
	}
}

// errSize is the error of a page that has another size than its header says.
var errSize = errors.New("it has not as many bytes as its header says")

// unpack decompresses a page to text, which is as long as the page's header says.
func (u *unpacker) unpack(codec format.CompressionCodec, packed, text []byte) error {
	switch codec {
	case format.Uncompressed:
		if len(packed) != len(text) {
			return errSize
		}
		copy(text, packed)
		return nil
	case format.Snappy:
		if n, err := snappy.DecodedLen(packed); err != nil || n != len(text) {
			return errors.Join(errSize, err)
		}
		_, err := snappy.Decode(text, packed)
		return err
	case format.Lz4Raw:
		if n, err := lz4.UncompressBlock(packed, text); err != nil || n != len(text) {
			return errors.Join(errSize, err)
		}
		return nil
	case format.Zstd:
		return u.unpackZstd(packed, text)
	case format.Gzip:
		return u.unpackGzip(packed, text)
	case format.Brotli:
		return u.unpackBrotli(packed, text)
	}
	return fmt.Errorf("it is compressed with %s", codec)
}

// emptyFrame is a frame of zstd without text.
var emptyFrame = []byte{0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0}

func (u *unpacker) unpackZstd(packed, text []byte) error {
	if u.zstd == nil {
		var err error
		u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true),
			zstd.WithDecoderMaxMemory(mostPage), zstd.WithDecoderMaxWindow(mostPage))
		if err != nil {
			return err
		}
	}
	got, err := u.zstd.DecodeAll(packed, text[:0:len(text)])
	if len(text) > mostWhole { // the decoder keeps the text of the last frame, even while it is a spare one
		u.zstd.DecodeAll(emptyFrame, nil)
	}
	if err == nil && len(got) != len(text) {
		err = errSize
	}
	return err
}

func (u *unpacker) unpackGzip(packed, text []byte) error {
	u.input.Reset(packed)
	if u.gzip == nil {
		var err error
		if u.gzip, err = gzip.NewReader(&u.input); err != nil {
			u.gzip = nil
			return err
		}
	} else if err := u.gzip.Reset(&u.input); err != nil {
		return err
	}
	return readExactly(u.gzip, text)
}

func (u *unpacker) unpackBrotli(packed, text []byte) error {
	u.input.Reset(packed)
	if u.brotli == nil {
		u.brotli = brotli.NewReader(&u.input)
	} else if err := u.brotli.Reset(&u.input); err != nil {
		return err
	}
	return readExactly(u.brotli, text)
}

// readExactly reads text, after which r must end.
func readExactly(r io.Reader, text []byte) error {
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	var more [1]byte
	switch n, err := io.ReadFull(r, more[:]); {
	case n > 0:
		return errSize
	case err != io.EOF:
		return err
	}
	return nil
}
