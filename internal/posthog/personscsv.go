package posthog

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// personsCSV recognises CSV with a header of a person's columns: the web interface's export of persons, in
// which IDs and properties have columns of their own, and dumps of ClickHouse's tables.
func personsCSV(h *head) (*layout, *refusal) {
	has := func(name string) bool { return h.column(name) >= 0 }
	switch {
	case len(h.names) < 2:
		return nil, nil
	case has("event") || has("*.event") || has("timestamp"): // PostHog's persons have no timestamp
		return nil, refuse(eventsInstead, hintInstead)
	case !has("distinct_ids.0") && !(has("distinct_id") && has("person_id")) && !(has("id") && has("properties")):
		return nil, nil
	}
	if refused := h.twice(isPersonColumn); refused != nil {
		return nil, refused
	}
	x := &personRows{
		names: h.names, header: h.written, cut: h.delimiter, userID: h.options.UserID, properties: flattened{person: true},
	}
	x.properties.add(h, "properties.")
	for column, name := range h.names {
		if n, ok := strings.CutPrefix(name, "distinct_ids."); ok && n != "total" {
			x.ids = append(x.ids, column)
		}
	}
	x.total = h.column("distinct_ids.total")
	return &layout{
		shape: "persons, CSV", header: h.after, csv: true, cut: h.delimiter, typed: h.typed,
		split: splitCSV(h.delimiter), decode: x.decode,
	}, nil
}

// personRows decodes the rows of one file.
type personRows struct {
	names      []string
	header     []string // the names as in the file
	cut        byte     // between cells
	userID     func(id []byte) bool
	ids        []int // columns
	total      int   // the column with the number of the person's IDs, -1 for none
	properties flattened
}

func (x *personRows) decode(d *decoder, data []byte, i, end int) *fault {
	d.person.begin()
	if d.cells = d.splitter.split(data, i, end, x.cut); len(d.cells) != len(x.names) {
		return cellFault(len(d.cells), len(x.names))
	}
	if repeats(d.cells, x.header) {
		return headerAgain
	}
	p := personFields{}
	for column, name := range x.names {
		if cell := d.cells[column]; !null(cell) || name == "distinct_id" { // a row that should name an ID must
			p.keep([]byte(name), d.asJSON(cell))
		}
		if name == "distinct_id" && missingID(d.cells[column]) {
			return missingDistinctID(d.cells[column])
		}
		if name == "distinct_id" && isRounded(d.cells[column], x.userID) {
			return roundedID("`distinct_id`", d.cells[column])
		}
	}
	for _, column := range x.ids {
		switch cell := d.cells[column]; {
		case null(cell) || missingID(cell):
		case !utf8.Valid(cell):
			return faultf(BadDistinctID, "a distinct ID %s", idBroken)
		case isRounded(cell, x.userID):
			return roundedID("a distinct ID", cell)
		default:
			d.person.addID(cell)
		}
	}
	if f := p.take(d); f != nil {
		return f
	}
	if x.total >= 0 {
		d.person.setTotal(totalIn(d.cells[x.total]))
	}
	if len(x.properties.root.children) > 0 {
		text := x.properties.assemble(d) // nil if all columns are empty: the person has none
		d.person.setProperties(text, d.personMembers)
	}
	return nil
}

// totalIn returns how many IDs a person has according to PostHog's text "Note: 12 distinct_ids in total"; 0
// if there is no number.
func totalIn(cell []byte) int {
	digits := bytes.TrimLeftFunc(cell, func(r rune) bool { return r < '0' || r > '9' })
	if end := bytes.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	total, _ := strconv.Atoi(string(digits))
	return total
}
