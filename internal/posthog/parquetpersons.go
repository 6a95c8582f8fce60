package posthog

import "ph2cio/internal/parquet"

// parquetPersons decodes the rows of one Parquet file of persons.
type parquetPersons struct {
	fields     []string // one for each cell
	distinctID int      // the cell of the distinct ID, -1 if there is none
	properties int      // the cell of the properties, -1 if there is none
}

// personsParquet returns the layout of a Parquet file of persons, and refuses any other.
func personsParquet(all []parquet.Column, options Options) (*layout, *refusal) {
	options.Columns = nil // they name fields of events
	h := newParquetHead(all, options)
	has := func(name string) bool { return h.column(name) >= 0 }
	switch {
	case has("event") || has("*.event") || has("timestamp"): // PostHog's persons have no timestamp
		return nil, refuse(eventsInstead, hintInstead)
	case !has("distinct_ids") && !(has("distinct_id") && (has("person_id") || has("is_deleted"))) && !(has("id") && has("properties")):
		return nil, refuse("the file is not an export of persons; its columns are "+listed(h.names), hintPersons)
	}
	if refused := h.twice(isPersonColumn); refused != nil {
		return nil, refused
	}
	x := &parquetPersons{distinctID: -1, properties: -1}
	for _, name := range append([]string{"distinct_ids"}, personColumns...) {
		cell, refused := h.field([]string{name}, func(c *parquetColumn) bool { return c.isScalar() && (name != "properties" || c.mayBeJSON()) })
		if refused != nil {
			return nil, refused
		}
		if cell < 0 {
			continue
		}
		x.fields = append(x.fields, name)
		switch name {
		case "distinct_id":
			x.distinctID = cell
		case "properties":
			x.properties = cell
		}
	}
	return &layout{shape: "persons, Parquet", columns: h.chosen, split: splitCells, decode: x.decode}, nil
}

// decode decodes the row whose cells the decoder has.
func (x *parquetPersons) decode(d *decoder, _ []byte, _, _ int) *fault {
	d.person.begin()
	p := personFields{}
	for i, cell := range d.cells {
		to := p.field(x.fields[i])
		switch c := &d.columns[i]; {
		case i == x.properties:
		case cell == nil:
			*to = nullText
		case c.bare():
			*to = cell
		case c.Kind == parquet.JSON, to == &p.distinctIDs:
			*to = d.valueText(d.guarded(cell))
		default:
			*to = d.asJSON(cell)
		}
	}
	if x.distinctID >= 0 && d.cells[x.distinctID] != nil {
		if f := d.columns[x.distinctID].roundedID("`distinct_id`", d.cells[x.distinctID]); f != nil {
			return f
		}
	}
	if f := p.take(d); f != nil || x.properties < 0 || d.cells[x.properties] == nil {
		return f
	}
	return d.personText(d.guarded(d.cells[x.properties]))
}
