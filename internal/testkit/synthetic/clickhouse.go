package synthetic

import (
	"strconv"
	"time"
)

// clickhouse renders rows as ClickHouse's CSVWithNames: texts and times quoted, numbers not, LF.
type clickhouse struct{}

func (clickhouse) header() []byte {
	return []byte(`"uuid","event","properties","timestamp","team_id","distinct_id","elements_chain","created_at","person_id",` +
		`"person_created_at","person_properties","person_mode","_timestamp","_offset","inserted_at"` + "\n")
}

const teamID = 4242

func (clickhouse) appendRow(dst []byte, r *row) []byte {
	if r.broken == notARow {
		return append(append(dst, pick(r.shuffle, notRows)...), '\n')
	}
	dst = appendCell(dst, r.uuid)
	dst = appendCell(append(dst, ','), r.name())
	if r.broken == cutOff {
		return append(dst, '\n')
	}
	dst = appendCell(append(dst, ','), r.properties)
	dst = appendClock(append(dst, ','), r.at, "2006-01-02 15:04:05.000000")
	dst = strconv.AppendInt(append(dst, ','), teamID, 10)
	dst = appendCell(append(dst, ','), r.distinctID)
	dst = appendCell(append(dst, ','), r.elements)
	dst = appendClock(append(dst, ','), r.createdAt, "2006-01-02 15:04:05.000000")
	dst = appendCell(append(dst, ','), r.personID)
	dst = appendClock(append(dst, ','), r.createdAt, "2006-01-02 15:04:05.000")
	dst = appendCell(append(dst, ','), r.personProperties)
	dst = appendCell(append(dst, ','), r.mode())
	dst = appendClock(append(dst, ','), r.insertedAt, "2006-01-02 15:04:05")
	dst = strconv.AppendInt(append(dst, ','), 1000+r.number, 10)
	dst = appendClock(append(dst, ','), r.insertedAt, "2006-01-02 15:04:05.000000")
	return append(dst, '\n')
}

// mode is ClickHouse's person_mode.
func (r *row) mode() string {
	if r.personless {
		return "propertyless"
	}
	return "full"
}

// appendCell appends text as a quoted cell.
func appendCell[T string | []byte](dst []byte, text T) []byte {
	dst = append(dst, '"')
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, text[i])
	}
	return append(dst, '"')
}

func appendClock(dst []byte, t time.Time, layout string) []byte {
	return append(t.AppendFormat(append(dst, '"'), layout), '"')
}
