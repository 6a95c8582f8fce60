package parquet

import (
	"encoding/binary"
	"errors"
)

// The text of rows is a form of this program's own, the same for any compression, page size or row group:
//
//	row     = size code... content...
//	size    = how many bytes follow
//	code    = 0 for null, 1 for a cell that is left out since the row is too long, n+2 for n bytes
//	content = the n bytes of a cell and a zero
//
// Numbers are varints. There is a code for each column. The zeros let a JSON scanner read a cell in place.

// Codes of cells; larger ones are lengths.
const (
	codeNull    = 0
	codeTooLong = 1
	codeLength  = 2
)

// ErrTooLong is the error of Cells for a row that is longer than File.Text was told to give.
var ErrTooLong = errors.New("the row is too long")

// errRow is the error for bytes that are not the text of a row. RowText gives none.
var errRow = errors.New("the bytes are not the text of a row")

// SplitRows appends to ends where each whole row at the beginning of data ends. n is where the last one ends.
func SplitRows(data []byte, ends []uint32) (n int, _ []uint32) {
	for n < len(data) {
		size, bytes := binary.Uvarint(data[n:])
		if bytes <= 0 || size > uint64(len(data)-n-bytes) {
			break
		}
		n += bytes + int(size)
		ends = append(ends, uint32(n))
	}
	return n, ends
}

// Cells sets each of cells to one cell of a row, nil for null. The row must have as many. The cells share the
// memory of row, to the end of its capacity, and a zero follows each. The error is ErrTooLong, or says that
// row is not a row.
func Cells(cells [][]byte, row []byte) error {
	size, at := binary.Uvarint(row)
	if at <= 0 || size != uint64(len(row)-at) {
		return errRow
	}
	content, ok := afterCodes(row, at, len(cells))
	if !ok {
		return errRow
	}
	tooLong := false
	for i := range cells {
		code := uint64(row[at])
		n := 1
		if code >= 0x80 {
			code, n = binary.Uvarint(row[at:])
		}
		at += n
		if cells[i] = nil; code < codeLength {
			tooLong = tooLong || code == codeTooLong
			continue
		}
		if code -= codeLength; code >= uint64(len(row)-content) {
			return errRow
		}
		cells[i] = row[content : content+int(code)]
		content += int(code) + 1
	}
	if tooLong {
		return ErrTooLong
	}
	return nil
}

// afterCodes returns where the content of a row begins, whose codes begin at index at.
func afterCodes(row []byte, at, columns int) (content int, ok bool) {
	for ; columns > 0; columns-- {
		for at < len(row) && row[at] >= 0x80 {
			at++
		}
		if at++; at > len(row) {
			return 0, false
		}
	}
	return at, true
}

// rowSize returns how many bytes the codes and contents of a row have. A cell with which they would exceed
// most is given the code of one that is left out.
func rowSize(cells []cell, most int) (size int) {
	for i := range cells {
		c := &cells[i]
		if c.code = codeNull; !c.null {
			c.code = uint64(len(c.text)) + codeLength
			if c.long || len(c.text) > most-size {
				c.code = codeTooLong
			}
		}
		size += sizeOf(c.code)
		if c.code >= codeLength {
			size += len(c.text) + 1
		}
	}
	return size
}

// sizeOf returns how many bytes a varint has.
func sizeOf(n uint64) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// appendRow appends the row of cells, whose codes and contents have size bytes.
func appendRow(dst []byte, cells []cell, size int) []byte {
	dst = binary.AppendUvarint(dst, uint64(size))
	for i := range cells {
		dst = binary.AppendUvarint(dst, cells[i].code)
	}
	for i := range cells {
		if cells[i].code >= codeLength {
			dst = append(append(dst, cells[i].text...), 0)
		}
	}
	return dst
}

// cell is one cell of the row that is being written.
type cell struct {
	text []byte
	null bool
	long bool // it is longer than any row may be, and has no text
	code uint64
}
