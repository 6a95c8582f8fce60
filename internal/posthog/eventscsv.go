package posthog

import "ph2cio/internal/rawjson"

// eventsCSV recognises CSV with a header of an event's columns, in any order and among others: a dump of
// ClickHouse's events table, a query's result from the SQL editor, an export of the events explorer or of the
// old events list. In the first two `properties` is one cell of JSON; in the others, and if a query selects
// single properties, it is flattened into columns and is assembled again, see flattened.
func eventsCSV(h *head) (*layout, *refusal) {
	h.rename()
	if h.anyColumn("*.event", "event") < 0 {
		return nil, nil
	}
	x := csvRows{
		columns: len(h.names), header: h.written, cut: h.delimiter, person: flattened{person: true}, userID: h.options.UserID,
	}
	counts := make(map[string]bool)
	for _, c := range eventColumns {
		if column := h.anyColumn(c.names...); column >= 0 {
			x.fields = append(x.fields, csvField{column, takes[c.field]})
			counts[h.names[column]] = true
		}
	}
	x.properties.add(h, "*.properties.", "properties.")
	x.person.add(h, "person.properties.")
	refused := h.twice(func(name string) bool {
		return counts[name] || x.properties.has(name) || x.person.has(name)
	})
	if refused != nil {
		return nil, refused
	}
	if h.anyColumn(distinctIDColumns...) < 0 && h.anyColumn("*.properties", "properties") < 0 && !x.properties.keys["distinct_id"] {
		return nil, &refusal{
			what: "the file has events but no column of distinct IDs; its columns are " + listed(h.names),
			hint: "in PostHog, add the column `*` or `distinct_id` and export again; " +
				"if the column has another name, use --column distinct_id=NAME",
			stray: !h.isTable(),
		}
	}
	taken := func(name string) bool { return isEventColumn(name) || x.properties.has(name) || x.person.has(name) }
	shape := "CSV with JSON cells"
	if len(x.properties.root.children) > 0 || h.anyColumn("*.event") >= 0 {
		shape = "CSV with flattened columns"
	}
	return &layout{
		shape: shape, said: leftOut(h.names, taken), vague: !h.isTable(), named: h.named, header: h.after,
		csv: true, cut: h.delimiter, typed: h.typed, split: splitCSV(h.delimiter), decode: x.decode,
	}, nil
}

// takes has the function that stores the value of each column.
var takes = map[string]takeCell{
	"uuid": takeUUID, "id": takeID, "event": takeEvent, "distinct_id": takeDistinctID, "person_id": takePersonID,
	"team_id": takeTeamID, "timestamp": takeTimestamp, "created_at": takeCreatedAt, "person_mode": takePersonMode,
	"elements_chain": takeElementsChain, "properties": takeProperties, "person_properties": takePersonProperties,
	"person": takePerson, "set": takeSet, "set_once": takeSetOnce, "unset": takeUnset,
}

// csvRows decodes the rows of one file.
type csvRows struct {
	columns            int
	header             []string // as in the file
	cut                byte     // between cells
	userID             func(id []byte) bool
	fields             []csvField
	properties, person flattened
}

type csvField struct {
	column int
	take   takeCell
}

func (x *csvRows) decode(d *decoder, data []byte, i, end int) *fault {
	if d.cells = d.splitter.split(data, i, end, x.cut); len(d.cells) != x.columns {
		return cellFault(len(d.cells), x.columns)
	}
	if repeats(d.cells, x.header) {
		return headerAgain
	}
	for _, field := range x.fields {
		if cell := d.cells[field.column]; !null(cell) {
			if f := field.take(d, cell); f != nil {
				return f
			}
		}
	}
	if rawjson.Blank(d.event.Name) {
		return faultf(NotAnEvent, "`event` is missing or blank")
	}
	x.takeColumns(&d.event, d)
	if f := d.finish(); f != nil {
		return f
	}
	if d.event.Cells {
		d.event.dropMissingIDs()
	}
	return x.roundedIDs(d)
}

// takeColumns reads the objects that are flattened into columns. If the row has such an object in a cell too,
// the cell counts and the columns add what it lacks.
func (x *csvRows) takeColumns(e *Event, d *decoder) {
	if e.Properties == nil {
		e.Properties = x.properties.assemble(d)
		e.Cells = e.Properties != nil
	} else {
		had := len(d.members)
		e.Properties = x.properties.fill(d, e.Properties)
		e.Cells = len(d.members) > had
	}
	if e.PersonProperties == nil {
		e.PersonProperties = x.person.assemble(d)
	} else {
		e.PersonProperties = x.person.fill(d, e.PersonProperties)
	}
}

// roundedIDs refuses a row with a rounded ID in a cell, since it may be that of many people. A `person_id`
// never looks like that, even if the user's own IDs do.
func (x *csvRows) roundedIDs(d *decoder) *fault {
	e := &d.event
	if rounded(e.NoPersonID) {
		return roundedCell("`person_id`", e.NoPersonID)
	}
	if id := e.DistinctID; isRounded(id, x.userID) {
		return roundedID("`distinct_id`", id)
	}
	if linked := e.Linked(); e.Cells && isRounded(linked, x.userID) {
		return roundedID("the linked ID", linked)
	}
	return nil
}
