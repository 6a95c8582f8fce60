package parquet

import (
	"bytes"
	"runtime"
	"testing"

	"ph2cio/internal/testkit/parquets"
)

// inUse is how many bytes are in use after garbage was collected.
func inUse() int64 {
	for range 3 { // pools are emptied by the second one
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestCloseGivesTheMemoryBack reads a dictionary of 32 MB, which has fewer values than it says. The decoders are kept
// for the next file, but nothing of the page.
func TestCloseGivesTheMemoryBack(t *testing.T) {
	table := []parquets.Column{{Name: "text", Type: parquets.Text, Values: []any{"x", "y"}}}
	for _, codec := range parquets.Codecs {
		parts := parquets.Take(t, parquets.Write(t, table, parquets.Layout{Codec: codec, Dictionary: true}))
		page := parts.Groups[0].Columns[0].Pages[0]
		page.SetText(t, codec, make([]byte, 32<<20))
		page.Header.DictionaryPageHeader.V.NumValues = 32 << 20 / 4
		page.Header.DictionaryPageHeader.V.NumValues++
		file := parts.File(t)
		parts, page = nil, nil
		before := inUse()
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		text := f.Text([]int{0}, 1<<20)
		if n, err := text.Read(make([]byte, 1000)); n > 0 || err == nil {
			t.Fatal(codec, n, err)
		}
		during := inUse()
		text.Close()
		if after := inUse(); during-before < 32<<20 || after-before > 8<<20 {
			t.Errorf("%s: %d bytes were in use before, %d meanwhile, %d after", codec, before, during, after)
		}
		runtime.KeepAlive(file)
		runtime.KeepAlive(text)
	}
}
