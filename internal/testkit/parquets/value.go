package parquets

import (
	"time"

	"github.com/parquet-go/parquet-go"
)

// value is the value of a row as the writer takes it.
func (l Layout) value(c *Column, row, column int) parquet.Value {
	var value parquet.Value
	switch v := c.Values[row].(type) {
	case nil:
		return parquet.NullValue().Level(0, 0, column)
	case string:
		value = parquet.ByteArrayValue([]byte(v))
	case int64:
		value = parquet.Int64Value(v)
	case float64:
		value = parquet.DoubleValue(v)
	case bool:
		value = parquet.BooleanValue(v)
	case time.Time:
		value = parquet.Int64Value(micros(v))
	}
	if l.optional(c) {
		return value.Level(0, 1, column)
	}
	return value.Level(0, 0, column)
}
