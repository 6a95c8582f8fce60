package posthog

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"ph2cio/internal/rawjson"
)

// isTable reports whether text is a table: its first line names columns that exports have, or its lines have
// as many cells as each other. A comma and the name of a column are not enough: prose and queries have them
// too.
func (h *head) isTable() bool {
	return h.namesColumns() || slices.ContainsFunc(delimiters, func(d byte) bool { return evenCells(h.text, h.whole, d) })
}

// namesColumns reports whether the first line has two column names spelled as in exports, or one that the
// options name.
func (h *head) namesColumns() bool {
	ours := 0
	for i, name := range h.names {
		if slices.ContainsFunc(h.options.Columns, func(c Column) bool { return c.Name == name || c.Name == h.written[i] }) {
			return true
		}
		within := slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if (within || isEventColumn(name)) && strings.TrimSpace(h.written[i]) == h.written[i] {
			ours++
		}
	}
	return ours > 1
}

// evenCells reports whether the first rows, at least two, have the same number of delimiters outside of
// quotes, and at least two of them.
func evenCells(text []byte, whole bool, delimiter byte) bool {
	const looked = 5
	if line, rest, _ := bytes.Cut(text, newline); bytes.HasPrefix(line, []byte("sep=")) {
		text = rest
	}
	rows, first := 0, 0
	for cuts, ended := range cutsOfRows(text, whole, delimiter) {
		if rows == 0 {
			first = cuts
		}
		if cuts != first || cuts < 2 {
			return !ended && rows > 1 // cut off within a row
		}
		if rows++; rows == looked {
			break
		}
	}
	return rows > 1
}

// cutsOfRows yields how many delimiters each row that is not blank has outside of quotes, and whether a
// newline ends it. What text ends with is a row only if it is the whole text.
func cutsOfRows(text []byte, whole bool, delimiter byte) iter.Seq2[int, bool] {
	return func(yield func(int, bool) bool) {
		start, cuts, quoted := 0, 0, false
		for i, c := range text {
			switch {
			case c == '"':
				quoted = !quoted
			case c == delimiter && !quoted:
				cuts++
			}
			ended := c == '\n' && !quoted
			if !ended && (!whole || i < len(text)-1) {
				continue
			}
			if !rawjson.Blank(text[start:i+1]) && !yield(cuts, ended) {
				return
			}
			start, cuts = i+1, 0
		}
	}
}
