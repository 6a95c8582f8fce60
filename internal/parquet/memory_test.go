package parquet

import (
	"errors"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/format"

	"ph2cio/internal/testkit/parquets"
)

func TestTheEntriesOfADictionaryCountAsMemory(t *testing.T) {
	layout := parquets.Layout{Dictionary: true, NoSums: true}
	parts := parquets.Take(t, parquets.Write(t, []parquets.Column{{Name: "a", Values: []any{"x"}}, {Name: "b", Values: []any{"y"}}}, layout))
	const size = 100 << 20 // of values that have no bytes besides their length
	for page := range parts.Pages() {
		if page.Header.Type == format.DictionaryPage {
			page.SetData(make([]byte, size))
			page.Header.UncompressedPageSize, page.Header.DictionaryPageHeader.V.NumValues = size, size/4
			break
		}
	}
	_, _, gap := textOfLarge(t, parts.File(t), mostWhole)
	if gap == nil || !errors.Is(gap.Err, errMemory) || !strings.HasSuffix(gap.Hint, "smaller pages") {
		t.Errorf("gap %+v, want %v", gap, errMemory)
	}
}

func TestManyColumnsReadLessAhead(t *testing.T) {
	for columns, want := range map[int]int{0: 64 << 10, 10: 64 << 10, 256: 64 << 10, 512: 32 << 10, 10_000: 4 << 10} {
		if m := newMemory(columns, 0); m.ahead != want {
			t.Errorf("%d columns read %d bytes ahead, want %d", columns, m.ahead, want)
		}
	}
}

func TestBrotliSaysHowFarItLooksBack(t *testing.T) {
	for first, want := range map[byte]int{0x00: 1 << 16, 0x01: 1 << 17, 0x03: 1 << 18, 0x0b: 1 << 22, 0x0f: 1 << 24, 0x71: 1 << 17} {
		if got := brotliWindow(first); got != want {
			t.Errorf("%#x: %d, want %d", first, got, want)
		}
	}
}
