package parquet

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/pierrec/lz4/v4"
)

// blockReaders read a block piece by piece, and as a whole by a library.
var blockReaders = map[string]struct {
	pieces func(packed []byte, size int) ([]byte, error)
	whole  func(packed, text []byte) ([]byte, error)
}{
	"snappy": {
		func(packed []byte, size int) ([]byte, error) {
			var r snappyReader
			if err := r.beginBlock(bufio.NewReader(bytes.NewReader(packed)), size); err != nil {
				return nil, err
			}
			return io.ReadAll(io.LimitReader(&r, int64(size)+1))
		},
		func(packed, text []byte) ([]byte, error) {
			if n, err := snappy.DecodedLen(packed); err != nil || n != len(text) {
				return nil, errSize
			}
			return snappy.Decode(text, packed)
		},
	},
	"lz4": {
		func(packed []byte, size int) ([]byte, error) {
			var r lz4Reader
			r.beginBlock(bufio.NewReader(bytes.NewReader(packed)))
			return io.ReadAll(io.LimitReader(&r, int64(size)+1))
		},
		func(packed, text []byte) ([]byte, error) {
			n, err := lz4.UncompressBlock(packed, text)
			if err != nil {
				return nil, err
			}
			return text[:n], nil
		},
	},
}

// packLZ4 returns the block of a text.
func packLZ4(t testing.TB, text []byte) []byte {
	packed := make([]byte, lz4.CompressBlockBound(len(text)))
	n, err := new(lz4.Compressor).CompressBlock(text, packed)
	if err != nil {
		t.Fatal(err)
	}
	return packed[:n]
}

func TestBlocksArePiecesOfTheirText(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":     "",
		"short":       "a",
		"runs":        strings.Repeat("a", 1_000_000) + strings.Repeat("ab", 300_000) + strings.Repeat("abc", 70),
		"rows":        large(400)[0].Values[1].(string) + strings.Repeat(large(2)[0].Values[0].(string), 500),
		"noise":       noise(700_000),
		"noise twice": strings.Repeat(noise(50_000), 7) + noise(300_000),
	} {
		for name, packed := range map[string][]byte{"snappy": google([]byte(text)), "lz4": packLZ4(t, []byte(text))} {
			if len(packed) == 0 {
				continue // this writer leaves what it cannot compress to the caller
			}
			got, err := blockReaders[name].pieces(packed, len(text))
			if err != nil || string(got) != text {
				t.Errorf("%s, %s: %d bytes of %d are right, %v", name, what, common(string(got), text), len(text), err)
			}
		}
	}
}

// noise is text that cannot be compressed.
func noise(n int) string {
	text, state := make([]byte, n), uint64(1)
	for i := range text {
		state = state*6364136223846793005 + 1442695040888963407
		text[i] = byte(state >> 56)
	}
	return string(text)
}

func common(a, b string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// FuzzBlocks compares the pieces with what the libraries read.
func FuzzBlocks(f *testing.F) {
	text := []byte(strings.Repeat("a row, and another one, and the end", 30))
	f.Add(google(text), len(text), true)
	f.Add(packLZ4(f, text), len(text), false)
	f.Fuzz(func(t *testing.T, packed []byte, size int, isSnappy bool) {
		if size < 0 || size > 1<<20 {
			return
		}
		name := "lz4"
		if isSnappy {
			name = "snappy"
		}
		got, err := blockReaders[name].pieces(packed, size)
		want, wantErr := blockReaders[name].whole(packed, make([]byte, size))
		whole := wantErr == nil && len(want) == size
		switch {
		case err == errWhole:
		case err == nil && len(got) == size && !whole && name == "snappy": // the library is strict about the end of LZ4
			t.Fatalf("the text of a damaged block: the library has %d bytes of %d, %v", len(want), size, wantErr)
		case whole && (err != nil || !bytes.Equal(got, want)):
			t.Fatalf("%s: %d bytes of %d are right, %v", name, common(string(got), string(want)), size, err)
		}
	})
}
