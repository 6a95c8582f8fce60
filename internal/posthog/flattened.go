package posthog

import "strings"

// flattened is an object that a CSV has in columns: `*.properties.$browser`, `*.properties.$set.email`,
// `*.properties.tags.0`. PostHog's web interface takes objects and arrays apart like this when it exports, and types are
// lost: see ColumnTypes. An empty cell stands for what was not there, or null, or empty.
type flattened struct {
	prefix string // of the columns
	root   branch
	person bool // they are the person's
}

// mostLevels bounds how deep columns nest; what is beyond stays a name with dots.
const mostLevels = 64

// add finds the columns of h whose names have a prefix: the first of prefixes that any has.
func (x *flattened) add(h *head, prefixes ...string) {
	for _, x.prefix = range prefixes {
		for column, name := range h.names {
			if path, ok := strings.CutPrefix(name, x.prefix); ok {
				x.root.add(strings.SplitN(path, ".", mostLevels), column)
			}
		}
		if len(x.root.children) > 0 {
			break
		}
	}
	x.root.complete("", func(path string, column int) int {
		h.typed = append(h.typed, typedCell{x.columnOf(path, h.options.Types), h.written[column]})
		return len(h.typed) - 1
	})
}

// columnOf returns the column of a path within the object. What an event says of its person is a column of the person's.
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

// has reports whether a column is one of these.
func (x *flattened) has(name string) bool {
	return len(x.root.children) > 0 && strings.HasPrefix(name, x.prefix)
}

// together writes the object into scratch and notes its members. It returns nil if the row has nothing for it.
func (x *flattened) together(d *decoder) []byte {
	if len(x.root.children) == 0 {
		return nil
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, '{')
	for _, b := range x.root.children {
		x.appendMember(d, b, start)
		if len(b.flat) > 0 && b.filled(d) {
			for _, below := range b.flat {
				x.appendMember(d, below, start)
			}
		}
	}
	if len(d.scratch) == start+1 {
		d.scratch = d.scratch[:start]
		return nil
	}
	d.scratch = closeList(d.scratch, start, '}')
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// appendMember writes one member of the object, which begins at start of scratch, and notes it. It writes nothing if the
// row has nothing for it.
func (x *flattened) appendMember(d *decoder, b *branch, start int) {
	before := len(d.scratch)
	d.scratch = append(d.scratch, b.key...)
	value := len(d.scratch)
	text, ok := b.appendValue(d.scratch, d)
	if !ok {
		d.scratch = text[:before]
		return
	}
	d.scratch = text
	members := &d.members
	if x.person {
		members = &d.personMembers
	} else {
		d.noteSpecial(b.name, false, text[value:len(text):len(text)])
	}
	*members = append(*members, Member{}) // and filled in place, as in walkProperties
	m := &(*members)[len(*members)-1]
	m.KeyStart, m.KeyEnd = uint32(before+1-start), uint32(value-2-start)
	m.ValueStart, m.ValueEnd = uint32(value-start), uint32(len(text)-start)
	m.Escaped = b.escaped
	d.scratch = append(d.scratch, ',')
}
