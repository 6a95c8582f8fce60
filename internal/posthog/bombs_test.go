package posthog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

// troublesOf reads a source without decoding rows.
func troublesOf(t *testing.T, input source.Source, o Options) (troubles []*SourceError) {
	t.Helper()
	for c, err := range Read(t.Context(), []source.Source{input}, o) {
		if err != nil {
			troubles = append(troubles, err.(*SourceError))
			continue
		}
		c.Release()
	}
	return troubles
}

func TestBombs(t *testing.T) {
	const size = 20 << 20
	for _, bomb := range []struct {
		ratio, below int
		size         int64 // Options.bombSize
		text         string
	}{
		{bombRatio, clearRatio, size, "200 times"},
		{clearRatio, 1 << 30, 16 * size, "300 times"},
	} {
		found := 0
		for _, p := range packing.All {
			file, text := bombOf(t, p.Pack, bomb.ratio*105/100, bomb.below*95/100)
			if file == nil {
				continue // it cannot be packed like this
			}
			found++
			input := sourceOf(t, "x", file)
			var troubles []*SourceError
			used := allocated(func() { troubles = troublesOf(t, input, Options{bombSize: bomb.size}) })
			if len(troubles) != 1 || troubles[0].Kind != Damaged || !strings.Contains(troubles[0].Error(), bomb.text) || troubles[0].Doubtful {
				t.Errorf("%s, %d times: %v", p.Name, text/len(file), troubles)
				continue
			}
			if sound := troubles[0].Sound; sound < size || sound > size*5/2 {
				t.Errorf("%s, %d times: noticed after %d bytes", p.Name, text/len(file), sound)
			}
			if used > 100<<20 {
				t.Errorf("%s: %d bytes of memory", p.Name, used)
			}
			if troubles = troublesOf(t, input, Options{}); len(troubles) > 0 {
				t.Errorf("%s: %v, although it is less than 64 MiB", p.Name, troubles)
			}
		}
		if found == 0 {
			t.Errorf("nothing packs %d to %d times", bomb.ratio, bomb.below)
		}
	}
}

// bombOf is a file of 54 MB of rows that is packed between least and most times; nil where none was found.
func bombOf(t *testing.T, pack func(testing.TB, []byte, int) []byte, least, most int) (file []byte, text int) {
	for _, filler := range []int{500, 700, 1000, 1400, 2000, 3000, 4500, 6500, 9000} {
		for _, size := range []int{4 << 20, 54 << 20} { // a sample first
			var rows []byte
			for n := 0; len(rows) < size; n++ {
				rows = fmt.Appendf(rows, `{"event":"a","distinct_id":"u%08x","properties":{"filler":"%0*d"}}`+"\n", uint32(n)*2654435761, filler, 0)
			}
			if file = pack(t, rows, len(rows)); len(rows) < least*len(file) || len(rows) > most*len(file) {
				break
			}
			if size > 4<<20 {
				return file, len(rows)
			}
		}
	}
	return nil, 0
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
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", file)}, Options{})
		if test.fine && (len(rows) != 2 || len(troubles) > 0) {
			t.Errorf("a window of 2^%d: %d rows, %v", test.log, len(rows), troubles)
		}
		if !test.fine && (len(rows) != 1 || len(troubles) != 1 || !strings.Contains(troubles[0].Error(), "64 MiB") || !strings.Contains(troubles[0].Advice, "--long")) {
			t.Errorf("a window of 2^%d: %d rows, %v", test.log, len(rows), troubles)
		}
	}
	// A frame that says how long its text is, and that all of it is its window.
	file := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0}
	if _, troubles := readRows(t, []source.Source{sourceOf(t, "x", file)}, Options{}); len(troubles) != 1 || !strings.Contains(troubles[0].Error(), "64 MiB") {
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
