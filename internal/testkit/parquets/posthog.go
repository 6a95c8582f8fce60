package parquets

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// Events makes JSON lines of a batch export of events a table in the schema of PostHog's Parquet exports.
// Columns that no line has are left out.
func Events(tb testing.TB, lines []byte) []Column {
	tb.Helper()
	return table(tb, lines, []Column{
		{Name: "event"}, {Name: "timestamp", Type: Timestamp}, {Name: "distinct_id"}, {Name: "_inserted_at", Type: Timestamp}, {Name: "uuid"},
		{Name: "created_at", Type: Timestamp}, {Name: "person_id"}, {Name: "elements_chain"}, {Name: "properties"}, {Name: "person_properties"},
		{Name: "team_id", Type: Integer},
	})
}

// Persons does the same for a batch export of persons.
func Persons(tb testing.TB, lines []byte) []Column {
	tb.Helper()
	return table(tb, lines, []Column{
		{Name: "team_id", Type: Integer}, {Name: "distinct_id"}, {Name: "person_id"}, {Name: "properties"}, {Name: "person_distinct_id_version", Type: Integer},
		{Name: "person_version", Type: Integer}, {Name: "created_at", Type: Timestamp}, {Name: "_inserted_at", Type: Timestamp}, {Name: "is_deleted", Type: Boolean},
	})
}

// table fills the columns. A column with a value that is not of its type is one of text.
func table(tb testing.TB, lines []byte, columns []Column) []Column {
	tb.Helper()
	var rows []map[string]json.RawMessage
	for line := range bytes.Lines(lines) {
		var row map[string]json.RawMessage
		if err := json.Unmarshal(line, &row); err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, row)
	}
	var filled []Column
	for _, c := range columns {
		if c.fill(rows) {
			filled = append(filled, c)
		}
	}
	return filled
}

// fill reports whether a row has the column.
func (c *Column) fill(rows []map[string]json.RawMessage) bool {
	found := false
	c.Values = make([]any, 0, len(rows))
	for _, row := range rows {
		raw, has := row[c.Name]
		found = found || has
		value, ok := typed(raw, c.Type)
		if !ok {
			c.Type = Text
			return c.fill(rows)
		}
		c.Values = append(c.Values, value)
	}
	return found
}

// typed is a value of JSON as one of a column's.
func typed(raw json.RawMessage, as Type) (any, bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, true
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, false
		}
	}
	switch as {
	case Integer:
		var number int64
		err := json.Unmarshal(raw, &number)
		return number, err == nil
	case Boolean:
		return text == "true", text == "true" || text == "false"
	case Timestamp:
		at, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "T", 1))
		return at, err == nil && at.Equal(at.Truncate(time.Microsecond))
	}
	return text, true
}
