package posthog

import (
	"bytes"
	"strings"

	"ph2cio/internal/rawjson"
)

// flattened is an object that a CSV has in several columns: `*.properties.$browser`,
// `*.properties.$set.email`, `*.properties.tags.0`. PostHog's web interface flattens objects and arrays like
// this, and loses types: see ColumnTypes. An empty cell is a missing value, null or an empty text. A Parquet
// file may have such columns too; it says of which types they are.
type flattened struct {
	prefixes []string        // of the columns, in order of preference
	keys     map[string]bool // of the object, for which there are columns
	root     columnTree
	person   bool // the object is the person's
}

// mostLevels limits how deep columns nest; deeper ones are names with dots.
const mostLevels = 64

// add finds the columns of h whose names have a prefix. A key of the object is read from the columns with the
// first of prefixes that has it. Columns with other prefixes repeat those.
func (x *flattened) add(h *head, prefixes ...string) {
	x.find(h, func(column int) (cell int) { return column }, prefixes...)
	x.root.complete("", func(path string, column int) int {
		return h.addTyped(x.columnOf(path, h.options.Types), column)
	})
}

// find finds the columns for add. cellOf returns which cell of a row is that of a column.
func (x *flattened) find(h *head, cellOf func(column int) int, prefixes ...string) {
	x.prefixes, x.keys = prefixes, map[string]bool{}
	for _, prefix := range prefixes {
		var found []string
		for column, name := range h.names {
			path, ok := strings.CutPrefix(name, prefix)
			if parts := strings.SplitN(path, ".", mostLevels); ok && !x.keys[parts[0]] {
				x.root.add(parts, cellOf(column))
				found = append(found, parts[0])
			}
		}
		for _, key := range found {
			x.keys[key] = true
		}
	}
}

// columnOf returns the column of a path within the object. Properties of the person in an event share the
// columns of the person.
func (x *flattened) columnOf(path string, types *ColumnTypes) *columnType {
	name := "properties." + path
	for _, prefix := range []string{"$set.", "$set_once."} {
		if rest, ok := strings.CutPrefix(path, prefix); ok && !x.person {
			return types.column("person.properties."+rest, true)
		}
	}
	switch {
	case x.person:
		return types.column("person."+name, true)
	case path == "$is_identified", path == "$process_person_profile": // which this program reads itself
		return &columnType{name: name, alone: true}
	}
	return types.column(name, false)
}

// has reports whether a column is one of these, or repeats one.
func (x *flattened) has(name string) bool {
	for _, prefix := range x.prefixes {
		path, ok := strings.CutPrefix(name, prefix)
		if key, _, _ := strings.Cut(path, "."); ok && x.keys[key] {
			return true
		}
	}
	return false
}

// assemble writes the object into scratch and notes its members. It returns nil if the row has no value for
// it.
func (x *flattened) assemble(d *decoder) []byte {
	if len(x.root.children) == 0 {
		return nil
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, '{')
	for _, t := range x.root.children {
		x.appendTree(d, t, start)
	}
	if len(d.scratch) == start+1 {
		d.scratch = d.scratch[:start]
		return nil
	}
	d.scratch = closeList(d.scratch, start, '}')
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// fill adds to an object from one cell the keys that it lacks and that the row has in columns. It returns the
// object itself if there is nothing to add.
func (x *flattened) fill(d *decoder, object []byte) []byte {
	if len(x.root.children) == 0 {
		return object
	}
	members := &d.members
	if x.person {
		members = &d.personMembers
	}
	had, start := len(*members), len(d.scratch)
	d.scratch = append(d.scratch, object[:len(object)-1]...)
	if had > 0 {
		d.scratch = append(d.scratch, ',')
	}
	for _, t := range x.root.children {
		if !hasMember(object, (*members)[:had], t.name) {
			x.appendTree(d, t, start)
		}
	}
	if len(*members) == had {
		d.scratch = d.scratch[:start]
		return object
	}
	d.scratch = closeList(d.scratch, start, '}')
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// hasMember reports whether one of an object's members has a key.
func hasMember(object []byte, members []rawjson.Member, key []byte) bool {
	for i := range members {
		m := &members[i]
		name := object[m.KeyStart:m.KeyEnd]
		if m.Escaped {
			name, _ = rawjson.AppendUnescaped(nil, name)
		}
		if bytes.Equal(name, key) {
			return true
		}
	}
	return false
}

// appendTree writes a member of the object, and if it has a value of its own also the members below it.
func (x *flattened) appendTree(d *decoder, t *columnTree, start int) {
	x.appendMember(d, t, start)
	if len(t.flat) > 0 && t.filled(d) {
		for _, below := range t.flat {
			x.appendMember(d, below, start)
		}
	}
}

// appendMember writes one member of the object, which begins at start of scratch, and notes it. It writes
// nothing if the row has nothing for it.
func (x *flattened) appendMember(d *decoder, t *columnTree, start int) {
	before := len(d.scratch)
	d.scratch = append(d.scratch, t.key...)
	value := len(d.scratch)
	text, ok := t.appendValue(d.scratch, d)
	if !ok {
		d.scratch = text[:before]
		return
	}
	d.scratch = text
	members := &d.members
	if x.person {
		members = &d.personMembers
	} else {
		d.special.keep(t.name, text[value:len(text):len(text)])
	}
	*members = append(*members, rawjson.Member{}) // and filled in place, as in rawjson.Scanner.Members
	m := &(*members)[len(*members)-1]
	m.KeyStart, m.KeyEnd = uint32(before+1-start), uint32(value-2-start)
	m.ValueStart, m.ValueEnd = uint32(value-start), uint32(len(text)-start)
	m.Escaped = t.escaped
	d.scratch = append(d.scratch, ',')
}
