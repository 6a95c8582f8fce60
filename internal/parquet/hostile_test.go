package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"ph2cio/internal/codec"
)

type hostileRow struct {
	Event  string   `parquet:"event,zstd"`
	Team   int64    `parquet:"team,optional"`
	Tags   []string `parquet:"tags,list"`
	Nested struct {
		A, B string
	} `parquet:"nested"`
}

// twoGroups is a file of two row groups, with nested columns.
func twoGroups(t testing.TB) []byte {
	return written(t, make([]hostileRow, 5), parquetgo.MaxRowsPerRowGroup(3))
}

// withFooter puts another footer in the place of a file's, with so many bytes after it.
func withFooter(t testing.TB, file []byte, meta *format.FileMetaData, after int) []byte {
	t.Helper()
	var protocol thrift.CompactProtocol
	footer, err := thrift.Marshal(&protocol, meta)
	if err != nil {
		t.Fatal(err)
	}
	footer = append(footer, make([]byte, after)...)
	return rawFooter(file[:footerOf(file)], footer)
}

// rawFooter puts a footer of any bytes after the beginning of a file.
func rawFooter(start, footer []byte) []byte {
	file := append(bytes.Clone(start), footer...)
	return append(binary.LittleEndian.AppendUint32(file, uint32(len(footer))), Magic...)
}

// footerOf returns where the footer of a file begins.
func footerOf(file []byte) int {
	return len(file) - trailerSize - int(binary.LittleEndian.Uint32(file[len(file)-trailerSize:]))
}

func TestFootersThatCannotBeTrue(t *testing.T) {
	first := func(m *format.FileMetaData) *format.ColumnChunk { return &m.RowGroups[0].Columns[0] }
	for _, test := range []struct {
		name   string
		change func(*format.FileMetaData)
		want   string // the error
	}{
		{"no schema", func(m *format.FileMetaData) { m.Schema = nil }, "it has no schema"},
		{"no columns", func(m *format.FileMetaData) { m.Schema = m.Schema[:1] }, "its schema ends too soon"},
		{"no children", func(m *format.FileMetaData) { m.Schema[0].NumChildren = thrift.New[int32](0) }, "but uses only 1"},
		{"no root's children", func(m *format.FileMetaData) { m.Schema[0].NumChildren.Reset() }, "but uses only 1"},
		{"one child less", func(m *format.FileMetaData) { m.Schema[0].NumChildren.V-- }, "but uses only"},
		{"one child more", func(m *format.FileMetaData) { m.Schema[0].NumChildren.V++ }, "its schema ends too soon"},
		{"negative children of the root", func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = -1 }, "but uses only 1"},
		{"a hostile number of children", func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = math.MaxInt32 }, "its schema ends too soon"},
		{"negative children", func(m *format.FileMetaData) { m.Schema[3].NumChildren.V = -1 }, "cannot have -1 columns within it"},
		{"many children within", func(m *format.FileMetaData) { m.Schema[3].NumChildren.V = math.MaxInt32 }, "its schema ends too soon"},
		{"children of a leaf", func(m *format.FileMetaData) { m.Schema[1].NumChildren = thrift.New[int32](1) }, "cannot have 1 columns within it"},
		{"a group instead of a leaf", func(m *format.FileMetaData) { m.Schema[1].Type.Reset() }, "row group 1 has 5 columns instead of 4"},
		{"a deep schema", func(m *format.FileMetaData) {
			m.Schema = m.Schema[:1]
			m.Schema[0].NumChildren.V = 1
			for range 1000 {
				m.Schema = append(m.Schema, format.SchemaElement{Name: "a", NumChildren: thrift.New[int32](1)})
			}
		}, "its schema is nested too deep"},
		{"fewer columns in a group", func(m *format.FileMetaData) { m.RowGroups[1].Columns = m.RowGroups[1].Columns[1:] }, "row group 2 has 4 columns instead of 5"},
		{"negative rows", func(m *format.FileMetaData) { m.NumRows = -1 }, "row group 1 cannot have 3 rows"},
		{"negative rows in a group", func(m *format.FileMetaData) { m.RowGroups[1].NumRows = -2 }, "row group 2 cannot have -2 rows"},
		{"too many rows in a group", func(m *format.FileMetaData) { m.RowGroups[1].NumRows = math.MaxInt64 }, "row group 2 cannot have 9223372036854775807 rows"},
		{"more rows", func(m *format.FileMetaData) { m.NumRows = 6 }, "the file is said to have 6 rows, and its row groups 5"},
		{"fewer values", func(m *format.FileMetaData) { first(m).MetaData.NumValues-- }, `column "event" of row group 1 has 2 values instead of 3`},
		{"another type", func(m *format.FileMetaData) { first(m).MetaData.Type = format.Int96 }, `column "event" of row group 1 is stored as INT96 instead of BYTE_ARRAY`},
		{"another name", func(m *format.FileMetaData) { m.Schema[1].Name = "other" }, `column "other" of row group 1 goes by another name`},
		{"columns in another order", func(m *format.FileMetaData) {
			columns := m.RowGroups[0].Columns
			columns[3], columns[4] = columns[4], columns[3]
			m.Schema[2].Name = "a"
		}, "goes by another name"},
		{"before the file", func(m *format.FileMetaData) {
			first(m).MetaData.DataPageOffset = 3
			first(m).MetaData.DictionaryPageOffset = 0
		}, "is said to be at bytes 3 to"},
		{"a negative offset", func(m *format.FileMetaData) { first(m).MetaData.DataPageOffset = math.MinInt64 }, "is said to be at bytes -9223372036854775808"},
		{"after the file", func(m *format.FileMetaData) { first(m).MetaData.DataPageOffset = math.MaxInt64 }, "is said to be at bytes"},
		{"no pages", func(m *format.FileMetaData) { first(m).MetaData.TotalCompressedSize = 0 }, "is said to be at bytes"},
		{"a negative size", func(m *format.FileMetaData) { first(m).MetaData.TotalCompressedSize = -1 }, "is said to be at bytes"},
		{"a huge size", func(m *format.FileMetaData) { first(m).MetaData.TotalCompressedSize = math.MaxInt64 }, "is said to be at bytes"},
		{"pages in two columns", func(m *format.FileMetaData) {
			for i := range m.RowGroups {
				for j := range m.RowGroups[i].Columns {
					c := &m.RowGroups[i].Columns[j].MetaData
					c.DataPageOffset, c.DictionaryPageOffset, c.TotalCompressedSize = 4, 0, 100
				}
			}
		}, "is said to be at bytes 4 to 104"},
	} {
		file := twoGroups(t)
		f := open(t, file)
		test.change(&f.meta)
		file = withFooter(t, file, &f.meta, 0)
		_, err := Open(bytes.NewReader(file), int64(len(file)))
		if _, ok := errors.AsType[*codec.Damage](err); !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %s", test.name, err, test.want)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	const elsewhere = "the Parquet file has its rows in another file"
	const secret = "the Parquet file is encrypted"
	change := func(change func(*format.FileMetaData)) []byte {
		file := twoGroups(t)
		f := open(t, file)
		change(&f.meta)
		return withFooter(t, file, &f.meta, 0)
	}
	whole := twoGroups(t)
	for _, test := range []struct {
		name, want string
		file       []byte
	}{
		{"rows in another file", elsewhere, change(func(m *format.FileMetaData) { m.RowGroups[0].Columns[2].FilePath = "/etc/passwd" })},
		{"an encrypted footer", secret, append([]byte("PARE"), whole[4:]...)},
		{"an encrypted footer that was cut off", secret, []byte("PARE....")},
		{"an algorithm", secret, change(func(m *format.FileMetaData) { m.EncryptionAlgorithm.Value = &format.AesGcmV1{} })},
		{"a column with a key", secret, change(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[1].CryptoMetadata.Value = &format.EncryptionWithFooterKey{}
		})},
		{"the metadata of an encrypted column", secret, change(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[0].EncryptedColumnMetadata = []byte("secret")
		})},
		{"a signature", secret, withFooter(t, whole, &open(t, whole).meta, signatureSize)},
	} {
		_, err := Open(bytes.NewReader(test.file), int64(len(test.file)))
		if refused, ok := errors.AsType[*Refused](err); !ok || refused.What != test.want || refused.Hint == "" {
			t.Errorf("%s: %v; want %s", test.name, err, test.want)
		}
	}
}

func TestFilesWithoutTheirFooter(t *testing.T) {
	whole := twoGroups(t)
	footer := footerOf(whole)
	length := func(n uint32) []byte {
		file := bytes.Clone(whole)
		binary.LittleEndian.PutUint32(file[len(file)-trailerSize:], n)
		return file
	}
	for _, test := range []struct {
		name, want string
		file       []byte
	}{
		{"nothing", "it has only 0 bytes", nil},
		{"the beginning", "it has only 4 bytes", whole[:4]},
		{"the beginning and an end", "it has only 8 bytes", []byte("PAR1PAR1")},
		{"no beginning", "the file does not begin with PAR1", whole[1:]},
		{"no footer", "its end, where a Parquet file says what is in it, is missing", whole[:footer]},
		{"half a footer", "is missing", whole[:footer+(len(whole)-footer)/2]},
		{"one byte less", "is missing", whole[:len(whole)-1]},
		{"one byte more", "is missing", append(bytes.Clone(whole), 0)},
		{"zeros instead of the end", "is missing", append(bytes.Clone(whole[:footer]), make([]byte, 1000)...)},
		{"no length", "it is cut off", length(0)},
		{"a footer of 4 GiB", "the footer is said to have 4294967295 bytes, more than the file", length(math.MaxUint32)},
		{"a footer with all of the file", "more than the file", length(uint32(len(whole) - trailerSize - 3))},
		{"a footer that is one byte longer", "the footer is damaged", length(uint32(len(whole) - trailerSize - footer + 1))},
		{"a footer that is one byte shorter", "the footer is damaged", length(uint32(len(whole) - trailerSize - footer - 1))},
		{"zeros as a footer", "it ends 99 bytes too soon", rawFooter(whole[:4], make([]byte, 100))},
		{"text as a footer", "the footer is damaged", rawFooter(whole[:4], []byte(strings.Repeat("something else ", 100)))},
		{"something after the footer", "it ends 5 bytes too soon", withFooter(t, whole, &open(t, whole).meta, 5)},
		{"a part that is missing", "the footer is damaged", rawFooter(whole[:4], []byte{1<<4 | thriftI32, 2, 0})},
	} {
		_, err := Open(bytes.NewReader(test.file), int64(len(test.file)))
		if damage, ok := errors.AsType[*codec.Damage](err); !ok || damage.Keep || damage.Minor || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %s", test.name, err, test.want)
		}
	}
}

// TestFootersOfAnyLength has footers that are longer than what is read of the end of a file at first.
func TestFootersOfAnyLength(t *testing.T) {
	whole := twoGroups(t)
	meta := open(t, whole).meta
	for _, n := range []int{0, 1000, tailSize - 1000, tailSize - 300, tailSize, 3 * tailSize} {
		meta.CreatedBy = strings.Repeat("x", n)
		if f := open(t, withFooter(t, whole, &meta, 0)); f.meta.CreatedBy != meta.CreatedBy || f.Rows() != 5 {
			t.Errorf("%d bytes: %d rows, created by %d bytes", n, f.Rows(), len(f.meta.CreatedBy))
		}
	}
	long := rawFooter(whole[:4], make([]byte, mostFooter+1))
	if _, err := Open(bytes.NewReader(long), int64(len(long))); err == nil || !strings.Contains(err.Error(), "more than the 67108864 that are read") {
		t.Error(err)
	}
}

// shrunk is a file that has become shorter than it was said to be.
type shrunk struct{ io.ReaderAt }

func TestErrorsOfReadingAFooter(t *testing.T) {
	whole := twoGroups(t)
	if _, err := Open(failing{}, int64(len(whole))); !errors.Is(err, iotest.ErrTimeout) {
		t.Error(err)
	}
	_, err := Open(shrunk{bytes.NewReader(whole[:len(whole)-3])}, int64(len(whole)))
	if _, ok := errors.AsType[*codec.Damage](err); !ok {
		t.Error(err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }

func TestColumnsThatAreCompressedInAnotherWay(t *testing.T) {
	for codec, want := range map[format.CompressionCodec]string{
		format.Lz4Raw: "", format.Lz4: "it is compressed with LZ4 in Hadoop's form", format.LZO: "it is compressed with LZO",
		99: "it is compressed with a codec that is unknown (99)", -1: "it is compressed with a codec that is unknown (-1)",
	} {
		file := twoGroups(t)
		f := open(t, file)
		f.meta.RowGroups[1].Columns[1].MetaData.Codec = codec
		f = open(t, withFooter(t, file, &f.meta, 0))
		if f.columns[0].Trouble != "" || f.columns[1].Trouble != want {
			t.Errorf("codec %d: %q and %q, want %q", codec, f.columns[0].Trouble, f.columns[1].Trouble, want)
		}
	}
}
