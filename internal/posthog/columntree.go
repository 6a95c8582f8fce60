package posthog

import (
	"bytes"
	"slices"
	"strconv"

	"ph2cio/internal/rawjson"
)

// columnTree is one key for which the events explorer's CSV or a Parquet file has columns: one for the value
// itself, or several for what is within the value, or both if the value had different kinds in different
// rows.
type columnTree struct {
	name     []byte
	key      []byte // the name as JSON, with a colon
	escaped  bool   // the key holds a backslash
	column   int    // the cell of the value itself, -1 if there is none
	slot     int    // of its column among the typed columns of the layout
	children []*columnTree
	array    bool          // the children are elements, in order
	flat     []*columnTree // all columns within, under dotted names; for rows that have the value itself as well
}

// add adds a column at the end of path.
func (t *columnTree) add(path []string, column int) {
	if len(path) == 0 {
		t.column = column
		return
	}
	i := slices.IndexFunc(t.children, func(c *columnTree) bool { return string(c.name) == path[0] })
	if i < 0 {
		i = len(t.children)
		t.children = append(t.children, newColumnTree(path[0]))
	}
	t.children[i].add(path[1:], column)
}

func newColumnTree(name string) *columnTree {
	key := rawjson.AppendRawString(nil, []byte(name))
	return &columnTree{name: []byte(name), key: append(key, ':'), escaped: bytes.IndexByte(key, '\\') >= 0, column: -1}
}

// complete finds the arrays after all columns have been added, and gives each column the slot that take
// returns for its path. The paths of its children begin with prefix.
func (t *columnTree) complete(prefix string, take func(path string, column int) (slot int)) {
	for _, c := range t.children {
		path := prefix + string(c.name)
		if c.column >= 0 {
			c.slot = take(path, c.column)
		}
		c.complete(path+".", take)
		if c.column >= 0 {
			c.flat = c.leaves(string(c.name))
		}
	}
	elements := make([]*columnTree, len(t.children))
	for _, c := range t.children {
		i, err := strconv.Atoi(string(c.name))
		if err != nil || strconv.Itoa(i) != string(c.name) || i < 0 || i >= len(elements) || c.flat != nil {
			return
		}
		elements[i] = c
	}
	t.children, t.array = elements, len(elements) > 0
}

// leaves returns the columns within the tree, without its own, with dotted names that begin with prefix.
func (t *columnTree) leaves(prefix string) (flat []*columnTree) {
	for _, c := range t.children {
		name := prefix + "." + string(c.name)
		if c.column >= 0 {
			leaf := newColumnTree(name)
			leaf.column, leaf.slot = c.column, c.slot
			flat = append(flat, leaf)
		}
		flat = append(flat, c.leaves(name)...)
	}
	return flat
}

// filled reports whether a row has the value itself.
func (t *columnTree) filled(d *decoder) bool {
	if t.column < 0 {
		return false
	}
	if d.columns != nil {
		return d.cells[t.column] != nil
	}
	return kindOf(d.cells[t.column]) != 0
}

// appendValue writes the value, if the row has one.
func (t *columnTree) appendValue(dst []byte, d *decoder) (_ []byte, ok bool) {
	if t.column >= 0 {
		if dst, ok = t.appendCell(dst, d); ok {
			return dst, true
		}
	}
	switch start := len(dst); {
	case t.array:
		dst = t.appendElements(append(dst, '['), d)
		if len(dst) == start+1 {
			return dst[:start], false
		}
		return closeList(dst, start, ']'), true
	case len(t.children) > 0:
		dst = append(dst, '{')
		for _, c := range t.children {
			dst = c.appendMember(dst, d)
			if len(c.flat) > 0 && c.filled(d) {
				for _, below := range c.flat {
					dst = below.appendMember(dst, d)
				}
			}
		}
		if len(dst) == start+1 {
			return dst[:start], false
		}
		return closeList(dst, start, '}'), true
	}
	return dst, false
}

// appendMember writes key, value and comma, or nothing.
func (t *columnTree) appendMember(dst []byte, d *decoder) []byte {
	start := len(dst)
	dst, ok := t.appendValue(append(dst, t.key...), d)
	if !ok {
		return dst[:start]
	}
	return append(dst, ',')
}

// appendElements writes elements, each with a comma. One that is missing before the last was null.
func (t *columnTree) appendElements(dst []byte, d *decoder) []byte {
	last := len(dst)
	for _, c := range t.children {
		var ok bool
		if dst, ok = c.appendValue(dst, d); !ok {
			dst = append(dst, "null,"...)
			continue
		}
		dst = append(dst, ',')
		last = len(dst)
	}
	return dst[:last]
}

// closeList ends the list that begins at start with a bracket, in place of the comma after its last element.
func closeList(dst []byte, start int, bracket byte) []byte {
	if last := len(dst) - 1; last > start {
		dst[last] = bracket
		return dst
	}
	return append(dst, bracket)
}

// appendCell writes the column's own cell as a value of the column's type. ok is false if the cell has no
// value.
func (t *columnTree) appendCell(dst []byte, d *decoder) (_ []byte, ok bool) {
	cell := d.cells[t.column]
	if d.columns != nil {
		return d.columns[t.column].appendValue(dst, cell)
	}
	if len(cell) == 0 {
		return dst, false
	}
	kind, found := kindOf(cell), &d.seen.found[t.slot]
	if kind == 0 {
		if !null(cell) {
			found.addNone()
		}
		return dst, false
	}
	if found.kinds&kind == 0 {
		d.seen.note(t.slot, kind, cell, d.event.Line)
	}
	if kind == textCell || found.column.text {
		return rawjson.AppendRawString(dst, cell), true
	}
	return appendTyped(dst, cell, kind), true
}
