package posthog

import "bytes"

// splitLines cuts text in which each line is a row.
func splitLines(data []byte, _ splitting) (n, rows int, ends []uint32) {
	n = bytes.LastIndexByte(data, '\n') + 1
	return n, bytes.Count(data[:n], newline), nil
}

var newline = []byte{'\n'}

func trimLineEnd(row []byte) []byte {
	n := len(row)
	if n > 0 && row[n-1] == '\n' {
		n--
	}
	if n > 0 && row[n-1] == '\r' {
		n--
	}
	return row[:n]
}

// splitting says what a layout's split may do.
type splitting struct {
	last   bool // no more bytes will come
	giveUp bool // the first row has become too long to wait for its end
}
