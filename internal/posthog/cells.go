package posthog

import (
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// takeCell stores one cell, which is not null, in the event.
type takeCell func(d *decoder, cell []byte) *fault

func takeUUID(d *decoder, cell []byte) *fault {
	e := &d.event
	if e.UUID, e.HasUUID, e.UUIDText = readUUID(cell); !ascii(e.UUIDText) && !utf8.Valid(e.UUIDText) {
		e.UUIDText = nil
	}
	if rounded(e.UUIDText) {
		return roundedCell("`uuid`", cell)
	}
	return nil
}

// takeID reads `id`, which is another name of `uuid` in some exports. If it is no UUID it may be anything,
// such as the number of a row, and counts as missing.
func takeID(d *decoder, cell []byte) *fault {
	e := &d.event
	if e.HasUUID || e.UUIDText != nil {
		return nil
	}
	if rounded(cell) {
		return roundedCell("`id`", cell)
	}
	e.UUID, e.HasUUID, _ = readUUID(cell)
	return nil
}

func takeEvent(d *decoder, cell []byte) *fault {
	d.event.Name = d.utf8(cell)
	d.event.NameBroken = len(d.event.Name) != len(cell)
	d.event.trimName()
	return nil
}

func takeDistinctID(d *decoder, cell []byte) *fault {
	if missingID(cell) {
		return missingDistinctID(cell)
	}
	if d.event.DistinctID = cell; !ascii(cell) && !utf8.Valid(cell) {
		d.badID = idBroken
	}
	return nil
}

func takePersonID(d *decoder, cell []byte) *fault {
	d.event.PersonID = d.utf8(cell)
	return nil
}

func takeTeamID(d *decoder, cell []byte) *fault {
	d.takeTeam(cell)
	return nil
}

func takeTimestamp(d *decoder, cell []byte) *fault {
	d.timestamp(cell)
	return nil
}

func takeCreatedAt(d *decoder, cell []byte) *fault {
	d.takeCreatedAt(cell)
	return nil
}

func takePersonMode(d *decoder, cell []byte) *fault {
	d.event.Personless = string(cell) == "propertyless"
	return nil
}

func takeElementsChain(d *decoder, cell []byte) *fault {
	d.event.ElementsChain = d.asJSON(cell)
	return nil
}

func takeProperties(d *decoder, cell []byte) *fault {
	data, end := d.guarded(cell)
	return d.propertiesText(data, end)
}

func takePersonProperties(d *decoder, cell []byte) *fault {
	data, end := d.guarded(cell)
	return d.personPropertiesText(data, end)
}

// takePerson takes the `person` of the old events list. It ignores what is no object, such as a name.
func takePerson(d *decoder, cell []byte) *fault {
	if d.event.PersonProperties != nil {
		return nil
	}
	data, end := d.guarded(cell)
	i := rawjson.ScanSpace(data, 0, end)
	if data[i] != '{' {
		return nil
	}
	d.value.Begin(data, end)
	if after := d.walkPerson(&d.value, i, end); after < 0 || rawjson.ScanSpace(data, after, end) != end {
		return notJSON("`person`", data[:end])
	}
	return nil
}

// takeSet, takeSetOnce and takeUnset replace what another column has said if the cell is valid.
func takeSet(d *decoder, cell []byte) *fault {
	if found := object(d.valueText(d.guarded(cell))); found != nil {
		d.event.Set = found
	}
	return nil
}

func takeSetOnce(d *decoder, cell []byte) *fault {
	if found := object(d.valueText(d.guarded(cell))); found != nil {
		d.event.SetOnce = found
	}
	return nil
}

func takeUnset(d *decoder, cell []byte) *fault {
	if found := objectOrArray(d.valueText(d.guarded(cell))); found != nil {
		d.event.Unset = found
	}
	return nil
}

// asJSON writes a cell as a JSON string.
func (d *decoder) asJSON(cell []byte) []byte {
	start := len(d.scratch)
	d.scratch = rawjson.AppendRawString(d.scratch, cell)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}
