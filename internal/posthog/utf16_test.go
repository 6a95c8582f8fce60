package posthog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
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

// readTwice reads a file as it stands on disk, in two readings, of which the second stops where the first did.
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

// TestUTF16IsToldFromOtherText holds what is no UTF-16 away from it.
func TestUTF16IsToldFromOtherText(t *testing.T) {
	for text, want := range map[string]bool{
		"e\x00v\x00e\x00n\x00": true, "\x00e\x00v\x00e\x00n": true, "\xff\xfee\x00": true, "\xfe\xff\x00e": true,
		"event,distinct_id\n": false, "": false, "\xff": false, "\xff\xfe\x00\x00e\x00\x00\x00": false, "PAR1\x15\x04\x15": false,
		"\x00\x00\x00\x00\x00\x00\x00\x00": false, "e\x00v\x00e\x00\x01\x00": false,
	} {
		if got := utf16Order([]byte(text)) != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzUTF16 holds text in UTF-16 against what utf16.Decode makes of it, read in pieces of any size.
func FuzzUTF16(f *testing.F) {
	f.Add([]byte("e\x00v\x00\x3d\xd8\x00\xdea\x00"), uint8(3), false)
	f.Add([]byte("\xd8\x3d\xd8\x3d\xde\x00\x00"), uint8(1), true)
	f.Fuzz(func(t *testing.T, data []byte, piece uint8, big bool) {
		var order binary.ByteOrder = binary.LittleEndian
		if big {
			order = binary.BigEndian
		}
		var units []uint16
		for i := 0; i+2 <= len(data); i += 2 {
			units = append(units, order.Uint16(data[i:]))
		}
		want := string(utf16.Decode(units))
		if len(data)%2 != 0 {
			want += "\ufffd"
		}
		first := min(len(data), int(piece))
		s := newUTF16Reader(&slowStream{data: data[first:], piece: 1 + int(piece)}, order, data[:first], nil)
		var got []byte
		p := make([]byte, 1+int(piece)/2)
		for {
			n, err := s.Read(p)
			got = append(got, p[:n]...)
			if v := s.verified(); v < int64(len(got)) {
				t.Fatalf("%d bytes are given, %d verified", len(got), v)
			}
			if err != nil {
				break
			}
		}
		if string(got) != want {
			t.Fatalf("%q: got %q, want %q", data, got, want)
		}
	})
}

// slowStream gives a few bytes at a time.
type slowStream struct {
	data  []byte
	piece int
}

func (s *slowStream) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.piece)], s.data)
	s.data = s.data[n:]
	return n, nil
}

func (s *slowStream) used() int64     { return 0 }
func (s *slowStream) verified() int64 { return math.MaxInt64 }
func (s *slowStream) close()          {}
