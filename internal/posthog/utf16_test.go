package posthog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"ph2cio/internal/source"
)

func inUTF16(text string, order binary.AppendByteOrder, mark bool) (all []byte) {
	if mark {
		all = order.AppendUint16(all, 0xfeff)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		all = order.AppendUint16(all, unit)
	}
	return all
}

// readTwice reads a file in two readings, of which the second stops where the first did.
func readTwice(t *testing.T, data []byte, options Options) (rows []row, sums []uint64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	sources := []source.Source{{Name: path, Size: int64(len(data))}}
	until := []int64{0}
	for range 2 {
		var chunks []*Chunk
		for c, err := range Read(t.Context(), sources, options) {
			if err != nil {
				t.Fatal(err)
			}
			chunks = append(chunks, c)
			until[0] = c.End
		}
		rows = rowsOf(t, chunks)
		for _, c := range chunks {
			sums = append(sums, c.Sum())
		}
		options.Until = until
	}
	return rows, sums
}

func TestUTF16(t *testing.T) {
	text := "uuid\tevent\tdistinct_id\ttimestamp\tproperties.total\tproperties.note\r\n" +
		strings.Repeat("0198a000-0000-7000-8000-000000002301\tOrder Placed\tu-1401\t2026-05-04T08:00:00Z\t12.5\t\"größer 😀 \"\"so\"\"\"\r\n", 3000)
	want, _ := readTwice(t, []byte(text), Options{window: 10_000})
	if len(want) != 3000 || want[0].Properties != `{"total":12.5,"note":"größer 😀 \"so\""}` {
		t.Fatalf("%d rows, the first %+v", len(want), want[0])
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, mark := range []bool{true, false} {
			for _, packed := range []bool{false, true} {
				t.Run(fmt.Sprint(order, mark, packed), func(t *testing.T) {
					data := inUTF16(text, order, mark)
					if packed {
						data = gzipped(t, data)
					}
					got, gotSums := readTwice(t, data, Options{window: 10_000})
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatal(diff)
					}
					if n := len(gotSums) / 2; !slices.Equal(gotSums[:n], gotSums[n:]) {
						t.Error("two readings differ")
					}
				})
			}
		}
	}
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
