package posthog

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"ph2cio/internal/rawjson"
)

// splitCells cuts the row data[i:end] at its delimiters into d.cells and returns how many there are, or -1 when a quote
// stands where none may. Cells are text: without the quotes around them, and with one quote where two stand inside.
// Eight bytes may be loaded anywhere in the row.
func (d *decoder) splitCells(data []byte, i, end int, delimiter byte) int {
	cells, delimiters := d.cells[:0], uint64(delimiter)*ones
	quotes := uint64('"' * ones)
	if looseQuotes(delimiter) {
		quotes = delimiters
	}
	for {
		var cell []byte
		switch {
		case i < end && data[i] == '"':
			if cell, i = d.quotedCell(data, i+1, end); i < 0 {
				return -1
			}
			if i < end && data[i] != delimiter {
				return -1
			}
		case i < end && data[i] != delimiter:
			start := i
			if i = plainCellEnd(data, i, end, delimiters, quotes); i < end && data[i] == '"' {
				return -1
			}
			cell = data[start:i:i]
		}
		cells = append(cells, cell)
		if i == end {
			d.cells = cells
			return len(cells)
		}
		i++
	}
}

// plainCellEnd returns the index of the first delimiter, which is each byte of delimiters, or quote, each byte of quotes, or
// end.
func plainCellEnd(data []byte, i, end int, delimiters, quotes uint64) int {
	for i < end {
		w := load8(data, i)
		cut, quote := w^delimiters, w^quotes
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

// quotedCell takes the index after the opening quote and returns the cell's text and the index after the closing
// quote, -1 if there is none. Text in which quotes are doubled is put together in scratch, with a guard after it.
func (d *decoder) quotedCell(data []byte, i, end int) ([]byte, int) {
	start := i
	i = nextQuote(data, i, end)
	if i == end {
		return nil, -1
	}
	if i+1 == end || data[i+1] != '"' {
		return data[start:i:i], i + 1
	}
	first := len(d.scratch)
	d.scratch = slices.Grow(d.scratch, end-start+8+rawjson.Guard)
	text := d.scratch[first:cap(d.scratch)]
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
	d.scratch = d.scratch[:first+n]
	cell, n := d.closeScratch(first)
	return cell[:n], i + 1
}

// repeats reports whether a row is a file's first line again, perhaps with a mark of UTF-8 before it.
func (d *decoder) repeats(header []string) bool {
	if len(d.cells) != len(header) || string(bytes.TrimPrefix(d.cells[0], utf8Mark)) != header[0] {
		return false
	}
	for i, name := range header[1:] {
		if string(d.cells[i+1]) != name {
			return false
		}
	}
	return true
}

var utf8Mark = []byte("\ufeff")

// cellFault says what is wrong with a row of which splitCells made n cells.
func cellFault(n, want int) *fault {
	if n < 0 {
		return faultf(CSVQuotes, "a quote is misplaced or never closed")
	}
	return faultf(CSVFields, "the row has %s, but the header has %d", several(n, "cell", "cells"), want)
}
