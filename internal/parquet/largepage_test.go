package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"

	"ph2cio/internal/codec"
	"ph2cio/internal/testkit/parquets"
)

// lowLimit stands for mostWhole in tests of damage, whose pages need not be as large then.
const lowLimit = 1 << 20

// large is a table whose first column has 3 KB in each row. One page of it is over lowLimit from 600 rows on, and
// over mostWhole from 1,700.
func large(rows int) []parquets.Column {
	long, short := parquets.Column{Name: "long", Type: parquets.Text}, parquets.Column{Name: "short", Type: parquets.Integer}
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		text := fmt.Sprintf("%x %s", chance.Uint64(), strings.Repeat(fmt.Sprintf("%x", chance.Uint32()), 350))
		switch {
		case i%7 == 3:
			long.Values = append(long.Values, nil)
		case i%700 == 500: // longer than what is held of a page
			long.Values = append(long.Values, strings.Repeat(text, 200))
		default:
			long.Values = append(long.Values, text)
		}
		short.Values = append(short.Values, int64(i))
	}
	return []parquets.Column{long, short}
}

// textFrom returns the text of a file's rows, the memory that its pages took, and the gap in it. Pages of more than
// whole bytes are read piece by piece.
func textFrom(t *testing.T, at io.ReaderAt, size int64, whole int) (text string, memory int, gap *codec.Damage, err error) {
	t.Helper()
	f, err := Open(at, size)
	if err != nil {
		t.Fatal(err)
	}
	rows := f.Text([]int{0, 1}, 2<<20)
	defer rows.Close()
	rows.memory.whole = whole
	var all bytes.Buffer
	for {
		_, err = io.Copy(&all, rows)
		missing, ok := errors.AsType[*codec.Gap](err)
		if !ok {
			return all.String(), rows.memory.taken, gap, err
		}
		gap = missing.Damage
	}
}

func textOfLarge(t *testing.T, file []byte, whole int) (text string, memory int, gap *codec.Damage) {
	t.Helper()
	text, memory, gap, err := textFrom(t, bytes.NewReader(file), int64(len(file)), whole)
	if err != nil {
		t.Fatal(err)
	}
	return text, memory, gap
}

// piecewise are the codecs that are decompressed piece by piece, with how much memory each may take. The writer of
// Snappy refers back too far for that, which other programs do not.
var piecewise = map[string]int{"": 4 << 20, "gzip": 4 << 20, "zstd": 11 << 20, "brotli": 20 << 20, "lz4_raw": 4 << 20}

func TestLargePagesGiveWhatSmallOnesDo(t *testing.T) {
	const rows = 2000
	table := large(rows)
	want, _, _ := textOfLarge(t, parquets.Write(t, table, parquets.Layout{}), mostWhole)
	required := large(rows)
	for i, value := range required[0].Values {
		if value == nil {
			required[0].Values[i] = "not null"
		}
	}
	wantRequired, _, _ := textOfLarge(t, parquets.Write(t, required, parquets.Layout{}), mostWhole)
	for _, codec := range parquets.Codecs {
		for kind := range 4 {
			layout := parquets.Layout{Codec: codec, Page: 20 << 20, V2: kind&1 != 0, Lengths: kind&2 != 0, Required: kind == 1 || kind == 2, NoSums: kind < 2}
			table, want := table, want
			if layout.Required {
				table, want = required, wantRequired
			}
			got, memory, gap := textOfLarge(t, parquets.Write(t, table, layout), mostWhole)
			if got != want || gap != nil {
				t.Errorf("%s: the text differs from that of small pages, gap %v", layout, gap)
			}
			if most, ok := piecewise[codec]; ok && memory > most {
				t.Errorf("%s: %d bytes of memory, want at most %d", layout, memory, most)
			}
		}
	}
}

func TestNothingOfADamagedLargePageIsUsed(t *testing.T) {
	const rows = 600
	table := large(2 * rows)
	for codec := range piecewise {
		for _, sums := range []bool{true, false} {
			if codec == "" && !sums {
				continue // nothing shows the damage
			}
			parts := parquets.Take(t, parquets.Write(t, table, parquets.Layout{Codec: codec, Page: 20 << 20, Group: rows, NoSums: !sums}))
			page := parts.Groups[0].Columns[0].Pages[0]
			for i := range 40 {
				page.Data[len(page.Data)-100-i] ^= 0x55
			}
			text, _, gap := textOfLarge(t, parts.File(t), lowLimit)
			if gap == nil || gap.Rows != rows {
				t.Errorf("%q, checksums %t: %+v, want a gap of %d rows", codec, sums, gap, rows)
				continue
			}
			if _, ends := SplitRows([]byte(text), nil); len(ends) != rows {
				t.Errorf("%q, checksums %t: %d rows besides the gap, want %d", codec, sums, len(ends), rows)
			}
		}
	}
}

func TestLargePagesThatEndTooSoonAreDamaged(t *testing.T) {
	table := large(600)
	for codec := range piecewise {
		for kind := range 4 {
			layout := parquets.Layout{Codec: codec, Page: 20 << 20, V2: kind&1 != 0, Lengths: kind&2 != 0, NoSums: true}
			file := parquets.Write(t, table, layout)
			for what, change := range map[string]func(*parquets.Page){
				"said to be longer":  func(p *parquets.Page) { p.Header.UncompressedPageSize++ },
				"said to be shorter": func(p *parquets.Page) { p.Header.UncompressedPageSize-- },
				"cut off":            func(p *parquets.Page) { p.SetData(p.Data[:len(p.Data)-1]); p.Header.CRC = 0 },
				"too few values":     func(p *parquets.Page) { p.Header.DataPageHeader.V.NumValues++; p.Header.DataPageHeaderV2.V.NumValues++ },
				"more than its group": func(p *parquets.Page) {
					p.Header.DataPageHeader.V.NumValues *= 2
					p.Header.DataPageHeaderV2.V.NumValues *= 2
				},
			} {
				parts := parquets.Take(t, file)
				change(parts.Groups[0].Columns[0].Pages[0])
				text, _, gap := textOfLarge(t, parts.File(t), lowLimit)
				if gap == nil || gap.Rows == 0 {
					t.Errorf("%s, %s: %+v, want a gap", layout, what, gap)
				}
				if _, ends := SplitRows([]byte(text), nil); what != "too few values" && len(ends) > 0 {
					t.Errorf("%s, %s: %d rows were read", layout, what, len(ends))
				}
			}
		}
	}
}

// repacked is a file with one large page, and small ones, each compressed by pack.
func repacked(t *testing.T, table []parquets.Column, codec format.CompressionCodec, pack func([]byte) []byte) []byte {
	parts := parquets.Take(t, parquets.Write(t, table, parquets.Layout{Page: 20 << 20}))
	for page := range parts.Pages() {
		page.SetData(pack(page.Data))
	}
	for i := range parts.Groups[0].Columns {
		parts.Groups[0].Columns[i].Meta.Codec = codec
	}
	return parts.File(t)
}

// google compresses as Google's library does, in blocks of 64 KB.
func google(text []byte) []byte {
	packed := binary.AppendUvarint(nil, uint64(len(text)))
	for block := range slices.Chunk(text, 64<<10) {
		one := snappy.Encode(nil, block)
		_, n := binary.Uvarint(one)
		packed = append(packed, one[n:]...)
	}
	return packed
}

func TestLargePagesOfSnappyAsDuckDBWritesIt(t *testing.T) {
	table := large(2000)
	want, _, _ := textOfLarge(t, parquets.Write(t, table, parquets.Layout{}), mostWhole)
	got, memory, gap := textOfLarge(t, repacked(t, table, format.Snappy, google), mostWhole)
	if got != want || gap != nil || memory > 4<<20 {
		t.Errorf("the text is as that of small pages: %t, gap %v, %d bytes of memory", got == want, gap, memory)
	}
}

func TestLargePagesThatReferFarBackAreReadAsAWhole(t *testing.T) {
	table := large(2000)
	want, _, _ := textOfLarge(t, parquets.Write(t, table, parquets.Layout{}), mostWhole)
	packer, err := zstd.NewWriter(nil, zstd.WithWindowSize(32<<20), zstd.WithSingleSegment(true))
	if err != nil {
		t.Fatal(err)
	}
	for codec, pack := range map[format.CompressionCodec]func([]byte) []byte{
		format.Zstd:   func(text []byte) []byte { return packer.EncodeAll(text, nil) },
		format.Snappy: func(text []byte) []byte { return snappy.Encode(nil, text) },
	} {
		got, _, gap := textOfLarge(t, repacked(t, table, codec, pack), mostWhole)
		if got != want || gap != nil {
			t.Errorf("%s: the text differs from that of small pages, gap %v", codec, gap)
		}
	}
}

// failingAt is a file that cannot be read from an offset on.
type failingAt struct {
	*bytes.Reader
	from int64
}

var errDisk = errors.New("the disk has failed")

func (f failingAt) ReadAt(p []byte, offset int64) (int, error) {
	if end := offset + int64(len(p)); end > f.from && offset < f.Size()-tailSize {
		return 0, errDisk
	}
	return f.Reader.ReadAt(p, offset)
}

func TestErrorsOfReadingALargePageAreNoDamage(t *testing.T) {
	table := large(3000)
	for codec := range piecewise {
		for _, sums := range []bool{true, false} {
			file := parquets.Write(t, table, parquets.Layout{Codec: codec, Page: 20 << 20, NoSums: !sums})
			_, _, gap, err := textFrom(t, failingAt{bytes.NewReader(file), int64(len(file) / 2)}, int64(len(file)), lowLimit)
			if !errors.Is(err, errDisk) || gap != nil {
				t.Errorf("%q, checksums %t: %v, gap %v, want %v", codec, sums, err, gap, errDisk)
			}
		}
	}
}
