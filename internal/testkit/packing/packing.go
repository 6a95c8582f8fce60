// Package packing compresses text in every way that is read, for tests.
package packing

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// A Packer compresses text, a part of its own for each cut bytes of it.
type Packer struct {
	Name string
	Pack func(tb testing.TB, text []byte, cut int) []byte

	NoEnd   bool // a file that was cut between two parts looks whole
	NoSums  bool // damage that still makes sense is not noticed
	Resyncs bool // a damaged part is skipped, and reading continues at the next good one
	Small   bool // checksums are of so little text that each is compared before the text is handed on
}

// All are the packers, one for each codec.
var All = []Packer{
	{Name: "gzip", Pack: Gzip, Resyncs: true},
	{Name: "zstd", Pack: parts(ZstdWriter), Resyncs: true},
	{Name: "lz4", Pack: parts(packLZ4), Resyncs: true},
	{Name: "snappy", Pack: parts(packSnappy(s2.WriterSnappyCompat())), NoEnd: true, Small: true},
	{Name: "s2", Pack: parts(packSnappy()), NoEnd: true, Small: true},
	{Name: "brotli", Pack: Brotli, NoSums: true},
}

// Gzip compresses text, a member for each cut bytes of it.
func Gzip(tb testing.TB, text []byte, cut int) []byte {
	tb.Helper()
	var file bytes.Buffer
	for first := true; first || len(text) > 0; first = false {
		n := min(cut, len(text))
		w := gzip.NewWriter(&file)
		w.Write(text[:n])
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
		text = text[n:]
	}
	return file.Bytes()
}

// parts compresses each cut bytes by themselves; nothing too.
func parts(pack func(testing.TB, io.Writer) io.WriteCloser) func(testing.TB, []byte, int) []byte {
	return func(tb testing.TB, text []byte, cut int) []byte {
		var file bytes.Buffer
		for first := true; first || len(text) > 0; first = false {
			n := min(cut, len(text))
			w := pack(tb, &file)
			if _, err := w.Write(text[:n]); err != nil {
				tb.Fatal(err)
			}
			if err := w.Close(); err != nil {
				tb.Fatal(err)
			}
			text = text[n:]
		}
		return file.Bytes()
	}
}

// ZstdWriter compresses what is written to it into one frame of zstd in file.
func ZstdWriter(tb testing.TB, file io.Writer) io.WriteCloser {
	w, err := zstd.NewWriter(file, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func packLZ4(tb testing.TB, file io.Writer) io.WriteCloser {
	w := lz4.NewWriter(file)
	if err := w.Apply(lz4.BlockSizeOption(lz4.Block64Kb)); err != nil {
		tb.Fatal(err)
	}
	return w
}

func packSnappy(options ...s2.WriterOption) func(testing.TB, io.Writer) io.WriteCloser {
	return func(_ testing.TB, file io.Writer) io.WriteCloser {
		return s2.NewWriter(file, append(options, s2.WriterConcurrency(1))...)
	}
}

// Brotli makes one stream and flushes it after each cut bytes, as PostHog does after each row.
func Brotli(tb testing.TB, text []byte, cut int) []byte {
	var file bytes.Buffer
	w := brotli.NewWriterLevel(&file, 5)
	for len(text) > 0 {
		n := min(cut, len(text))
		w.Write(text[:n])
		w.Flush()
		text = text[n:]
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}
