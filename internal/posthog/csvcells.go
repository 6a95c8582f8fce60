package posthog

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"ph2cio/internal/rawjson"
)

// cellSplitter cuts rows of CSV at their delimiters, in memory that it reuses for the next row. The zero
// value is ready to use.
type cellSplitter struct {
	cells [][]byte
	text  []byte // of cells in which quotes are doubled, each with a guard after it
}

// split returns the cells of the row data[i:end], or nil if a quote is misplaced. Cells are text: without the
// quotes around them, and with one quote where two stand inside. They are valid until the next row is split.
// Eight bytes may be loaded anywhere in the row.
func (s *cellSplitter) split(data []byte, i, end int, delimiter byte) [][]byte {
	s.text = s.text[:0]
	cells, delimiters := s.cells[:0], uint64(delimiter)*ones
	quoteWord := uint64('"' * ones)
	if unquotedCells(delimiter) {
		quoteWord = delimiters
	}
	for {
		var cell []byte
		switch {
		case i < end && data[i] == '"':
			if cell, i = s.quotedCell(data, i+1, end); i < 0 {
				return nil
			}
			if i < end && data[i] != delimiter {
				return nil
			}
		case i < end && data[i] != delimiter:
			start := i
			if i = plainCellEnd(data, i, end, delimiters, quoteWord); i < end && data[i] == '"' {
				return nil
			}
			cell = data[start:i:i]
		}
		cells = append(cells, cell)
		if i == end {
			s.cells = cells
			return cells
		}
		i++
	}
}

// plainCellEnd returns the index of the first delimiter or quote, or end. Each byte of delimiters is the
// delimiter, and each byte of quoteWord the quote.
func plainCellEnd(data []byte, i, end int, delimiters, quoteWord uint64) int {
	for i < end {
		w := load8(data, i)
		cut, quote := w^delimiters, w^quoteWord
		if m := ((cut-ones)&^cut | (quote-ones)&^quote) & highs; m != 0 {
			i += bits.TrailingZeros64(m) >> 3
			break
		}
		i += 8
	}
	return min(i, end)
}

// nextQuote returns the index of the first quote, or end.
func nextQuote(data []byte, i, end int) int {
	for i < end {
		quote := load8(data, i) ^ '"'*ones
		if m := (quote - ones) &^ quote & highs; m != 0 {
			i += bits.TrailingZeros64(m) >> 3
			break
		}
		i += 8
	}
	return min(i, end)
}

// quotedCell takes the index after the opening quote and returns the cell's text and the index after the
// closing quote, -1 if there is none. Text in which quotes are doubled is copied without the second ones.
func (s *cellSplitter) quotedCell(data []byte, i, end int) ([]byte, int) {
	start := i
	i = nextQuote(data, i, end)
	if i == end {
		return nil, -1
	}
	if i+1 == end || data[i+1] != '"' {
		return data[start:i:i], i + 1
	}
	first := len(s.text)
	s.text = slices.Grow(s.text, end-start+8+rawjson.Guard)
	text := s.text[first:cap(s.text)]
	n := copy(text, data[start:i])
	for i+1 < end && data[i+1] == '"' {
		text[n] = '"'
		n++
		i += 2
		// Copy eight bytes at a time and step back from those that were too many.
		for {
			w := load8(data, i)
			binary.LittleEndian.PutUint64(text[n:], w)
			w ^= '"' * ones
			if m := (w - ones) &^ w & highs; m != 0 {
				skip := bits.TrailingZeros64(m) >> 3
				i, n = i+skip, n+skip
				break
			}
			if i, n = i+8, n+8; i >= end {
				return nil, -1
			}
		}
		if i >= end {
			return nil, -1
		}
	}
	s.text = append(s.text[:first+n], zeros[:]...)
	return s.text[first : first+n], i + 1
}

// repeats reports whether a row is a file's first line again, perhaps with a mark of UTF-8 before it.
func repeats(cells [][]byte, header []string) bool {
	if len(cells) != len(header) || string(bytes.TrimPrefix(cells[0], utf8Mark)) != header[0] {
		return false
	}
	for i, name := range header[1:] {
		if string(cells[i+1]) != name {
			return false
		}
	}
	return true
}

var utf8Mark = []byte("\ufeff")

// cellFault returns the fault of a row with n cells; n is 0 if a quote is misplaced.
func cellFault(n, want int) *fault {
	if n == 0 {
		return faultf(CSVQuotes, "a quote is misplaced or never closed")
	}
	return faultf(CSVFields, "the row has %s, but the header has %d", several(n, "cell", "cells"), want)
}
