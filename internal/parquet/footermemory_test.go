package parquet

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"ph2cio/internal/testkit/race"
)

// field is the head of a field of a struct, whose number is by so much larger than that of the field before
// it.
func field(by, kind byte) byte { return by<<4 | kind }

// listOf is a list of so many elements of a type. The elements themselves follow.
func listOf(kind byte, n int) []byte { return binary.AppendUvarint([]byte{0xf0 | kind}, uint64(n)) }

// TestHostileFootersNeedLittleMemory has footers of a few bytes for each element that decoding allocates, or
// as large as is read. What it measures is the sum of all that is allocated, so that the peak is lower.
func TestHostileFootersNeedLittleMemory(t *testing.T) {
	if race.Enabled() {
		t.Skip("the race detector takes memory of its own, and nothing here runs at the same time")
	}
	const most = thriftBudget / structCost
	repeat := func(element string, n int) []byte { return bytes.Repeat([]byte(element), n) }
	columns := func(n int) []byte { // of one row group
		return bytes.Join([][]byte{{field(4, thriftList), 1<<4 | thriftStruct, field(1, thriftList)}, listOf(thriftStruct, n)}, nil)
	}
	unknown := func(size int) []byte { // fields that cost nothing
		const one = "\x0d\x1e0123456789abcdef" // a UUID with the number 15
		return repeat(one, size/len(one))
	}
	leaf := string([]byte{field(1, thriftI32), 2 * 5, field(3, thriftBinary), 0, 0})
	decimal := string([]byte{field(1, thriftI32), 2 * 2, field(3, thriftBinary), 0, field(6, thriftStruct),
		field(5, thriftStruct), field(1, thriftI32), 2 * 2, field(1, thriftI32), 2 * 2, 0, 0, 0})
	schema := func(element string, n int) []byte {
		root := []byte{field(4, thriftBinary), 0, field(1, thriftI32)}
		root = append(binary.AppendVarint(root, int64(n)), 0)
		return bytes.Join([][]byte{{field(1, thriftI32), 2, field(1, thriftList)}, listOf(thriftStruct, n+1), root, repeat(element, n),
			{field(1, thriftI64), 0, field(1, thriftList), thriftStruct, 0}}, nil)
	}
	for name, parts := range map[string][][]byte{
		"row groups":                 {{field(4, thriftList)}, listOf(thriftStruct, most), repeat("\x00", most+1)},
		"columns":                    {columns(most - 1), repeat("\x00", most+1)},
		"names":                      {{field(5, thriftList)}, listOf(thriftStruct, most), repeat("\x18\x00\x18\x00\x00", most), {0}},
		"schema":                     {schema(leaf, most-2)},
		"decimals":                   {schema(decimal, most-2)},
		"zeros":                      {make([]byte, mostFooter)},
		"a long name":                {{field(6, thriftBinary)}, binary.AppendUvarint(nil, mostFooter-6), make([]byte, mostFooter-5)},
		"many a name":                {repeat("\x68\x01x", 1), repeat("\x08\x0c\x01x", 10<<20), {0}},
		"large columns":              {columns(most / 9 * 8), repeat("\x00", most/9*8), {0, field(1, thriftBinary)}, binary.AppendUvarint(nil, 14<<20), make([]byte, 14<<20), {0}},
		"columns in a large footer":  {unknown(62 << 20), {thriftList, 2 * 4}, columns(most - 1)[1:], repeat("\x00", most+1)},
		"decimals in a large footer": {bytes.TrimSuffix(schema(decimal, most-2), []byte{0}), unknown(60 << 20), {0}},
	} {
		footer := bytes.Join(parts, nil)
		file := rawFooter([]byte(Magic), footer)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		runtime.ReadMemStats(&after)
		size := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%s: %d MiB for a footer of %d KiB: %v", name, size, len(footer)>>10, err)
		if size > 200 {
			t.Errorf("%s: %d MiB for a footer of %d KiB: %v", name, size, len(footer)>>10, err)
		}
		runtime.KeepAlive(f)
	}
}
