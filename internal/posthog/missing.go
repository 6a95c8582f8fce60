package posthog

import (
	"bytes"

	"ph2cio/internal/escape"
	"ph2cio/internal/rawjson"
)

// missing reports whether text is what programs write for a missing value: nan, NaT and <NA> of
// pandas, None of Python, NA of R, NULL of SQL, undefined of JavaScript, #N/A of spreadsheets, or an infinite
// number. As an ID it would be that of all rows in which the ID is missing.
func missing(text []byte) bool {
	const longest = len("undefined")
	if text = bytes.TrimSpace(text); len(text) > longest {
		return false
	}
	switch string(text) {
	case "", "None", "none", "NONE", "null", "NULL", "Null", "nil", "undefined",
		"<NA>", "NaT", "NA", "N/A", "n/a", "#N/A":
		return true
	}
	return notNumber(text)
}

// missingID reports whether the text of a cell stands for a missing ID. What PostHog refuses as an ID counts
// as an illegal ID instead.
func missingID(cell []byte) bool { return missing(cell) && !IllegalID(cell) }

func missingDistinctID(cell []byte) *fault {
	return faultf(NoDistinctID, "`distinct_id` is missing: %s stands for no value", escape.Quoted(string(cell)))
}

// dropMissingIDs drops IDs, except the distinct ID, that stand for a missing one.
func (e *Event) dropMissingIDs() {
	for _, id := range [...]*[]byte{&e.UserID, &e.DeviceID, &e.AnonDistinctID, &e.Alias} {
		if missingID(*id) {
			*id = nil
		}
	}
}

// readUUID parses a `uuid`. text is a value that is not a UUID; it may still identify the event.
func readUUID(value []byte) (id rawjson.UUID, ok bool, text []byte) {
	if id, ok = rawjson.ParseUUID(value); ok || missing(value) {
		return id, ok, nil
	}
	return rawjson.UUID{}, false, value
}
