package posthog

import (
	"bytes"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// troublesOf reads a source without decoding rows.
func troublesOf(t *testing.T, source Source, o Options) (troubles []*SourceError) {
	t.Helper()
	for c, err := range Read(t.Context(), []Source{source}, o) {
		if err != nil {
			troubles = append(troubles, err.(*SourceError))
			continue
		}
		c.Release()
	}
	return troubles
}

func TestBombs(t *testing.T) {
	row := []byte(`{"event":"a","distinct_id":"u","properties":{"filler":"` + strings.Repeat("0", 9000) + `"}}` + "\n")
	text := bytes.Repeat(row, 6000) // 54 MB
	for _, p := range packers {
		file := p.pack(t, text, len(text))
		if len(text)/len(file) < bombRatio {
			continue // it cannot
		}
		source := sourceOf(t, "x", file)
		var troubles []*SourceError
		used := allocated(func() { troubles = troublesOf(t, source, Options{bombSize: 20 << 20}) })
		if len(troubles) != 1 || troubles[0].Kind != Damaged || !strings.Contains(troubles[0].Error(), "200 times") || troubles[0].Doubtful {
			t.Errorf("%s, %d bytes: %v", p.name, len(file), troubles)
		}
		if sound := troubles[0].Sound; sound < 20<<20 || sound > 22<<20 {
			t.Errorf("%s: noticed after %d bytes", p.name, sound)
		}
		if used > 100<<20 {
			t.Errorf("%s: %d bytes of memory", p.name, used)
		}
		if troubles = troublesOf(t, source, Options{}); len(troubles) > 0 {
			t.Errorf("%s: %v, although it is less than 1 GiB", p.name, troubles)
		}
	}
}

// zstdWithWindow is a frame of raw blocks that asks for a window.
func zstdWithWindow(descriptor byte, text string) []byte {
	block := uint32(len(text))<<3 | 1
	return append([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, byte(block), byte(block >> 8), byte(block >> 16)}, text...)
}

func TestZstdWindows(t *testing.T) {
	const mantissa = 3
	for _, test := range []struct {
		log  byte
		fine bool
	}{{10, true}, {20, true}, {26, true}, {27, false}, {31, false}, {41, false}} {
		file := append(packOnce(t, eventRow), zstdWithWindow((test.log-10)<<mantissa, eventRow)...)
		rows, troubles := readRows(t, []Source{sourceOf(t, "x", file)}, Options{})
		if test.fine && (len(rows) != 2 || len(troubles) > 0) {
			t.Errorf("a window of 2^%d: %d rows, %v", test.log, len(rows), troubles)
		}
		if !test.fine && (len(rows) != 1 || len(troubles) != 1 || !strings.Contains(troubles[0].Error(), "64 MiB") || !strings.Contains(troubles[0].Hint, "--long")) {
			t.Errorf("a window of 2^%d: %d rows, %v", test.log, len(rows), troubles)
		}
	}
	// A frame that says how long its text is, and that all of it is its window.
	file := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0}
	if _, troubles := readRows(t, []Source{sourceOf(t, "x", file)}, Options{}); len(troubles) != 1 || !strings.Contains(troubles[0].Error(), "64 MiB") {
		t.Errorf("%v", troubles)
	}
}

func packOnce(t *testing.T, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll([]byte(text), nil)
}
