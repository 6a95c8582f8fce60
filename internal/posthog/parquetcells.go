package posthog

import "unicode/utf8"

// The functions below store one cell of a Parquet file, which is not null, in the event, as the value of a
// JSON row would be. They differ from those of CSV where these guess what the text of a cell has been.

func takeUUIDText(d *decoder, cell []byte) *fault {
	if e := &d.event; utf8.Valid(cell) {
		e.UUID, e.HasUUID, e.UUIDText = readUUID(cell)
	}
	return nil
}

func takeIDText(d *decoder, cell []byte) *fault {
	if e := &d.event; !e.HasUUID && e.UUIDText == nil {
		e.UUID, e.HasUUID, _ = readUUID(cell)
	}
	return nil
}

// takeDistinctIDText reads `distinct_id` and then `$distinct_id`, which counts if the first is null or empty.
func takeDistinctIDText(d *decoder, cell []byte) *fault {
	if e := &d.event; len(e.DistinctID) == 0 && d.badID == "" && len(cell) > 0 {
		if e.DistinctID = cell; !utf8.Valid(cell) {
			d.badID = idBroken
		}
	}
	return nil
}

// takeModeOrNumber reads `person_mode`, of which older versions of ClickHouse write the number that it has in
// the table: 1 is propertyless (github.com/PostHog/posthog, posthog/models/event/sql.py).
func takeModeOrNumber(d *decoder, cell []byte) *fault {
	d.event.Personless = string(cell) == "propertyless" || string(cell) == "1"
	return nil
}

func takeChainText(d *decoder, cell []byte) *fault {
	if len(cell) > 0 {
		d.event.ElementsChain = d.asJSON(cell)
	}
	return nil
}

func takeNow(d *decoder, cell []byte) *fault {
	d.fields.now = cell
	return nil
}

func takeOffset(d *decoder, cell []byte) *fault {
	d.fields.offset = cell
	return nil
}

// takeJSON returns the take of a column of JSON values for a field that is text: a string is taken without
// its quotes, and what is nested counts as missing.
func takeJSON(take takeCell) takeCell {
	return func(d *decoder, cell []byte) *fault {
		raw := d.valueText(d.guarded(cell))
		if text := d.text(raw, true); text != nil && object(raw) == nil && raw[0] != '[' {
			return take(d, text)
		}
		return nil
	}
}
