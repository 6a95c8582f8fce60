package parquet

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

func TestThriftIsCheckedBeforeItIsDecoded(t *testing.T) {
	field := func(kind byte, value string) string { return string([]byte{1<<4 | kind}) + value }
	nested := func(n int) string {
		return string(bytes.Repeat([]byte{1<<4 | thriftStruct}, n-1)) + string(make([]byte, n))
	}
	for _, test := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", io.ErrUnexpectedEOF},
		{"an empty struct", "\x00", nil},
		{"true", field(thriftTrue, "") + "\x00", nil},
		{"a field far away", "\x05\x80\x80\x01\x02\x00", nil},
		{"a list of bytes", field(thriftList, "\x33abc") + "\x00", nil},
		{"a list of booleans", field(thriftList, "\x31\x01\x01\x02") + "\x00", nil},
		{"a map", field(thriftMap, "\x01\x88\x01a\x01b") + "\x00", nil},
		{"an empty map", field(thriftMap, "\x00") + "\x00", nil},
		{"a UUID", field(thriftUUID, "0123456789abcdef") + "\x00", nil},
		{"no end", field(thriftI32, "\x02"), io.ErrUnexpectedEOF},
		{"half a number", field(thriftI32, "\x80"), io.ErrUnexpectedEOF},
		{"half a double", field(thriftDouble, "1234") + "\x00", io.ErrUnexpectedEOF},
		{"a string that is too long", field(thriftBinary, "\x7fabc") + "\x00", io.ErrUnexpectedEOF},
		{"a list that is too long", field(thriftList, "\xf3\xff\xff\x03abc") + "\x00", io.ErrUnexpectedEOF},
		{"a map that is too long", field(thriftMap, "\xff\xff\x01\x33abc") + "\x00", io.ErrUnexpectedEOF},
		{"a huge string", field(thriftBinary, "\xff\xff\xff\xff\x0f") + "\x00", errThriftLarge},
		{"a huge list", field(thriftList, "\xfc\xff\xff\xff\xff\x0f") + "\x00", errThriftLarge},
		{"the largest list", field(thriftList, "\xf3\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") + "\x00", errThriftLarge},
		{"a number that is too long", field(thriftI64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") + "\x00", errThrift},
		{"an unknown type", field(14, "") + "\x00", errThrift},
		{"no type", "\x10\x00", errThrift},
		{"a list of no type", field(thriftList, "\x10\x00") + "\x00", errThrift},
		{"deep enough", nested(thriftDepth), nil},
		{"too deep", nested(thriftDepth + 1), errThriftDeep},
		{"lists in lists", field(thriftList, string(bytes.Repeat([]byte{0x19}, 1000))), errThriftDeep},
	} {
		n, err := checkThrift([]byte(test.text + "more"))
		if errors.Is(test.want, io.ErrUnexpectedEOF) {
			n, err = checkThrift([]byte(test.text))
		}
		if !errors.Is(err, test.want) || err == nil && n != len(test.text) {
			t.Errorf("%s: %d bytes of %d, %v; want %v", test.name, n, len(test.text), err, test.want)
		}
	}
}

// TestFootersWithinTheBudget has lists that are within the bytes that are left, but need too much memory.
func TestFootersWithinTheBudget(t *testing.T) {
	list := func(n int) []byte {
		b := []byte{1<<4 | thriftList, 0xf0 | thriftStruct}
		for v := n; ; v >>= 7 {
			if v < 0x80 {
				b = append(b, byte(v))
				break
			}
			b = append(b, byte(v)|0x80)
		}
		return append(b, make([]byte, n+1)...)
	}
	const most = thriftBudget / structCost
	if _, err := checkThrift(list(most)); err != nil {
		t.Error(err)
	}
	if _, err := checkThrift(list(most + 1)); !errors.Is(err, errThriftLarge) {
		t.Error(err)
	}
	twice := append(list(most/2 + 1)[:most/2+1+5], list(most/2+1)...)
	if _, err := checkThrift(twice); !errors.Is(err, errThriftLarge) {
		t.Error(err)
	}
}

// TestStructsCostWhatTheBudgetSays keeps the cost of elements true.
func TestStructsCostWhatTheBudgetSays(t *testing.T) {
	for name, size := range map[string]uintptr{
		"ColumnChunk": unsafe.Sizeof(format.ColumnChunk{}), "RowGroup": unsafe.Sizeof(format.RowGroup{}),
		"SchemaElement": unsafe.Sizeof(format.SchemaElement{}), "KeyValue": unsafe.Sizeof(format.KeyValue{}),
		"PageEncodingStats": unsafe.Sizeof(format.PageEncodingStats{}), "SortingColumn": unsafe.Sizeof(format.SortingColumn{}),
	} {
		if size > structCost {
			t.Errorf("a %s has %d bytes, more than %d", name, size, structCost)
		}
	}
	if size := unsafe.Sizeof(""); size > elementCost {
		t.Errorf("a string has %d bytes, more than %d", size, elementCost)
	}
}

// TestThriftOfTheLibrary checks what the library writes, whole and cut off anywhere.
func TestThriftOfTheLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	meta := format.FileMetaData{Version: 2, CreatedBy: "somebody", NumRows: 1 << 40}
	for range 20 {
		meta.Schema = append(meta.Schema, *leafElement(format.Int64, 5, &format.TimestampType{Unit: micros}))
		meta.RowGroups = append(meta.RowGroups, format.RowGroup{NumRows: random.Int64(), Columns: []format.ColumnChunk{{
			MetaData: format.ColumnMetaData{PathInSchema: []string{"a", "b"}, Statistics: format.Statistics{MinValue: make([]byte, 200)}},
		}}})
	}
	var protocol thrift.CompactProtocol
	text, err := thrift.Marshal(&protocol, &meta)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := checkThrift(text); n != len(text) || err != nil {
		t.Fatalf("%d bytes of %d, %v", n, len(text), err)
	}
	for n := range text {
		if _, err := checkThrift(text[:n]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("the first %d bytes of %d: %v", n, len(text), err)
		}
	}
	if n := testing.AllocsPerRun(10, func() { _, _ = checkThrift(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
