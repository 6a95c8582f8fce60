package parquet_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/testkit/parquets"
)

// TestAnyRowsComeBack writes any rows in any layout, and expects the text of each cell.
func TestAnyRowsComeBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		table := anyTable(rt)
		layout := parquets.RandomLayout(func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "layout") })
		got, gaps, err := read(t, parquets.Write(t, table, layout), 1000)
		if diff := difference(got, rowsOf(table)); diff != "" || len(gaps) > 0 || err != nil {
			rt.Fatalf("%s: gaps %v, %v; %s", layout, gaps, err, diff)
		}
	})
}

// anyTable draws a table. Values are often those of the row before, as in exports, so that there are runs of
// all lengths.
func anyTable(rt *rapid.T) []parquets.Column {
	rows := rapid.IntRange(1, 300).Draw(rt, "rows")
	table := make([]parquets.Column, rapid.IntRange(1, 4).Draw(rt, "columns"))
	for i := range table {
		c := &table[i]
		c.Name, c.Type = fmt.Sprint("column ", i), parquets.Type(rapid.IntRange(0, int(parquets.Timestamp)).Draw(rt, "type"))
		nulls, repeats := rapid.SampledFrom([]int{0, 10, 50, 100}).Draw(rt, "nulls"), rapid.SampledFrom([]int{0, 50, 98}).Draw(rt, "repeats")
		percent := rapid.IntRange(0, 99)
		for range rows {
			switch {
			case len(c.Values) > 0 && percent.Draw(rt, "repeat") < repeats:
				c.Values = append(c.Values, c.Values[len(c.Values)-1])
			case percent.Draw(rt, "null") < nulls:
				c.Values = append(c.Values, nil)
			default:
				c.Values = append(c.Values, anyValue(rt, c.Type))
			}
		}
	}
	return table
}

func anyValue(rt *rapid.T, as parquets.Type) any {
	switch as {
	case parquets.Integer:
		return rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 1<<53 + 1})).Draw(rt, "integer")
	case parquets.Double:
		return rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 0.1, -1e-7, 1e21, 1 << 53, 1<<53 + 2, math.NaN(), math.Inf(1), math.Inf(-1)})).Draw(rt, "double")
	case parquets.Boolean:
		return rapid.Bool().Draw(rt, "boolean")
	case parquets.Timestamp:
		return time.UnixMicro(rapid.OneOf(rapid.Int64Range(-1<<56, 1<<56), rapid.Int64Range(-3, 3)).Draw(rt, "timestamp")).UTC()
	}
	return rapid.OneOf(
		rapid.String(), rapid.SampledFrom([]string{"", "\x00", "\xff\xfe", "a\r\nb", "\ufeff"}),
		rapid.Custom(func(rt *rapid.T) string { return string(rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "bytes")) }),
	).Draw(rt, "text")
}
