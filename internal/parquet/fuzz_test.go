package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"ph2cio/internal/codec"
	"ph2cio/internal/testkit/parquets"
)

// smallFiles are files of every layout, and those of DuckDB.
func smallFiles(t testing.TB) (files [][]byte) {
	names, err := filepath.Glob("../../testdata/parquet/*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(file) < 50_000 {
			files = append(files, file)
		}
	}
	for _, layout := range parquets.Layouts() {
		files = append(files, parquets.Write(t, fuzzTable(), layout))
	}
	return append(files, twoGroups(t))
}

// fuzzTable has every type of column, with nulls.
func fuzzTable() []parquets.Column {
	table := []parquets.Column{
		{Name: "text", Type: parquets.Text}, {Name: "number", Type: parquets.Integer}, {Name: "double", Type: parquets.Double},
		{Name: "flag", Type: parquets.Boolean}, {Name: "time", Type: parquets.Timestamp},
	}
	for i := range 60 {
		values := []any{string(make([]byte, i%9)) + "text", int64(i) << (i % 50), float64(i) / 8, i%3 == 0, time.UnixMicro(int64(i) << 40)}
		for j := range table {
			if (i+j)%5 == 0 || i > 40 && i < 55 {
				values[j] = nil
			}
			table[j].Values = append(table[j].Values, values[j])
		}
	}
	return table
}

// FuzzOpen opens any bytes. A file that can be opened can be read.
func FuzzOpen(f *testing.F) {
	for _, file := range smallFiles(f) {
		f.Add(file)
		f.Add(file[footerOf(file):])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		readFuzzed(t, file)
		readFuzzed(t, rawFooter([]byte(Magic), file)) // the bytes as a footer
	})
}

// FuzzPages changes a page, and lets its header and the footer be true to it: most of what FuzzOpen tries is
// stopped by lengths and checksums.
func FuzzPages(f *testing.F) { fuzzPages(f, readFuzzed) }

func fuzzPages(f *testing.F, read func(t *testing.T, file []byte)) {
	layouts := parquets.Layouts()
	var sound [][]byte
	for i, layout := range layouts {
		sound = append(sound, parquets.Write(f, fuzzTable(), layout))
		f.Add(uint8(i), uint8(i), uint16(i), []byte{0xff}, int32(0), uint8(0))
		f.Add(uint8(i), uint8(1), uint16(1), []byte{3, 0, 0, 0}, int32(1), uint8(8))
	}
	f.Fuzz(func(t *testing.T, layout, page uint8, at uint16, change []byte, count int32, encoding uint8) {
		parts := parquets.Take(t, sound[int(layout)%len(sound)])
		var pages []*parquets.Page
		for p := range parts.Pages() {
			pages = append(pages, p)
		}
		p := pages[int(page)%len(pages)]
		data := bytes.Clone(p.Data)
		start := min(int(at), len(data))
		data = append(data[:start], append(change, data[min(start+len(change), len(data)):]...)...)
		if change := len(data) - len(p.Data); change > 0 {
			p.Header.UncompressedPageSize += int32(change)
		}
		p.SetData(data)
		for _, h := range []struct {
			values   *int32
			encoding *format.Encoding
		}{
			{&p.Header.DataPageHeader.V.NumValues, &p.Header.DataPageHeader.V.Encoding},
			{&p.Header.DataPageHeaderV2.V.NumValues, &p.Header.DataPageHeaderV2.V.Encoding},
			{&p.Header.DictionaryPageHeader.V.NumValues, &p.Header.DictionaryPageHeader.V.Encoding},
		} {
			*h.values += count
			if encoding > 0 {
				*h.encoding = format.Encoding(encoding)
			}
		}
		read(t, parts.File(t))
	})
}

// mostFuzzed is how many rows of a file are read: a few bytes may stand for any number of nulls.
const mostFuzzed = 20_000

// readFuzzed opens a file and reads its rows. If it has no gaps, parquet-go must read the same.
func readFuzzed(t *testing.T, file []byte) {
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		_, damaged := errors.AsType[*codec.Damage](err)
		_, refused := errors.AsType[*Refused](err)
		if !damaged && !refused {
			t.Fatal(err)
		}
		return
	}
	var columns []int
	for i, c := range f.Columns() {
		if c.Trouble == "" {
			columns = append(columns, i)
		}
	}
	if len(columns) == 0 {
		return
	}
	const mostRow = 1000
	text := f.Text(columns, mostRow)
	defer text.Close()
	rows, lost, gaps := int64(0), int64(0), 0
	all := make([][][]byte, 0, 100)
	var data []byte
	var ends []uint32
	for buffer := make([]byte, 4096); rows < mostFuzzed; {
		n, err := text.Read(buffer)
		data = append(data, buffer[:n]...)
		whole, e := SplitRows(data, ends[:0])
		ends = e
		start := uint32(0)
		for _, end := range ends {
			cells := make([][]byte, len(columns))
			row := bytes.Clone(data[start:end])
			if err := Cells(cells, row); err != nil && !errors.Is(err, ErrTooLong) {
				t.Fatal(err)
			} else if errors.Is(err, ErrTooLong) {
				cells = nil
			}
			all = append(all, cells)
			rows, start = rows+1, end
		}
		data = append(data[:0], data[whole:]...)
		gap, missing := errors.AsType[*codec.Gap](err)
		switch {
		case missing:
			gaps++
			if gap.Rows < 0 || len(data) > 0 {
				t.Fatalf("a gap of %d rows after %d bytes of a row", gap.Rows, len(data))
			}
			lost += gap.Rows
		case err == io.EOF:
			if rows+lost != f.Rows() || len(data) > 0 || text.Used() != int64(len(file)) {
				t.Fatalf("%d rows, %d lost, of %d; %d bytes more, %d of %d bytes used", rows, lost, f.Rows(), len(data), text.Used(), len(file))
			}
			if gaps == 0 {
				compare(t, file, f, columns, all)
			}
			return
		case err != nil:
			t.Fatal(err)
		}
	}
}

// compare reads a file, which has no damage, with parquet-go. What it refuses or panics at is not compared.
func compare(t *testing.T, file []byte, f *File, columns []int, rows [][][]byte) {
	for i, column := range columns {
		c := &f.columns[column]
		if lies(f, c) {
			continue
		}
		row := 0
		ok := readWithLibrary(file, c.leaf, func(raw []byte, null bool) {
			var want []byte
			if !null {
				want, null = raw, false
				if c.write != nil {
					want, null = c.write(nil, raw)
				}
			}
			if row >= len(rows) {
				t.Fatalf("the library has a row %d", row)
			}
			if cells := rows[row]; cells != nil && (null != (cells[i] == nil) || !bytes.Equal(cells[i], want)) {
				t.Fatalf("row %d: column %q is %q, want %q (null %v)", row, c.Name, cells[i], want, null)
			}
			row++
		})
		if ok && row != len(rows) {
			t.Fatalf("the library has %d rows of column %q, want %d", row, c.Name, len(rows))
		}
	}
}

// lies reports whether a column has numbers by which the library would allocate gigabytes: its readers make
// room for all values that a run or a delta encoding claims to have. It does not read empty
// runs right either, nor values of DELTA_BYTE_ARRAY with something after them.
func lies(f *File, column *Column) bool {
	const most = 1 << 20
	m := newMemory(1, 1<<20)
	c := newColumnReader(column, &m)
	for i := range f.meta.RowGroups {
		g := &f.meta.RowGroups[i]
		c.begin(&g.Columns[column.leaf], f, g.NumRows)
		for c.left > 0 {
			if err := c.nextPage(); err != nil {
				return true
			}
			all := uint64(0)
			for _, r := range []runs{c.levels, c.indexes.runs, c.runBits.runs} {
				for len(r.data) > 0 {
					if !r.nextRun() || r.left == 0 {
						return true
					}
					all += r.left
				}
			}
			for _, d := range []deltas{c.ints.deltas, c.lengths.lengths, c.shared.same, c.shared.rest.lengths} {
				all += d.left + d.perMini*uint64(d.minis)
			}
			if all > most || c.values == values(&c.shared) && !complete(c.shared.rest) {
				return true
			}
		}
	}
	return false
}

// complete reports whether byte arrays have nothing after them.
func complete(v deltaLengths) bool {
	for v.lengths.left > 0 {
		if _, ok := v.next(); !ok {
			return false
		}
	}
	return len(v.data) == 0
}

// readWithLibrary reads a column. It returns false if the library cannot.
func readWithLibrary(file []byte, leaf int, each func(raw []byte, null bool)) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	of, err := parquetgo.OpenFile(bytes.NewReader(file), int64(len(file)), parquetgo.SkipPageIndex(true), parquetgo.SkipBloomFilters(true))
	if err != nil {
		return false
	}
	for _, group := range of.RowGroups() {
		pages := group.ColumnChunks()[leaf].Pages()
		defer pages.Close()
		for {
			page, err := pages.ReadPage()
			if err == io.EOF {
				break
			}
			if err != nil {
				return false
			}
			values := make([]parquetgo.Value, page.NumValues())
			n, err := page.Values().ReadValues(values)
			if err != nil && err != io.EOF || n != len(values) {
				return false
			}
			for _, v := range values {
				each(rawValue(v), v.IsNull())
			}
			parquetgo.Release(page)
		}
	}
	return true
}

// rawValue returns a value as the plain encoding has it.
func rawValue(v parquetgo.Value) []byte {
	switch v.Kind() {
	case parquetgo.Boolean:
		if v.Boolean() {
			return []byte{1}
		}
		return []byte{0}
	case parquetgo.Int32:
		return binary.LittleEndian.AppendUint32(nil, uint32(v.Int32()))
	case parquetgo.Int64:
		return binary.LittleEndian.AppendUint64(nil, uint64(v.Int64()))
	case parquetgo.Int96:
		n := v.Int96()
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, n[0]), n[1]), n[2])
	case parquetgo.Float:
		return binary.LittleEndian.AppendUint32(nil, math.Float32bits(v.Float()))
	case parquetgo.Double:
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v.Double()))
	}
	return bytes.Clone(v.ByteArray())
}
