package posthog

// clickhouseCSV recognises CSV with a header of ClickHouse's `events` columns, as
// `SELECT * FROM events FORMAT CSVWithNames` writes it: `properties` and `person_properties` are text that holds JSON.
// Columns may be missing, in any order, and among others.
func clickhouseCSV(h *head) (*layout, *refusal) {
	if h.column("event") < 0 || h.column("distinct_id") < 0 {
		return nil, nil
	}
	if refused := h.twice(func(name string) bool { return clickhouseColumns[name] != nil }); refused != nil {
		return nil, refused
	}
	columns := make([]takeCell, len(h.names))
	for i, name := range h.names {
		columns[i] = clickhouseColumns[name]
	}
	decode := func(d *decoder, data []byte, i, end int) *fault {
		if n := d.splitCells(data, i, end); n != len(columns) {
			return cellFault(n, len(columns))
		}
		for i, take := range columns {
			if take == nil || null(d.cells[i]) {
				continue
			}
			if f := take(d, d.cells[i]); f != nil {
				return f
			}
		}
		if d.event.Name == nil {
			return faultf(NotAnEvent, "`event` is missing")
		}
		return d.finish()
	}
	return &layout{shape: "ClickHouse CSV", header: h.after, csv: true, split: splitCSV, decode: decode}, nil
}

// takeCell puts one cell, which is not null, into the event.
type takeCell func(d *decoder, cell []byte) *fault

var clickhouseColumns = map[string]takeCell{
	"uuid":        takeUUID,
	"event":       takeEvent,
	"distinct_id": takeDistinctID,
	"person_id":   takePersonID,
	"team_id":     takeTeamID,
	"timestamp":   takeTimestamp,
	"created_at":  takeCreatedAt,
	"person_mode": takePersonMode,
	"properties": func(d *decoder, cell []byte) *fault {
		data, end := d.guarded(cell)
		return d.propertiesText(data, end)
	},
	"person_properties": func(d *decoder, cell []byte) *fault {
		data, end := d.guarded(cell)
		return d.personPropertiesText(data, end)
	},
	"set": func(d *decoder, cell []byte) *fault {
		d.event.Set = object(d.valueText(d.guarded(cell)))
		return nil
	},
	"set_once": func(d *decoder, cell []byte) *fault {
		d.event.SetOnce = object(d.valueText(d.guarded(cell)))
		return nil
	},
	"unset": func(d *decoder, cell []byte) *fault {
		d.event.Unset = objectOrArray(d.valueText(d.guarded(cell)))
		return nil
	},
}

func takeUUID(d *decoder, cell []byte) *fault {
	d.event.UUID, d.event.HasUUID = parseUUID(cell)
	return nil
}

func takeEvent(d *decoder, cell []byte) *fault {
	d.event.Name = d.utf8(cell)
	return nil
}

func takeDistinctID(d *decoder, cell []byte) *fault {
	d.event.DistinctID = d.utf8(cell)
	return nil
}

func takePersonID(d *decoder, cell []byte) *fault {
	d.event.PersonID = d.utf8(cell)
	return nil
}

func takeTeamID(d *decoder, cell []byte) *fault {
	d.event.TeamID = number(cell)
	return nil
}

func takeTimestamp(d *decoder, cell []byte) *fault {
	d.event.Timestamp = parseTime(cell)
	return nil
}

func takeCreatedAt(d *decoder, cell []byte) *fault {
	d.event.CreatedAt = parseCreated(cell)
	return nil
}

func takePersonMode(d *decoder, cell []byte) *fault {
	d.event.Personless = string(cell) == "propertyless"
	return nil
}
