package posthog

import "bytes"

// splitCSV returns the split of CSV with a delimiter.
func splitCSV(delimiter byte) func(data []byte, s splitting) (n, rows int, ends []uint32) {
	return func(data []byte, s splitting) (n, rows int, ends []uint32) { return splitRows(data, s, delimiter) }
}

// splitRows cuts at newlines outside quotes. A line with a misplaced quote, or one that is never closed, is a
// bad row by itself, and the next row begins with the next line. So a stray quote costs only its own row.
func splitRows(data []byte, s splitting, delimiter byte) (n, rows int, ends []uint32) {
	for n < len(data) {
		end := n + bytes.IndexByte(data[n:], '\n') + 1
		if end == n {
			break
		}
		if bytes.Count(data[n:end], quote)&1 != 0 {
			rowEnd, state := quotedRow(data, n, delimiter)
			switch {
			case state == rowEnded, state == rowUnended && s.last:
				end = rowEnd
			case state == rowMalformed, s.last, s.giveUp && n == 0:
			default:
				return n, len(ends), ends
			}
		}
		ends = append(ends, uint32(end))
		n = end
	}
	return n, len(ends), ends
}

var quote = []byte{'"'}

// rowState is what quotedRow has found.
type rowState uint8

const (
	rowEnded     rowState = iota
	rowUnended            // data ends between cells
	rowOpen               // data ends within quotes
	rowMalformed          // a quote is misplaced
)

// quotedRow follows the row that starts at i over newlines within quotes and returns the index after it.
func quotedRow(data []byte, i int, delimiter byte) (end int, state rowState) {
	for {
		if i < len(data) && data[i] == '"' {
			if i = closingQuote(data, i+1); i < 0 {
				return 0, rowOpen
			}
			if i++; i < len(data) && data[i] == '\r' && (i+1 == len(data) || data[i+1] == '\n') {
				i++
			}
		} else {
			for i < len(data) && data[i] != delimiter && data[i] != '\n' {
				if data[i] == '"' && !unquotedCells(delimiter) {
					return 0, rowMalformed
				}
				i++
			}
		}
		switch {
		case i == len(data):
			return i, rowUnended
		case data[i] == '\n':
			return i + 1, rowEnded
		case data[i] != delimiter:
			return 0, rowMalformed
		}
		i++
	}
}

// closingQuote returns the index of the quote that closes a cell whose inside starts at i, or -1.
func closingQuote(data []byte, i int) int {
	for {
		next := bytes.IndexByte(data[i:], '"')
		if next < 0 {
			return -1
		}
		if i += next; i+1 == len(data) || data[i+1] != '"' {
			return i
		}
		i += 2
	}
}

// unquotedCells reports whether a quote within a cell that does not begin with one is an ordinary character:
// databases that write tabs between cells do not quote.
func unquotedCells(delimiter byte) bool { return delimiter == '\t' }
