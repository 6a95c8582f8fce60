package posthog

import "strings"

// explorerCSV recognises the CSV that PostHog's web interface exports from the events explorer (Activity). Its writer
// takes objects and arrays apart into columns: `*.properties.$browser`, `*.properties.$set.email`,
// `*.properties.tags.0`. Types are gone: True and False stand for true and false, what looks like a number was one most
// of the time, an empty cell stands for what was not there, or null, or empty. `*` is the whole event; columns beside
// it, such as `event`, repeat parts of it and count only where it does not say.
func explorerCSV(h *head) (*layout, *refusal) {
	flattened := false
	for _, name := range h.names {
		flattened = flattened || strings.HasPrefix(name, "*.") || strings.HasPrefix(name, "properties.") || strings.HasPrefix(name, "Person .")
	}
	if !flattened || h.anyColumn("*.event", "event") < 0 {
		return nil, nil
	}
	var x explorer
	counts := make(map[string]bool)
	for _, field := range explorerFields {
		if column := h.anyColumn(field.names...); column >= 0 {
			x.fields = append(x.fields, explorerField{column, field.take})
			counts[h.names[column]] = true
		}
	}
	x.addProperties(h.names)
	refused := h.twice(func(name string) bool { return counts[name] || strings.HasPrefix(name, x.prefix) })
	if refused != nil {
		return nil, refused
	}
	if h.anyColumn(distinctIDColumns...) < 0 && h.column(x.prefix+"distinct_id") < 0 {
		return nil, refuse("it has events, but no column with their distinct ID", "add the column `*` or `distinct_id` in the events explorer and export again")
	}
	x.columns = len(h.names)
	return &layout{shape: "events explorer CSV", header: h.after, csv: true, split: splitCSV, decode: x.decode}, nil
}

// anyColumn returns the first column that is there.
func (h *head) anyColumn(names ...string) int {
	for _, name := range names {
		if column := h.column(name); column >= 0 {
			return column
		}
	}
	return -1
}

var distinctIDColumns = []string{"*.distinct_id", "distinct_id", "Person .distinct_id", "person.distinct_id"}

var explorerFields = []struct {
	names []string // in order of preference
	take  takeCell
}{
	{[]string{"*.uuid", "uuid", "id"}, takeUUID},
	{[]string{"*.event", "event"}, takeEvent},
	{distinctIDColumns, takeDistinctID},
	{[]string{"*.person_id", "person_id", "Person .id", "person.id"}, takePersonID},
	{[]string{"*.team_id", "team_id"}, takeTeamID},
	{[]string{"*.timestamp", "timestamp"}, takeTimestamp},
	{[]string{"*.created_at", "created_at"}, takeCreatedAt},
	{[]string{"*.person_mode", "person_mode"}, takePersonMode},
}

// explorer is how the rows of one file are put back together.
type explorer struct {
	columns int
	fields  []explorerField
	prefix  string // of the columns that properties come from
	root    branch // properties
}

type explorerField struct {
	column int
	take   takeCell
}

// mostLevels bounds how deep columns nest; what is beyond stays a name with dots.
const mostLevels = 64

func (x *explorer) addProperties(names []string) {
	x.prefix = "properties."
	for _, name := range names {
		if strings.HasPrefix(name, "*.properties.") {
			x.prefix = "*.properties."
			break
		}
	}
	for column, name := range names {
		if path, ok := strings.CutPrefix(name, x.prefix); ok {
			x.root.add(strings.SplitN(path, ".", mostLevels), column)
		}
	}
	x.root.complete()
}

func (x *explorer) decode(d *decoder, data []byte, i, end int) *fault {
	if n := d.splitCells(data, i, end); n != x.columns {
		return cellFault(n, x.columns)
	}
	for _, field := range x.fields {
		if cell := d.cells[field.column]; len(cell) > 0 {
			field.take(d, cell)
		}
	}
	if d.event.Name == nil {
		return faultf(NotAnEvent, "`event` is missing")
	}
	x.putTogether(d)
	return d.finish()
}

// putTogether writes `properties` into scratch.
func (x *explorer) putTogether(d *decoder) {
	start := len(d.scratch)
	d.scratch = append(d.scratch, '{')
	for _, b := range x.root.children {
		b.appendProperty(d, start)
		if b.filled(d.cells) {
			for _, below := range b.flat {
				below.appendProperty(d, start)
			}
		}
	}
	d.scratch = closeList(d.scratch, start, '}')
	d.event.Properties = d.scratch[start:len(d.scratch):len(d.scratch)]
}

// appendProperty writes one member of `properties`, which begins at start of scratch, and notes it. It writes nothing
// if the row has nothing for it.
func (b *branch) appendProperty(d *decoder, start int) {
	before := len(d.scratch)
	d.scratch = append(d.scratch, b.key...)
	value := len(d.scratch)
	text, ok := b.appendValue(d.scratch, d.cells)
	if !ok {
		d.scratch = text[:before]
		return
	}
	d.scratch = text
	d.members = append(d.members, Member{}) // and filled in place, as in walkProperties
	m := &d.members[len(d.members)-1]
	m.KeyStart, m.KeyEnd = uint32(before+1-start), uint32(value-2-start)
	m.ValueStart, m.ValueEnd = uint32(value-start), uint32(len(text)-start)
	m.Escaped = b.escaped
	d.noteSpecial(b.name, false, text[value:len(text):len(text)])
	d.scratch = append(d.scratch, ',')
}
