package parquet

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

const (
	largeWindow = 256 << 10 // bytes of a large page that are held, if no value is longer
	largePacked = 256 << 10 // compressed bytes that are read at once
	largeBack   = 16 << 20  // how far compressed text may refer back, or the page is decompressed as a whole
)

// largePage gives the text of a page piece by piece. DuckDB writes pages of 100 MB, and several columns may
// have such pages; a largePage holds some hundred KB of one, and what its codec looks back at.
type largePage struct {
	memory *memory
	packed packedPage
	input  *bufio.Reader // over packed
	text   io.Reader     // decompresses input
	left   int           // bytes of the text that have not been in the window yet
	window []byte        // the memory of what more returns
	err    error         // why more has returned too little, if it is not the end of the page

	skipped bool // the value that was taken last was passed over

	zstd       *zstd.Decoder
	zstdBack   int // the bytes of text that the decoder may hold
	brotli     *brotli.Reader
	brotliBack int
	gzip       *gzip.Reader
	snappy     *snappyReader
	lz4        *lz4Reader
}

// errWhole is the error of begin for a page that must be decompressed as a whole.
var errWhole = errors.New("the page must be decompressed as a whole")

// begin begins to read a page of size bytes, which are compressed in packed. It first decompresses all of it
// without keeping it: as of a smaller page, nothing of a page is used if a part of it is damaged.
func (l *largePage) begin(packed section, codec format.CompressionCodec, size int) (err error) {
	if l.window, err = l.memory.grown(l.window, largeWindow); err != nil {
		return err
	}
	if codec != format.Uncompressed {
		if err := l.rewind(packed, codec, size); err != nil {
			return err
		}
		if err := l.check(); err != nil {
			return l.explain(err)
		}
	} else if packed.left() != int64(size) {
		return fmt.Errorf("its bytes are damaged: %w", errSize)
	}
	return l.rewind(packed, codec, size)
}

// rewind goes to the beginning of the page.
func (l *largePage) rewind(packed section, codec format.CompressionCodec, size int) (err error) {
	if l.input == nil {
		if err := l.memory.take(largePacked); err != nil {
			return err
		}
		l.input = bufio.NewReaderSize(nil, largePacked)
	}
	l.packed, l.left, l.err = packedPage{section: packed}, size, nil
	l.input.Reset(&l.packed)
	switch codec {
	case format.Uncompressed:
		l.text = l.input
	case format.Zstd:
		err = l.beginZstd()
	case format.Gzip:
		err = l.beginGzip()
	case format.Brotli:
		err = l.beginBrotli()
	case format.Snappy:
		err = l.beginSnappy(size)
	case format.Lz4Raw:
		err = l.beginLZ4()
	default:
		return errWhole
	}
	return l.explain(err)
}

func (l *largePage) beginZstd() error {
	const besides = 2 << 20 // bytes that a decoder has besides its window
	window, err := zstdWindow(l.input)
	switch {
	case err != nil:
		return err
	case window > largeBack:
		return errWhole
	case l.zstd == nil || window > l.zstdBack:
		if err := l.memory.take(window - l.zstdBack + besides); err != nil {
			return err
		}
		l.zstdBack = window
		l.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(uint64(window)), zstd.WithDecoderMaxMemory(uint64(window)))
		if err != nil {
			return err
		}
	}
	l.text = l.zstd
	return l.zstd.Reset(l.input)
}

// zstdWindow returns how far a frame looks back, in bytes.
func zstdWindow(input *bufio.Reader) (int, error) {
	head, err := input.Peek(zstd.HeaderMaxSize)
	if err != nil && err != io.EOF {
		return 0, err
	}
	var h zstd.Header
	if err := h.Decode(head); err != nil {
		return 0, err
	}
	window := h.WindowSize
	if h.SingleSegment {
		window = h.FrameContentSize
	}
	const least = 1 << 20
	return int(min(max(window, least), largeBack+1)), nil
}

func (l *largePage) beginGzip() (err error) {
	if l.gzip == nil {
		l.gzip = new(gzip.Reader)
	}
	l.text = l.gzip
	return l.gzip.Reset(l.input)
}

func (l *largePage) beginBrotli() error {
	head, err := l.input.Peek(1)
	if err != nil {
		return err
	}
	if window := brotliWindow(head[0]); l.brotli == nil || window > l.brotliBack {
		if err := l.memory.take(window - l.brotliBack); err != nil {
			return err
		}
		l.brotliBack = window
		l.brotli = new(brotli.Reader)
	}
	l.text = l.brotli
	return l.brotli.Reset(l.input)
}

// brotliWindow returns how far a stream looks back, in bytes, by its first byte.
// Source: RFC 7932, section 9.1
func brotliWindow(first byte) int {
	switch {
	case first&1 == 0:
		return 1 << 16
	case first>>1&7 != 0:
		return 1 << (17 + first>>1&7)
	}
	return 1 << 17 // or less
}

func (l *largePage) beginSnappy(size int) error {
	if l.snappy == nil {
		if err := l.memory.take(lookbackMemory); err != nil {
			return err
		}
		l.snappy = new(snappyReader)
	}
	l.text = l.snappy
	return l.snappy.beginBlock(l.input, size)
}

func (l *largePage) beginLZ4() error {
	if l.lz4 == nil {
		if err := l.memory.take(lookbackMemory); err != nil {
			return err
		}
		l.lz4 = new(lz4Reader)
	}
	l.text = l.lz4
	l.lz4.beginBlock(l.input)
	return nil
}

// explain returns the error of the page for one of its decoder.
func (l *largePage) explain(err error) error {
	switch {
	case err == nil || l.packed.err != nil:
		return l.packed.err
	case err == errMemory:
		return err
	case err == errWhole, errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return errWhole
	}
	return fmt.Errorf("its bytes are damaged: %w", err)
}

// check decompresses the whole page.
func (l *largePage) check() error {
	for size := 0; ; {
		n, err := l.text.Read(l.window)
		if size += n; size > l.left {
			return errSize
		}
		switch {
		case err == io.EOF && size == l.left:
			return nil
		case err == io.EOF:
			return errSize
		case err != nil:
			return err
		}
	}
}

// more returns at least n bytes of the page, which begin with data: what is left of those that more returned
// before, which are not valid any more. It returns less if the page ends, or has l.err.
func (l *largePage) more(data []byte, n int) []byte {
	if n > len(data)+l.left || l.err != nil {
		return data
	}
	window, err := l.memory.grown(l.window, n)
	if err != nil {
		l.err = err
		return data
	}
	window = window[:cap(window)]
	had := copy(window, data)
	l.window = window
	window = window[:min(len(window), had+l.left)]
	read, err := io.ReadFull(l.text, window[had:])
	l.left -= read
	l.err = l.explain(err)
	return window[:had+read]
}

// skip passes over the next n bytes of the page. It returns false if the page ends before, or has l.err.
func (l *largePage) skip(n uint64) bool {
	if n > uint64(l.left) || l.err != nil {
		return false
	}
	l.left -= int(n)
	for n > 0 && l.err == nil {
		read, err := io.ReadFull(l.text, l.window[:min(uint64(len(l.window)), n)])
		n, l.err = n-uint64(read), l.explain(err)
	}
	l.skipped = true
	return l.err == nil
}

// checksum compares the compressed bytes of a page with their CRC-32, if that is not 0.
func (l *largePage) checksum(packed section, want int32) (err error) {
	if want == 0 {
		return nil
	}
	if l.window, err = l.memory.grown(l.window, largeWindow); err != nil {
		return err
	}
	sum := uint32(0)
	for left := packed.left(); left > 0; left = packed.left() {
		part := l.window[:min(int64(len(l.window)), left)]
		if err := packed.take(part); err != nil {
			return err
		}
		sum = crc32.Update(sum, crc32.IEEETable, part)
	}
	if sum != uint32(want) {
		return errChecksum
	}
	return nil
}

// packedPage reads the compressed bytes of a page from the file.
type packedPage struct {
	section
	err error // of reading the file
}

func (p *packedPage) Read(b []byte) (n int, err error) {
	if p.err != nil {
		return 0, p.err
	}
	b = b[:min(int64(len(b)), p.left())]
	if len(b) == 0 {
		return 0, io.EOF
	}
	if p.err = p.take(b); p.err != nil {
		return 0, p.err
	}
	return len(b), nil
}
