package parquet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"
)

var (
	millis = format.TimeUnit{Value: &format.MilliSeconds{}}
	micros = format.TimeUnit{Value: &format.MicroSeconds{}}
	nanos  = format.TimeUnit{Value: &format.NanoSeconds{}}
)

func i32(v int32) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }
func i64(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }

func bytesOfHex(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return b
}

// leafElement is the schema of a column of values that are stored in one way and mean something; nil for
// nothing.
func leafElement(physical format.Type, length int, meaning format.LogicalTypeValue) *format.SchemaElement {
	return &format.SchemaElement{
		Name: "column", Type: thrift.New(physical), TypeLength: thrift.New(int32(length)),
		LogicalType: format.LogicalType{Value: meaning},
	}
}

func converted(physical format.Type, to deprecated.ConvertedType) *format.SchemaElement {
	e := leafElement(physical, 12, nil)
	e.ConvertedType = thrift.New(to)
	return e
}

// null is what a value that stands for null has instead of text.
const null = "null of the file"

func textOf(c Column, raw []byte) string {
	if c.write == nil {
		return string(raw)
	}
	text, isNull := c.write([]byte("before "), raw)
	if isNull {
		return null
	}
	return string(text)[len("before "):]
}

func TestValuesAsText(t *testing.T) {
	decimal := func(precision, scale int32) format.LogicalTypeValue {
		return &format.DecimalType{Precision: precision, Scale: scale}
	}
	oldDecimal := converted(format.Int32, deprecated.Decimal)
	oldDecimal.Precision, oldDecimal.Scale = thrift.New[int32](9), thrift.New[int32](2)
	utc := func(unit format.TimeUnit) format.LogicalTypeValue {
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: unit}
	}
	const i32s, i64s, f32s, f64s, text, fixed = format.Int32, format.Int64, format.Float, format.Double, format.ByteArray, format.FixedLenByteArray
	const at = 1772618531004512 // 2026-03-04T10:02:11.004512Z
	float := func(v float32) []byte { return i32(int32(math.Float32bits(v))) }
	double := func(v float64) []byte { return i64(int64(math.Float64bits(v))) }
	for _, test := range []struct {
		element *format.SchemaElement
		kind    Kind
		name    string // of the type
		raw     []byte
		want    string
	}{
		{leafElement(text, 0, &format.StringType{}), Text, "STRING", []byte("käse"), "käse"},
		{converted(text, deprecated.UTF8), Text, "STRING", []byte(""), ""},
		{leafElement(text, 0, &format.EnumType{}), Text, "ENUM", []byte("RED"), "RED"},
		{converted(text, deprecated.Enum), Text, "ENUM", []byte("RED"), "RED"},
		{leafElement(text, 0, &format.JsonType{}), JSON, "JSON", []byte("{}"), "{}"},
		{converted(text, deprecated.Json), JSON, "JSON", []byte("{}"), "{}"},
		{leafElement(text, 0, nil), Binary, "BYTE_ARRAY", []byte("a\xff"), "a\xff"},
		{leafElement(fixed, 3, nil), Binary, "FIXED_LEN_BYTE_ARRAY(3)", []byte("abc"), "abc"},
		{leafElement(fixed, 16, &format.UUIDType{}), Text, "UUID", bytesOfHex("0195602EDDDD7C3E9D55000000000001"), "0195602e-dddd-7c3e-9d55-000000000001"},

		{leafElement(i32s, 0, nil), Number, "INT32", i32(-7), "-7"},
		{leafElement(i64s, 0, nil), Number, "INT64", i64(math.MinInt64), "-9223372036854775808"},
		{leafElement(i64s, 0, nil), Number, "INT64", i64(1<<53 + 1), "9007199254740993"},
		{leafElement(i32s, 0, &format.IntType{BitWidth: 8, IsSigned: true}), Number, "INT8", i32(-128), "-128"},
		{leafElement(i32s, 0, &format.IntType{BitWidth: 32}), Number, "UINT32", i32(-1), "4294967295"},
		{leafElement(i64s, 0, &format.IntType{BitWidth: 64}), Number, "UINT64", i64(-1), "18446744073709551615"},
		{leafElement(i64s, 0, &format.IntType{BitWidth: 64, IsSigned: true}), Number, "INT64", i64(-1), "-1"},
		{converted(i32s, deprecated.Uint32), Number, "UINT32", i32(-1), "4294967295"},
		{converted(i64s, deprecated.Uint64), Number, "UINT64", i64(-1), "18446744073709551615"},
		{converted(i32s, deprecated.Int16), Number, "INT16", i32(-1), "-1"},
		{leafElement(format.Boolean, 0, nil), Boolean, "BOOLEAN", []byte{1}, "true"},
		{leafElement(format.Boolean, 0, nil), Boolean, "BOOLEAN", []byte{0}, "false"},
		{leafElement(i32s, 0, &format.NullType{}), Text, "NULL", i32(1), null},

		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(0.1), "0.1"},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(1 << 52), "4503599627370496"},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(1e20), "100000000000000000000"},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(1e21), "1e+21"},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(-1.5e-7), "-1.5e-7"},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(0), "0"},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(math.NaN()), null},
		{leafElement(f64s, 0, nil), Float, "DOUBLE", double(math.Inf(-1)), null},
		{leafElement(f32s, 0, nil), Float, "FLOAT", float(0.1), "0.1"},
		{leafElement(f32s, 0, nil), Float, "FLOAT", float(float32(math.Inf(1))), null},
		{leafElement(fixed, 2, &format.Float16Type{}), Float, "FLOAT16", []byte{0x00, 0x3e}, "1.5"},
		{leafElement(fixed, 2, &format.Float16Type{}), Float, "FLOAT16", []byte{0xff, 0xfb}, "-65504"},
		{leafElement(fixed, 2, &format.Float16Type{}), Float, "FLOAT16", []byte{0x01, 0x00}, "5.9604645e-8"},
		{leafElement(fixed, 2, &format.Float16Type{}), Float, "FLOAT16", []byte{0x00, 0x7c}, null},

		{leafElement(i32s, 0, decimal(9, 2)), Number, "DECIMAL(9, 2)", i32(-150), "-1.50"},
		{oldDecimal, Number, "DECIMAL(9, 2)", i32(5), "0.05"},
		{leafElement(i32s, 0, decimal(9, 0)), Number, "DECIMAL(9, 0)", i32(12), "12"},
		{leafElement(i64s, 0, decimal(18, 4)), Number, "DECIMAL(18, 4)", i64(math.MinInt64), "-922337203685477.5808"},
		{leafElement(i64s, 0, decimal(18, 18)), Number, "DECIMAL(18, 18)", i64(0), "0.000000000000000000"},
		{leafElement(text, 0, decimal(38, 2)), Number, "DECIMAL(38, 2)", nil, "0.00"},
		{leafElement(text, 0, decimal(38, 2)), Number, "DECIMAL(38, 2)", []byte{0xff}, "-0.01"},
		{leafElement(text, 0, decimal(38, 2)), Number, "DECIMAL(38, 2)", []byte{0x00, 0xff}, "2.55"},
		{leafElement(fixed, 16, decimal(38, 1)), Number, "DECIMAL(38, 1)", bytesOfHex("00000000000000008000000000000000"), "922337203685477580.8"},
		{leafElement(fixed, 16, decimal(38, 1)), Number, "DECIMAL(38, 1)", bytesOfHex("ffffffffffffffff7fffffffffffffff"), "-922337203685477580.9"},
		{leafElement(fixed, 16, decimal(38, 1)), Number, "DECIMAL(38, 1)", bytesOfHex("ffffffffffffffffffffffffffffffff"), "-0.1"},
		{leafElement(text, 0, decimal(38, 1)), Number, "DECIMAL(38, 1)", make([]byte, 1<<20), "0.0"},
		{leafElement(text, 0, decimal(38, 1)), Number, "DECIMAL(38, 1)", append([]byte{1}, make([]byte, 1<<20)...), null},

		{leafElement(i32s, 0, &format.DateType{}), Date, "DATE", i32(20516), "2026-03-04"},
		{converted(i32s, deprecated.Date), Date, "DATE", i32(-1), "1969-12-31"},
		{leafElement(i32s, 0, &format.DateType{}), Date, "DATE", i32(math.MaxInt32), "5881580-07-11"},
		{leafElement(i64s, 0, utc(micros)), Time, "TIMESTAMP(MICROS, UTC)", i64(at), "2026-03-04T10:02:11.004512Z"},
		{leafElement(i64s, 0, utc(millis)), Time, "TIMESTAMP(MILLIS, UTC)", i64(at / 1000), "2026-03-04T10:02:11.004Z"},
		{leafElement(i64s, 0, utc(nanos)), Time, "TIMESTAMP(NANOS, UTC)", i64(at*1000 + 1), "2026-03-04T10:02:11.004512001Z"},
		{leafElement(i64s, 0, utc(nanos)), Time, "TIMESTAMP(NANOS, UTC)", i64(at * 1000), "2026-03-04T10:02:11.004512000Z"},
		{leafElement(i64s, 0, utc(micros)), Time, "TIMESTAMP(MICROS, UTC)", i64(-1), "1969-12-31T23:59:59.999999Z"},
		{leafElement(i64s, 0, utc(micros)), Time, "TIMESTAMP(MICROS, UTC)", i64(0), "1970-01-01T00:00:00.000000Z"},
		{leafElement(i64s, 0, utc(micros)), Time, "TIMESTAMP(MICROS, UTC)", i64(math.MaxInt64), "294247-01-10T04:00:54.775807Z"},
		{leafElement(i64s, 0, &format.TimestampType{Unit: micros}), Time, "TIMESTAMP(MICROS)", i64(at), "2026-03-04T10:02:11.004512"},
		{converted(i64s, deprecated.TimestampMillis), Time, "TIMESTAMP(MILLIS, UTC)", i64(1), "1970-01-01T00:00:00.001Z"},
		{converted(i64s, deprecated.TimestampMicros), Time, "TIMESTAMP(MICROS, UTC)", i64(1), "1970-01-01T00:00:00.000001Z"},
		{leafElement(format.Int96, 0, nil), Time, "INT96", append(i64(36131004512000), i32(2440588+20516)...), "2026-03-04T10:02:11.004512000Z"},
		{leafElement(format.Int96, 0, nil), Time, "INT96", append(i64(-1), i32(2440588)...), "1969-12-31T23:59:59.999999999Z"},
		{leafElement(i32s, 0, &format.TimeType{Unit: millis}), Text, "TIME(MILLIS)", i32(36131004), "10:02:11.004"},
		{leafElement(i64s, 0, &format.TimeType{Unit: micros, IsAdjustedToUTC: true}), Text, "TIME(MICROS, UTC)", i64(36131004512), "10:02:11.004512"},
		{leafElement(i64s, 0, &format.TimeType{Unit: nanos}), Text, "TIME(NANOS)", i64(1), "00:00:00.000000001"},
		{leafElement(i64s, 0, &format.TimeType{Unit: micros}), Text, "TIME(MICROS)", i64(86400e6), "24:00:00.000000"},
		{leafElement(i64s, 0, &format.TimeType{Unit: micros}), Text, "TIME(MICROS)", i64(86400e6 + 1), null},
		{converted(i32s, deprecated.TimeMillis), Text, "TIME(MILLIS, UTC)", i32(-1), null},
		{converted(i64s, deprecated.TimeMicros), Text, "TIME(MICROS, UTC)", i64(0), "00:00:00.000000"},
	} {
		c := columnOf(test.element)
		if c.Kind != test.kind || c.Type != test.name || c.Trouble != "" {
			t.Errorf("a column is of kind %d, type %s, trouble %q; want kind %d, type %s", c.Kind, c.Type, c.Trouble, test.kind, test.name)
			continue
		}
		if got := textOf(c, test.raw); got != test.want {
			t.Errorf("%s of % x is %q, want %q", c.Type, test.raw, got, test.want)
		}
		if (test.kind == Number || test.kind == Float) && test.want != null && !json.Valid([]byte(test.want)) {
			t.Errorf("%s is not a number of JSON", test.want)
		}
	}
}

func TestColumnsThatCannotBeRead(t *testing.T) {
	group := func(meaning format.LogicalTypeValue) *format.SchemaElement {
		return &format.SchemaElement{NumChildren: thrift.New[int32](1), LogicalType: format.LogicalType{Value: meaning}}
	}
	oldMap := group(nil)
	oldMap.ConvertedType = thrift.New(deprecated.MapKeyValue)
	repeated := leafElement(format.Int32, 0, nil)
	repeated.RepetitionType = thrift.New(format.Repeated)
	for _, test := range []struct {
		element    *format.SchemaElement
		name, want string
	}{
		{group(nil), "STRUCT", "it is nested (STRUCT)"},
		{group(&format.ListType{}), "LIST", "it is nested (LIST)"},
		{group(&format.MapType{}), "MAP", "it is nested (MAP)"},
		{oldMap, "MAP", "it is nested (MAP)"},
		{group(&format.VariantType{}), "VARIANT", "it is nested (VARIANT)"},
		{repeated, "LIST", "it is nested (LIST)"},
		{leafElement(format.ByteArray, 0, &format.BsonType{}), "BSON", "it is binary (BSON)"},
		{converted(format.ByteArray, deprecated.Bson), "BSON", "it is binary (BSON)"},
		{leafElement(format.ByteArray, 0, &format.GeometryType{CRS: "\x1b[1m"}), "GEOMETRY", "it is binary (GEOMETRY)"},
		{leafElement(format.ByteArray, 0, &format.GeographyType{}), "GEOGRAPHY", "it is binary (GEOGRAPHY)"},
		{converted(format.FixedLenByteArray, deprecated.Interval), "INTERVAL", "it is binary (INTERVAL)"},
		{leafElement(format.Int32, 0, &format.StringType{}), "STRING", "its type is STRING, but its values are stored as INT32"},
		{leafElement(format.FixedLenByteArray, 15, &format.UUIDType{}), "UUID", "its type is UUID, but its values are stored as FIXED_LEN_BYTE_ARRAY"},
		{leafElement(format.Int32, 0, &format.TimestampType{Unit: micros}), "TIMESTAMP(MICROS)", "its type is TIMESTAMP(MICROS), but its values are stored as INT32"},
		{leafElement(format.Int32, 0, &format.TimeType{Unit: micros}), "TIME(MICROS)", "its type is TIME(MICROS), but its values are stored as INT32"},
		{leafElement(format.Int64, 0, &format.TimestampType{}), "TIMESTAMP()", "its unit of time is unknown"},
		{leafElement(format.ByteArray, 0, &format.IntType{BitWidth: 8}), "UINT8", "its type is UINT8, but its values are stored as BYTE_ARRAY"},
		{leafElement(format.Double, 0, &format.DecimalType{Precision: 9}), "DECIMAL(9, 0)", "its type is DECIMAL(9, 0), but its values are stored as DOUBLE"},
		{leafElement(format.Int32, 0, &format.DecimalType{Precision: 9, Scale: -1}), "DECIMAL(9, -1)", "its type is DECIMAL(9, -1)"},
		{leafElement(format.Int32, 0, &format.DecimalType{Precision: 9, Scale: math.MaxInt32}), "DECIMAL(9, 2147483647)", "its type is DECIMAL(9, 2147483647)"},
		{leafElement(format.FixedLenByteArray, 0, nil), "FIXED_LEN_BYTE_ARRAY", "its values cannot have 0 bytes"},
		{leafElement(format.FixedLenByteArray, math.MaxInt32, nil), "FIXED_LEN_BYTE_ARRAY", "its values cannot have 2147483647 bytes"},
		{leafElement(8, 0, nil), "UNKNOWN", "its type is unknown (8)"},
		{leafElement(-1, 0, nil), "UNKNOWN", "its type is unknown (-1)"},
	} {
		if c := columnOf(test.element); c.Type != test.name || c.Trouble != test.want {
			t.Errorf("type %q, trouble %q; want %q, %q", c.Type, c.Trouble, test.name, test.want)
		}
	}
}

// TestTimesAsTheLibraryWritesThem compares with package time.
func TestTimesAsTheLibraryWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(-80_000_000_000, 300_000_000_000).Draw(t, "seconds")
		want := time.Unix(seconds, 0).UTC()
		if got := string(appendTime(nil, seconds, 0, 1_000_000, true)); got != want.Format("2006-01-02T15:04:05.000Z") {
			t.Errorf("second %d is %s, want %s", seconds, got, want)
		}
	})
	var got, want []byte
	for day := int64(firstDay) - 1; day <= lastDay+1; day++ {
		got = appendDate(got[:0], day)
		want = time.Unix(day*secondsOfDay, 0).UTC().AppendFormat(want[:0], time.DateOnly)
		if !bytes.Equal(got, want) {
			t.Fatalf("day %d is %s, want %s", day, got, want)
		}
	}
}

// TestDecimalsAsTheLibraryWritesThem compares with package big.
func TestDecimalsAsTheLibraryWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "raw")
		for range rapid.IntRange(0, 10).Draw(t, "sign") {
			raw = append([]byte{byte(int8(raw[0]) >> 7)}, raw...)
		}
		want := new(big.Int).SetBytes(raw)
		if raw[0] >= 0x80 {
			want.Sub(want, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
		}
		if got, isNull := appendBigDecimal(nil, raw, 0); isNull || string(got) != want.String() {
			t.Errorf("% x is %s, want %s", raw, got, want)
		}
	})
}

func TestTextNeedsNoMemory(t *testing.T) {
	dst := make([]byte, 0, 100)
	for _, test := range []struct {
		element *format.SchemaElement
		raw     []byte
	}{
		{leafElement(format.Int64, 0, &format.TimestampType{IsAdjustedToUTC: true, Unit: micros}), i64(1772618531004512)},
		{leafElement(format.Int64, 0, nil), i64(1 << 60)},
		{leafElement(format.Double, 0, nil), i64(0x3fb999999999999a)},
		{leafElement(format.FixedLenByteArray, 16, &format.UUIDType{}), make([]byte, 16)},
		{leafElement(format.FixedLenByteArray, 16, &format.DecimalType{Precision: 38, Scale: 3}), make([]byte, 16)},
		{leafElement(format.Int32, 0, &format.DateType{}), i32(20516)},
	} {
		c := columnOf(test.element)
		if n := testing.AllocsPerRun(100, func() { dst, _ = c.write(dst[:0], test.raw) }); n != 0 {
			t.Errorf("%s: %v allocations", c.Type, n)
		}
	}
}
