package posthog

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

// allocated returns how many bytes are allocated while f runs.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	arenas := arenaBytes.Load()
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc + uint64(arenaBytes.Load()-arenas)
}

// fileOf writes a file without having all of it in memory.
func fileOf(t *testing.T, pack func(io.Writer) io.WriteCloser, write func(w io.Writer)) source.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hostile")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	packed := pack(buffered)
	write(packed)
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return source.Source{Name: path}
}

type unpacked struct{ io.Writer }

func (unpacked) Close() error { return nil }

// A row of 100 MB is left out in constant memory, and the next one is read.
func TestARowOf100MB(t *testing.T) {
	const size, most = 100 << 20, 4 << 20
	filler := bytes.Repeat([]byte("x"), 1<<20)
	long := func(w io.Writer, before, after string) {
		io.WriteString(w, before)
		random := rand.New(rand.NewPCG(1, 2))
		for range size / len(filler) {
			for i := 0; i < len(filler); i += 16 { // or it would be a bomb where it is compressed
				filler[i] = 'a' + byte(random.IntN(26))
			}
			w.Write(filler)
		}
		io.WriteString(w, after)
	}
	plain := func(w io.Writer) io.WriteCloser { return unpacked{w} }
	inZstd := func(w io.Writer) io.WriteCloser { return packing.ZstdWriter(t, w) }
	for name, test := range map[string]struct {
		pack  func(io.Writer) io.WriteCloser
		write func(w io.Writer)
	}{
		"JSON":            {plain, func(w io.Writer) { long(w, eventRow+`{"event":"`, `"}`+"\n"+eventRow) }},
		"JSON in zstd":    {inZstd, func(w io.Writer) { long(w, eventRow+`{"event":"`, `"}`+"\n"+eventRow) }},
		"CSV":             {plain, func(w io.Writer) { long(w, csvHeader+"a,u,{},1\n", "\na,u,{},1\n") }},
		"CSV in quotes":   {plain, func(w io.Writer) { long(w, csvHeader+"a,u,{},1\nb,\"", "\",,\na,u,{},1\n") }},
		"CSV, never ends": {plain, func(w io.Writer) { long(w, csvHeader+"a,u,{},1\nb,\"", "\na,u,{},1\n") }},
	} {
		t.Run(name, func(t *testing.T) {
			input := fileOf(t, test.pack, test.write)
			readRows(t, []source.Source{input}, Options{MaxRow: most}) // fills the pools
			var rows []row
			var troubles []*SourceError
			used := allocated(func() { rows, troubles = readRows(t, []source.Source{input}, Options{MaxRow: most}) })
			if len(troubles) > 0 || len(rows) != 3 || rows[0].Reason != "" || rows[1].Reason != RowTooLong || rows[2].Name != "a" {
				t.Errorf("%d rows, %v", len(rows), troubles)
			}
			if used > 10*most {
				t.Errorf("%d bytes of memory for rows of at most %d", used, most)
			}
		})
	}
}

// Each quote that never closes, in a file far larger than a row may be, costs one row, and little time or
// memory.
func TestOpenQuotesInALargeFile(t *testing.T) {
	good := "a,u,\"{\"\"filler\"\":\"\"" + strings.Repeat("x", 1000) + "\"\"}\",1772615727\n"
	bare := "a,u,{},1772615727\n"
	const blocks, each = 6, 8 << 20
	input := fileOf(t, func(w io.Writer) io.WriteCloser { return unpacked{w} }, func(w io.Writer) {
		io.WriteString(w, csvHeader+good)
		for range blocks {
			io.WriteString(w, "b,\"never closed,{},\n"+strings.Repeat(bare, each/len(bare)))
			io.WriteString(w, strings.Repeat(good, 10))
		}
	})
	o := Options{MaxRow: 1 << 20}
	reasons := func() map[string]int {
		counts := map[string]int{}
		for c, err := range Read(t.Context(), []source.Source{input}, o) {
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range c.Events() {
				if bad != nil {
					counts[bad.Reason]++
				} else {
					counts["good"]++
				}
			}
			c.Release()
		}
		return counts
	}
	reasons()
	var got map[string]int
	used := allocated(func() { got = reasons() })
	want := map[string]int{CSVQuotes: blocks, "good": 1 + blocks*(10+each/len(bare))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if used > 100<<20 {
		t.Errorf("%d bytes of memory", used)
	}
}

// Values that other parsers misread stay as they are written, or the row is rejected as encoding/json would.
func TestHostileJSON(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	lists := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	var lines []string
	for _, value := range []string{
		`1e400`, `-1e400`, `9007199254740993`, `123456789012345678901234567890`, `0.1e-400`,
		lists(256), lists(9_997), lists(9_998), lists(9_999), lists(10_000), lists(20_000), nested(9_998), nested(10_000), nested(20_000),
		strings.Repeat("[", 20_000), `{"x":1,"x":2}`,
	} {
		lines = append(lines,
			`{"event":"a","distinct_id":"u","properties":{"v":`+value+`}}`,
			`{"event":"a","distinct_id":"u","elsewhere":`+value+`}`,
			`{"event":"a","distinct_id":`+value+`}`,
			`{"event":"a","distinct_id":"u","timestamp":`+value+`}`,
		)
		if !strings.Contains(value, `"`) {
			lines = append(lines, `{"event":"a","distinct_id":"u","properties":"{\"v\":`+value+`}"}`)
		}
	}
	lines = append(lines, `{"event":"a","distinct_id":"u","event":"b","properties":{"k":1},"distinct_id":"v","properties":{"k":2,"k":3}}`)
	text := `{"event":"first","distinct_id":"u"}` + "\n" + strings.Join(lines, "\n")
	compareJSONL(t, []byte(text), Options{MaxRow: 1 << 20})
	rows := rowsOf(t, mustCut(t, []byte(text)))
	if last := rows[len(rows)-1]; last.Name != "b" || last.DistinctID != "v" || last.Members["k"] != "3" {
		t.Errorf("of keys that come twice the last counts: %+v", last)
	}
	if !slices.ContainsFunc(rows, func(r row) bool { return r.Members["v"] == "1e400" }) {
		t.Error("1e400 is lost")
	}
}

// A frame that asks for a large window gets that much memory and no more.
func TestZstdWindowsInMemory(t *testing.T) {
	const zstdWindow = 64 << 20 // the largest that is read
	row := []byte(eventRow)
	input := fileOf(t, func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w, zstd.WithWindowSize(zstdWindow), zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		return z
	}, func(w io.Writer) {
		for n := range uint32(200 << 20 / len(row)) {
			w.Write(bytes.Replace(row, []byte(`"u"`), fmt.Appendf(nil, `"u%x"`, n*2654435761), 1)) // or it would be a bomb
		}
	})
	used := allocated(func() {
		for c, err := range Read(t.Context(), []source.Source{input}, Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			c.Release()
		}
	})
	if used > 300<<20 {
		t.Errorf("%d bytes of memory for a window of %d", used, zstdWindow)
	}
}
