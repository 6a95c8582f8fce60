package posthog

import (
	"bytes"
	"slices"
	"strings"

	"ph2cio/internal/rawjson"
)

// query decodes the rows of a query's result: arrays of values.
type query struct {
	named   uint64 // the Options.Columns that are among columns
	columns []queryColumn
}

type queryColumn struct {
	name     []byte
	property []byte // of a column such as properties.$browser: the key as JSON, with a colon
	person   bool   // of a column such as person.properties.email
	whole    bool   // `*`: an object with the whole event
}

func newQuery(names []string, columns []Column) *query {
	has := func(name string) bool {
		return slices.Contains(names, name)
	}
	renamed := renamingFor(columns, has)
	q := &query{named: namedIn(columns, has)}
	for _, name := range names {
		c := queryColumn{name: renamed.of([]byte(name)), whole: name == "*"}
		if path, ok := strings.CutPrefix(name, "properties."); ok {
			c.property = append(rawjson.AppendRawString(nil, []byte(path)), ':')
		} else if path, ok := strings.CutPrefix(name, "person.properties."); ok {
			c.property, c.person = append(rawjson.AppendRawString(nil, []byte(path)), ':'), true
		}
		q.columns = append(q.columns, c)
	}
	return q
}

// takes reports whether a column is read.
func (c *queryColumn) takes() bool {
	return c.whole || c.property != nil || isField(c.name)
}

// leftOut returns a warning about columns that are not read.
func (q *query) leftOut() *SourceError {
	var names []string
	for _, c := range q.columns {
		if !c.takes() {
			names = append(names, string(c.name))
		}
	}
	return leftOut(names, func(string) bool { return false })
}

// refuse refuses columns that are not those of events, or of which several have the same field.
func (q *query) refuse(names []string) *refusal {
	for i, c := range q.columns {
		same := func(other queryColumn) bool { return string(other.name) == string(c.name) }
		if c.takes() && slices.ContainsFunc(q.columns[:i], same) {
			return twice(names[i])
		}
	}
	for _, c := range q.columns {
		if c.whole || string(c.name) == "event" {
			return nil
		}
	}
	return refuse("the file is a query result without an `event` column; its columns are "+listed(names), hintColumns)
}

func (q *query) decode(d *decoder, data []byte, start, end int) *fault {
	d.loose, d.personLoose = d.loose[:0], d.personLoose[:0]
	n := 0
	if data[start] == '[' {
		n = q.walk(d, data, start, end)
	}
	switch {
	case data[start] != '[' || n < 0:
		if f := notAnObject("the row", data[start:end]); f.reason == NotJSON {
			return f
		}
		return faultf(NotAnObject, "the row is JSON, but not an array of values")
	case n != len(q.columns):
		return faultf(CSVFields, "the row has %s, but `columns` has %s",
			several(n, "value", "values"), several(len(q.columns), "name", "names"))
	}
	if d.event.Properties == nil && len(d.loose) > 0 && (len(d.fields.properties) == 0 || d.fields.properties[0] == 'n') {
		text, length := d.assemble(d.loose)
		_ = d.propertiesText(text, length) // its values are known to be valid
	}
	if d.event.PersonProperties == nil && len(d.personLoose) > 0 {
		text, length := d.assemble(d.personLoose)
		_ = d.personPropertiesText(text, length)
	}
	if f := d.takeFields(); f != nil {
		return f
	}
	return d.finish()
}

// assemble makes an object of members, each with a comma after it.
func (d *decoder) assemble(members []byte) (data []byte, end int) {
	start := len(d.scratch)
	d.scratch = append(append(d.scratch, '{'), members...)
	d.scratch[len(d.scratch)-1] = '}'
	return d.closeScratch(start)
}

// walk reads the array at data[i], which must end at end, and returns how many values it has, or -1.
func (q *query) walk(d *decoder, data []byte, i, end int) (n int) {
	if i = rawjson.ScanSpace(data, i+1, end); data[i] == ']' && i+1 == end {
		return 0
	}
	for {
		value := i
		if i = q.value(d, n, data, i, end); i < 0 {
			return -1
		}
		if n < len(q.columns) {
			q.keepLoose(d, n, data[value:i])
		}
		n++
		if i = rawjson.ScanSpace(data, i, end); data[i] != ',' {
			break
		}
		i = rawjson.ScanSpace(data, i+1, end)
	}
	if data[i] != ']' || i+1 != end {
		return -1
	}
	return n
}

// value reads the n-th value.
func (q *query) value(d *decoder, n int, data []byte, i, end int) int {
	switch {
	case n >= len(q.columns):
		return d.rows.Value(i, end, 1)
	case q.columns[n].whole && data[i] == '{':
		return d.walkRow(&d.rows, i, end)
	}
	return d.walkField(q.columns[n].name, &d.rows, i, end)
}

var nullText = []byte("null")

// keepLoose keeps the value of a column that holds one property.
func (q *query) keepLoose(d *decoder, n int, raw []byte) {
	c := &q.columns[n]
	if c.property == nil || bytes.Equal(raw, nullText) {
		return
	}
	to := &d.loose
	if c.person {
		to = &d.personLoose
	}
	*to = append(append(append(*to, c.property...), raw...), ',')
}
