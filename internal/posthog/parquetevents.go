package posthog

import (
	"slices"
	"strings"

	"ph2cio/internal/parquet"
	"ph2cio/internal/rawjson"
)

// parquetEvents decodes the rows of one Parquet file of events: a batch export, or what another program has
// made of events. Its values count as those of JSON lines do, in which types are known, and not as those of
// CSV: no text stands for a missing value or for a rounded number.
type parquetEvents struct {
	event              int // the cell of the name
	fields             []csvField
	properties, person flattened
	ids                []idCell
}

// idCell is an ID in a column of numbers that may have been rounded.
type idCell struct {
	what string
	cell int
}

// parquetOnly are columns that are read besides eventColumns, as keys of JSON rows are.
var parquetOnly = []string{"$distinct_id", "now", "offset", "$set", "$set_once", "$unset"}

// parquetTakes has the function that stores the value of each field but `event`. They are called in the order
// of eventColumns and then of parquetOnly. `person` is none of them: programs write it as a struct.
var parquetTakes = map[string]takeCell{
	"uuid": takeUUIDText, "id": takeIDText, "distinct_id": takeDistinctIDText, "person_id": takePersonID,
	"team_id": takeTeamID, "timestamp": takeTimestamp, "created_at": takeCreatedAt, "person_mode": takeModeOrNumber,
	"elements_chain": takeChainText, "properties": takeProperties, "person_properties": takePersonProperties,
	"set": takeSet, "set_once": takeSetOnce, "unset": takeUnset,
	"$distinct_id": takeDistinctIDText, "now": takeNow, "offset": takeOffset,
	"$set": takeSet, "$set_once": takeSetOnce, "$unset": takeUnset,
}

// objectFields are the fields whose cells hold an object or a list as JSON.
var objectFields = []string{"properties", "person_properties", "set", "set_once", "unset", "$set", "$set_once", "$unset"}

// eventsParquet returns the layout of a Parquet file of events, and refuses any other.
func eventsParquet(all []parquet.Column, options Options) (*layout, *refusal) {
	h := newParquetHead(all, options)
	h.rename()
	if refused := foreignCSV(&h.head); refused != nil {
		return nil, refused
	}
	if h.anyColumn("*.event", "event") < 0 {
		return nil, refuse("the file has no `event` column; its columns are "+listed(h.names), hintColumns)
	}
	x := &parquetEvents{person: flattened{person: true}}
	if refused := x.choose(h); refused != nil {
		return nil, refused
	}
	taken := func(name string) bool {
		return isEventColumn(name) || slices.Contains(parquetOnly, name) || x.properties.has(name) || x.person.has(name)
	}
	l := &layout{
		shape: ParquetShape, said: h.leftOut(taken), named: h.named, columns: h.chosen, split: splitCells, decode: x.decode,
	}
	return l.completed(options.Zone), nil
}

// choose chooses the columns that are read.
func (x *parquetEvents) choose(h *parquetHead) (refused *refusal) {
	if x.event, refused = h.field([]string{"*.event", "event"}, (*parquetColumn).isText); refused != nil {
		return refused
	}
	counts := []string{h.chosenName(x.event)}
	add := func(field string, names ...string) {
		take := parquetTakes[field]
		if take == nil || refused != nil {
			return
		}
		var cell int
		if cell, refused = x.addField(h, field, names, take); cell >= 0 {
			counts = append(counts, h.chosenName(cell))
		}
	}
	for _, c := range eventColumns {
		add(c.field, c.names...)
	}
	for _, name := range parquetOnly {
		add(name, name)
	}
	if refused != nil {
		return refused
	}
	h.flat(&x.properties, "*.properties.", "properties.")
	h.flat(&x.person, "person.properties.")
	x.addDoubles(h)
	if refused = h.twice(func(name string) bool {
		return slices.Contains(counts, name) || x.properties.has(name) || x.person.has(name)
	}); refused != nil {
		return refused
	}
	if h.anyColumn(slices.Concat(distinctIDColumns, []string{"$distinct_id", "*.properties", "properties"})...) < 0 && !x.properties.keys["distinct_id"] {
		return refuse("the file has events but no column of distinct IDs; its columns are "+listed(h.names),
			"add the column `distinct_id` and export again; if the column has another name, use --column distinct_id=NAME")
	}
	return nil
}

// addField chooses the column of a field, and returns its cell: -1 if the file has none.
func (x *parquetEvents) addField(h *parquetHead, field string, names []string, take takeCell) (cell int, refused *refusal) {
	object := slices.Contains(objectFields, field)
	cell, refused = h.field(names, func(c *parquetColumn) bool { return c.isScalar() && (!object || c.mayBeJSON()) })
	if refused != nil || cell < 0 {
		return -1, refused
	}
	if h.chosen[cell].Kind == parquet.JSON && !object {
		take = takeJSON(take)
	}
	x.fields = append(x.fields, csvField{cell, take})
	return cell, nil
}

// addDoubles finds the IDs in columns of numbers that may have been rounded.
func (x *parquetEvents) addDoubles(h *parquetHead) {
	for cell := range h.chosen {
		name := strings.TrimPrefix(h.chosenName(cell), "*.")
		what := ""
		switch strings.TrimPrefix(name, "properties.") {
		case "distinct_id", "$distinct_id", "Person .distinct_id", "person.distinct_id":
			what = "`distinct_id`"
		case anonDistinctIDKey, "alias":
			what = "the linked ID"
		}
		if what != "" && h.chosen[cell].Kind == parquet.Float {
			x.ids = append(x.ids, idCell{what, cell})
		}
	}
}

// decode decodes the row whose cells the decoder has.
func (x *parquetEvents) decode(d *decoder, _ []byte, _, _ int) *fault {
	e := &d.event
	if d.cells[x.event] == nil {
		return faultf(NotAnEvent, "`event` is missing")
	}
	if _ = takeEvent(d, d.cells[x.event]); rawjson.Blank(e.Name) {
		return faultf(NotAnEvent, "`event` is blank")
	}
	for _, field := range x.fields {
		if cell := d.cells[field.column]; cell != nil {
			if f := field.take(d, cell); f != nil {
				return f
			}
		}
	}
	for _, id := range x.ids {
		if f := d.columns[id.cell].roundedID(id.what, d.cells[id.cell]); f != nil {
			return f
		}
	}
	d.takenBefore(d.fields.now, d.fields.offset)
	if e.Properties == nil {
		e.Properties = x.properties.assemble(d)
	} else {
		e.Properties = x.properties.fill(d, e.Properties)
	}
	if e.PersonProperties == nil {
		e.PersonProperties = x.person.assemble(d)
	} else {
		e.PersonProperties = x.person.fill(d, e.PersonProperties)
	}
	return d.finish()
}
