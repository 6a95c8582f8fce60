package parquet

import (
	"fmt"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// mostFixed is the largest length of values of a fixed length, in bytes, that is read.
const mostFixed = 1 << 20

// columnOf describes a column by its element of the schema. Where it is in a row group is left to the caller.
func columnOf(element *format.SchemaElement) Column {
	c := Column{
		Name:     element.Name,
		physical: element.Type.V,
		length:   int(element.TypeLength.V),
		optional: element.RepetitionType.V == format.Optional,
	}
	logical := logicalType(element)
	switch {
	case !isLeaf(element):
		c.nest(groupType(logical))
	case element.RepetitionType.V == format.Repeated:
		c.nest("LIST")
	case c.physical < format.Boolean || c.physical > format.FixedLenByteArray:
		c.Type, c.Trouble = "UNKNOWN", fmt.Sprintf("its type is unknown (%d)", c.physical)
	case c.physical == format.FixedLenByteArray && (c.length < 1 || c.length > mostFixed):
		c.Type, c.Trouble = c.physical.String(), fmt.Sprintf("its values cannot have %d bytes", c.length)
	case element.ConvertedType.Valid && element.ConvertedType.V == deprecated.Interval:
		c.binary("INTERVAL")
	case logical == nil:
		c.physicalOnly()
	default:
		c.annotated(logical)
	}
	switch {
	case c.Kind == Nested:
		c.Cure = "write it as JSON text"
	case c.Trouble != "":
		c.Cure = "write it as text"
	}
	return c
}

func (c *Column) nest(kind string) {
	c.Kind, c.Type, c.Trouble = Nested, kind, "it is nested ("+kind+")"
}

// groupType returns what a column that has others within it is.
func groupType(logical format.LogicalTypeValue) string {
	switch logical.(type) {
	case *format.ListType:
		return "LIST"
	case *format.MapType:
		return "MAP"
	case *format.VariantType:
		return "VARIANT"
	}
	return "STRUCT"
}

// logicalType returns what values mean, or nil if only their storage is known. Old files have a ConvertedType
// instead.
func logicalType(element *format.SchemaElement) format.LogicalTypeValue {
	if element.LogicalType.Value != nil || !element.ConvertedType.Valid {
		return element.LogicalType.Value
	}
	millis, micros := format.TimeUnit{Value: &format.MilliSeconds{}}, format.TimeUnit{Value: &format.MicroSeconds{}}
	switch converted := element.ConvertedType.V; converted {
	case deprecated.UTF8:
		return &format.StringType{}
	case deprecated.Map, deprecated.MapKeyValue:
		return &format.MapType{}
	case deprecated.List:
		return &format.ListType{}
	case deprecated.Enum:
		return &format.EnumType{}
	case deprecated.Decimal:
		return &format.DecimalType{Scale: element.Scale.V, Precision: element.Precision.V}
	case deprecated.Date:
		return &format.DateType{}
	case deprecated.TimeMillis:
		return &format.TimeType{IsAdjustedToUTC: true, Unit: millis}
	case deprecated.TimeMicros:
		return &format.TimeType{IsAdjustedToUTC: true, Unit: micros}
	case deprecated.TimestampMillis:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: millis}
	case deprecated.TimestampMicros:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: micros}
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return &format.IntType{BitWidth: 8 << (converted - deprecated.Uint8)}
	case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
		return &format.IntType{BitWidth: 8 << (converted - deprecated.Int8), IsSigned: true}
	case deprecated.Json:
		return &format.JsonType{}
	case deprecated.Bson:
		return &format.BsonType{}
	}
	return nil
}

// physicalOnly describes a column of which only the storage is known.
func (c *Column) physicalOnly() {
	c.Type = c.physical.String()
	switch c.physical {
	case format.Boolean:
		c.Kind, c.write = Boolean, writeBoolean
	case format.Int32:
		c.Kind, c.write = Number, writeInt32
	case format.Int64:
		c.Kind, c.write = Number, writeInt64
	case format.Int96:
		c.Kind, c.write = Time, writeInt96
	case format.Float:
		c.Kind, c.write = Float, writeFloat
	case format.Double:
		c.Kind, c.write = Float, writeDouble
	case format.ByteArray:
		c.Kind = Binary
	case format.FixedLenByteArray:
		c.Kind, c.Type = Binary, fmt.Sprintf("FIXED_LEN_BYTE_ARRAY(%d)", c.length)
	}
}

// annotated describes a column by what its values mean.
func (c *Column) annotated(logical format.LogicalTypeValue) {
	c.Type = logical.String()
	switch logical := logical.(type) {
	case *format.StringType, *format.EnumType:
		c.stored(c.isBytes())
	case *format.JsonType:
		c.Kind = JSON
		c.stored(c.isBytes())
	case *format.UUIDType:
		c.write = writeUUID
		c.stored(c.physical == format.FixedLenByteArray && c.length == 16)
	case *format.Float16Type:
		c.Kind, c.write = Float, writeFloat16
		c.stored(c.physical == format.FixedLenByteArray && c.length == 2)
	case *format.DateType:
		c.Kind, c.write = Date, writeDate
		c.stored(c.physical == format.Int32)
	case *format.NullType:
		c.write = writeNothing
	case *format.IntType:
		c.integer(logical)
	case *format.DecimalType:
		c.decimal(logical)
	case *format.TimeType:
		c.timeOfDay(logical)
	case *format.TimestampType:
		c.timestamp(logical)
	case *format.GeometryType:
		c.binary("GEOMETRY")
	case *format.GeographyType:
		c.binary("GEOGRAPHY")
	default: // BSON, and what only columns with others within them can be
		c.binary(c.Type)
	}
}

// binary describes a column whose values are not text.
func (c *Column) binary(kind string) {
	c.Kind, c.Type, c.Trouble = Binary, kind, "it is binary ("+kind+")"
}

// stored notes trouble unless values are stored as their type demands.
func (c *Column) stored(right bool) {
	if !right {
		c.Trouble = fmt.Sprintf("its type is %s, but its values are stored as %s", c.Type, c.physical)
	}
}

func (c *Column) isBytes() bool {
	return c.physical == format.ByteArray || c.physical == format.FixedLenByteArray
}

func (c *Column) integer(logical *format.IntType) {
	c.Kind, c.Type = Number, fmt.Sprintf("UINT%d", logical.BitWidth)
	c.write = writeUint32
	wide := c.physical == format.Int64
	if wide {
		c.write = writeUint64
	}
	if logical.IsSigned {
		c.Type, c.write = c.Type[1:], writeInt32
		if wide {
			c.write = writeInt64
		}
	}
	c.stored(wide || c.physical == format.Int32)
}

func (c *Column) timeOfDay(logical *format.TimeType) {
	c.Type = "TIME(" + timeUnit(logical.Unit, logical.IsAdjustedToUTC) + ")"
	switch logical.Unit.Value.(type) {
	case *format.MilliSeconds:
		c.write = writeTimeMillis
		c.stored(c.physical == format.Int32)
	case *format.MicroSeconds:
		c.write = timeWriter(1_000)
		c.stored(c.physical == format.Int64)
	case *format.NanoSeconds:
		c.write = timeWriter(1)
		c.stored(c.physical == format.Int64)
	default:
		c.Trouble = "its unit of time is unknown"
	}
}

func (c *Column) timestamp(logical *format.TimestampType) {
	c.Kind, c.Type = Time, "TIMESTAMP("+timeUnit(logical.Unit, logical.IsAdjustedToUTC)+")"
	switch unit := logical.Unit.Value.(type) {
	case *format.MilliSeconds, *format.MicroSeconds, *format.NanoSeconds:
		c.write = timestampWriter(int64(unit.Duration()), logical.IsAdjustedToUTC)
		c.stored(c.physical == format.Int64)
	default:
		c.Trouble = "its unit of time is unknown"
	}
}

func timeUnit(unit format.TimeUnit, utc bool) string {
	if utc {
		return unit.String() + ", UTC"
	}
	return unit.String()
}

// mostDigits is the largest precision of decimals that is read.
const mostDigits = 1000

func (c *Column) decimal(logical *format.DecimalType) {
	c.Kind, c.Type = Number, fmt.Sprintf("DECIMAL(%d, %d)", logical.Precision, logical.Scale)
	scale := int(logical.Scale)
	if scale < 0 || scale > mostDigits || logical.Precision < 1 || logical.Precision > mostDigits {
		c.Trouble = "its type is " + c.Type
		return
	}
	switch {
	case c.physical == format.Int32:
		c.write = func(dst, raw []byte) ([]byte, bool) {
			return appendDecimal(dst, int64(int32(load32(raw))), scale), false
		}
	case c.physical == format.Int64:
		c.write = func(dst, raw []byte) ([]byte, bool) { return appendDecimal(dst, int64(load64(raw)), scale), false }
	default:
		c.write = func(dst, raw []byte) ([]byte, bool) { return appendBigDecimal(dst, raw, scale) }
	}
	c.stored(c.physical == format.Int32 || c.physical == format.Int64 || c.isBytes())
}
