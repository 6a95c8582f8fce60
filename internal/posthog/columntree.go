package posthog

import (
	"bytes"
	"slices"
	"strconv"

	"ph2cio/internal/rawjson"
)

// A branch is one key under which the events explorer's CSV has columns: one for the value itself, more for what is
// within it, or, if the value was of different kinds in different rows, both.
type branch struct {
	name     []byte
	key      []byte // the name as JSON, with a colon
	escaped  bool   // the key holds a backslash
	column   int    // of the value itself, -1 if there is none
	slot     int    // of its column among those of the layout that are typed
	children []*branch
	array    bool      // the children are elements, in order
	flat     []*branch // all columns within, under dotted names; for rows that have the value itself as well
}

// add makes room for a column at the end of path.
func (b *branch) add(path []string, column int) {
	if len(path) == 0 {
		b.column = column
		return
	}
	i := slices.IndexFunc(b.children, func(c *branch) bool { return string(c.name) == path[0] })
	if i < 0 {
		i = len(b.children)
		b.children = append(b.children, newBranch(path[0]))
	}
	b.children[i].add(path[1:], column)
}

func newBranch(name string) *branch {
	key := rawjson.AppendRawString(nil, []byte(name))
	return &branch{name: []byte(name), key: append(key, ':'), escaped: bytes.IndexByte(key, '\\') >= 0, column: -1}
}

// complete finds the arrays, once all columns have been added, and gives each column its slot, which take takes by its
// path.
func (b *branch) complete(path string, take func(path string, column int) (slot int)) {
	for _, c := range b.children {
		within := string(c.name)
		if path != "" {
			within = path + "." + within
		}
		if c.column >= 0 {
			c.slot = take(within, c.column)
		}
		c.complete(within, take)
		if c.column >= 0 {
			c.flat = c.leaves(string(c.name))
		}
	}
	elements := make([]*branch, len(b.children))
	for _, c := range b.children {
		i, err := strconv.Atoi(string(c.name))
		if err != nil || strconv.Itoa(i) != string(c.name) || i < 0 || i >= len(elements) || c.flat != nil {
			return
		}
		elements[i] = c
	}
	b.children, b.array = elements, len(elements) > 0
}

// leaves returns the columns within b, b's own left out, with dotted names that begin with prefix.
func (b *branch) leaves(prefix string) (flat []*branch) {
	for _, c := range b.children {
		name := prefix + "." + string(c.name)
		if c.column >= 0 {
			leaf := newBranch(name)
			leaf.column, leaf.slot = c.column, c.slot
			flat = append(flat, leaf)
		}
		flat = append(flat, c.leaves(name)...)
	}
	return flat
}

// filled reports whether a row has the value itself.
func (b *branch) filled(d *decoder) bool {
	if b.column < 0 {
		return false
	}
	return kindOf(d.cells[b.column]) != 0
}

// appendValue writes the value, if the row has one.
func (b *branch) appendValue(dst []byte, d *decoder) (_ []byte, ok bool) {
	if b.column >= 0 {
		if dst, ok = d.appendCell(dst, b); ok {
			return dst, true
		}
	}
	switch start := len(dst); {
	case b.array:
		dst = b.appendElements(append(dst, '['), d)
		if len(dst) == start+1 {
			return dst[:start], false
		}
		return closeList(dst, start, ']'), true
	case len(b.children) > 0:
		dst = append(dst, '{')
		for _, c := range b.children {
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
func (b *branch) appendMember(dst []byte, d *decoder) []byte {
	start := len(dst)
	dst, ok := b.appendValue(append(dst, b.key...), d)
	if !ok {
		return dst[:start]
	}
	return append(dst, ',')
}

// appendElements writes elements, each with a comma. One that is missing before the last was null.
func (b *branch) appendElements(dst []byte, d *decoder) []byte {
	last := len(dst)
	for _, c := range b.children {
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

// appendCell writes the cell of a branch as its column's type has it, if it says anything.
func (d *decoder) appendCell(dst []byte, b *branch) (_ []byte, ok bool) {
	cell := d.cells[b.column]
	if len(cell) == 0 {
		return dst, false
	}
	kind, found := kindOf(cell), &d.seen.found[b.slot]
	if kind == 0 {
		if !null(cell) {
			found.none++
		}
		return dst, false
	}
	if found.kinds&kind == 0 {
		d.seen.note(b.slot, kind, cell, d.event.Line)
	}
	if kind == textCell || found.column.text {
		return rawjson.AppendRawString(dst, cell), true
	}
	return appendTyped(dst, cell, kind), true
}
