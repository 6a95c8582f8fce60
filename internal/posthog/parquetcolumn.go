package posthog

import (
	"bytes"
	"encoding/json"

	"ph2cio/internal/parquet"
	"ph2cio/internal/rawjson"
)

// parquetColumn is a column of a Parquet file that is read.
type parquetColumn struct {
	parquet.Column
	index int // in the file
}

// isText reports whether cells are text. Old programs do not say of text that it is text.
func (c *parquetColumn) isText() bool {
	return c.Kind == parquet.Text || c.Kind == parquet.Binary && c.Type == "BYTE_ARRAY"
}

// mayBeJSON reports whether cells may be objects as JSON.
func (c *parquetColumn) mayBeJSON() bool { return c.isText() || c.Kind == parquet.JSON }

// isScalar reports whether cells are text, numbers, times or the like. A UUID of which the file does not say
// that it is one is 16 bytes.
func (c *parquetColumn) isScalar() bool { return c.Kind != parquet.Binary || c.isText() }

// splitCells cuts the text of rows of Parquet.
func splitCells(data []byte, _ splitting) (n, rows int, ends []uint32) {
	n, ends = parquet.SplitRows(data, nil)
	return n, len(ends), ends
}

// appendValue writes a cell as a JSON value. ok is false for null.
func (c *parquetColumn) appendValue(dst, cell []byte) (_ []byte, ok bool) {
	switch {
	case cell == nil:
		return dst, false
	case c.bare(), c.Kind == parquet.JSON && json.Valid(cell):
		return append(dst, cell...), true
	}
	return rawjson.AppendRawString(dst, cell), true
}

// bare reports whether the text of a cell is JSON as it is.
func (c *parquetColumn) bare() bool {
	return c.Kind == parquet.Number || c.Kind == parquet.Float || c.Kind == parquet.Boolean
}

// roundedFrom are the smallest integers that a column rounds others to, by its type.
var roundedFrom = map[string]string{"FLOAT16": "2048", "FLOAT": "16777216", "DOUBLE": "9007199254740992"}

// roundedID returns the fault of a row with an ID that may have been rounded, since it may then be that of
// many people. It returns nil for any other ID, and for a column that rounds none.
func (c *parquetColumn) roundedID(what string, id []byte) *fault {
	if c.Kind != parquet.Float {
		return nil
	}
	least := roundedFrom[c.Type]
	whole, exponent, _ := bytes.Cut(bytes.TrimPrefix(id, []byte{'-'}), []byte{'e'})
	whole, _, _ = bytes.Cut(whole, []byte{'.'})
	if len(exponent) == 0 && (len(whole) < len(least) || len(whole) == len(least) && string(whole) < least) ||
		len(exponent) > 0 && exponent[0] == '-' {
		return nil
	}
	return faultf(RoundedID, "%s is %s in a column of type %s, which rounds whole numbers from %s on; write the column as text or as integers",
		what, id, c.Type, least)
}

// shownCells returns a row as one JSON object for people, with its columns named as in the file and without
// those that are null or left out.
func shownCells(columns []parquetColumn, row []byte) []byte {
	cells := make([][]byte, len(columns))
	_ = parquet.Cells(cells, row) // what is left out of a row that is too long is nil
	text := []byte{'{'}
	for i, cell := range cells {
		start := len(text)
		if start > 1 {
			text = append(text, ',')
		}
		text = append(rawjson.AppendRawString(text, []byte(columns[i].Name)), ':')
		var ok bool
		switch {
		case columns[i].mayBeJSON() && len(cell) > 0 && (cell[0] == '{' || cell[0] == '[') && json.Valid(cell):
			text, ok = append(text, cell...), true
		default:
			text, ok = columns[i].appendValue(text, cell)
		}
		if !ok {
			text = text[:start]
		}
	}
	return append(text, '}')
}
