package posthog

import (
	"bytes"
	"slices"
	"strings"

	"ph2cio/internal/rawjson"
)

// csvHead is the first line of a CSV.
type csvHead struct {
	names     []string // of the columns: PostHog's own in PostHog's case, the others unchanged
	written   []string // of the columns, unchanged
	after     int      // where the next line begins
	delimiter byte
}

// delimiters are the possible delimiters of cells: PostHog's, Excel's in countries with a decimal comma, and
// that of text copied from a spreadsheet.
var delimiters = []byte{',', ';', '\t'}

// headerOf reads the first line as CSV, with the delimiter that makes the most known columns of it. Excel's
// own first line, such as `sep=;`, names the delimiter.
func headerOf(text []byte, whole bool, options Options) (best csvHead) {
	start, tried := 0, delimiters
	line, _, _ := bytes.Cut(text[:min(len(text), 16)], newline)
	if bytes.HasPrefix(line, []byte("sep=")) && len(trimLineEnd(line)) == len("sep=;") {
		start, tried = len(line)+1, line[len("sep="):][:1]
	}
	known := -1
	for _, delimiter := range tried {
		names, after := headerLine(text[min(start, len(text)):], whole, delimiter)
		h := csvHead{names: names, written: slices.Clone(names), after: start + after, delimiter: delimiter}
		h.fold(options.Columns)
		if n := h.known(options.Columns); n > known || n == known && len(names) > len(best.names) {
			best, known = h, n
		}
	}
	return best
}

// headerLine reads the first line with a delimiter.
func headerLine(text []byte, whole bool, delimiter byte) (names []string, after int) {
	if after = bytes.IndexByte(text, '\n') + 1; after == 0 || bytes.Count(text[:after], quote)&1 != 0 {
		n, _, ends := splitRows(text, splitting{last: true}, delimiter)
		switch {
		case n > 0:
			after = int(ends[0])
		case whole:
			after = len(text)
		default:
			return nil, 0
		}
	}
	var splitter cellSplitter
	line := append(bytes.Clone(trimLineEnd(text[:after])), make([]byte, rawjson.Guard)...)
	cells := splitter.split(line, 0, len(line)-rawjson.Guard, delimiter)
	if cells == nil {
		return nil, 0
	}
	for _, cell := range cells {
		names = append(names, strings.ToValidUTF8(string(cell), "\ufffd"))
	}
	return names, after
}

// known counts the columns that are read.
func (h *csvHead) known(columns []Column) (n int) {
	for _, name := range h.names {
		if isEventColumn(name) || isPersonColumn(name) ||
			slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) {
			n++
		}
	}
	return n
}

// fold renames columns whose names are PostHog's in another case, as in Snowflake: EVENT becomes `event`,
// unless there is an `event` too. In the column of a property it changes the part before the property's name.
func (h *csvHead) fold(columns []Column) {
	for i, name := range h.names {
		own := ownName(name, columns)
		if own != name && !slices.Contains(h.names, own) {
			h.names[i] = own
		}
	}
}

// ownName returns the name of PostHog's, or of one of columns, that a name is in another case. Any other name
// it returns unchanged.
func ownName(name string, columns []Column) string {
	trimmed := strings.TrimSpace(name)
	for _, c := range columns {
		if strings.EqualFold(c.Name, trimmed) {
			return c.Name
		}
	}
	for _, own := range ownNames {
		if strings.EqualFold(own, trimmed) {
			return own
		}
	}
	for _, prefix := range ownPrefixes {
		if len(trimmed) > len(prefix) && strings.EqualFold(trimmed[:len(prefix)], prefix) {
			return prefix + trimmed[len(prefix):]
		}
	}
	return name
}
