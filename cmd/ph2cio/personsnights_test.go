package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// exported returns a line of a persons export that is made now.
func (w *nightWriter) exported(number int, id, values string) string {
	w.minute++
	at := time.Date(2026, 3, 1, 8, w.minute, 0, 0, time.UTC).Format("2006-01-02 15:04:05.000000")
	return fmt.Sprintf(`{"team_id":2,"distinct_id":%q,"person_id":"019cb84c-2222-7000-8000-%012d","person_distinct_id_version":0,"person_version":%d,"_inserted_at":%q,"created_at":"2026-03-01 00:00:00.000000","properties":%s}`+"\n",
		id, number, w.minute, at, values)
}

// TestPersonsExportsOfNights gives nights persons exports, of every kind and with whatever people in them, and
// expects what one backfill with the newest one makes.
func TestPersonsExportsOfNights(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	var w *nightWriter
	for name, nights := range map[string]func() []attributeNight{
		"a persons export on the first night": func() []attributeNight {
			return []attributeNight{
				{
					rows:    []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)},
					persons: w.exported(1, "user_1", `{"plan":"pro","score":1,"email":"x@example.com"}`) + w.exported(3, "user_3", `{"plan":"pro"}`), sends: 2,
				},
				{rows: []string{w.set("user_1", `{"city":"Oslo"}`), w.set("user_3", `{"city":"Rome"}`)}, sends: 2},
				{rows: []string{w.unset("user_1", `["score"]`)}, sends: 1},
			}
		},
		"a persons export on the third night": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)}, sends: 2},
				{rows: []string{w.set("user_1", `{"city":"Oslo"}`)}, sends: 1},
				{persons: w.exported(1, "user_1", `{"plan":"pro","city":"Oslo"}`) + w.exported(2, "user_2", `{"plan":"free"}`), sends: 1},
			}
		},
		"a persons export before the events": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_9", `{"plan":"pro"}`)}, persons: w.exported(1, "user_1", `{"plan":"pro","email":"x@example.com"}`), sends: -1},
				{rows: []string{w.row("Opened", "user_1", "", "")}, sends: 1},
				{rows: []string{w.set("user_1", `{"city":"Oslo"}`)}, sends: 1},
			}
		},
		"a persons export with fewer people": func() []attributeNight {
			return []attributeNight{
				{
					rows:    []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)},
					persons: w.exported(1, "user_1", `{"plan":"pro","score":1}`) + w.exported(2, "user_2", `{"plan":"pro","score":2}`), sends: 2,
				},
				{persons: w.exported(1, "user_1", `{"plan":"max","score":1}`), sends: 1},
				{rows: []string{w.set("user_2", `{"city":"Rome"}`)}, sends: 1},
				{persons: w.exported(1, "user_1", `{"plan":"max","score":1}`) + w.exported(2, "user_2", `{"plan":"pro","score":2,"city":"Rome"}`), sends: 0},
			}
		},
		"a persons export after a person was merged away": func() []attributeNight {
			return []attributeNight{
				{
					rows:    []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)},
					persons: w.exported(1, "user_1", `{"plan":"pro"}`) + w.exported(2, "user_2", `{"plan":"pro","score":2}`), sends: 2,
				},
				{rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, "")}, sends: -1},
				{persons: w.exported(1, "user_1", `{"plan":"pro","team":"a"}`) + w.exported(1, "user_2", `{"plan":"pro","team":"a"}`), sends: 1},
				{rows: []string{w.unset("user_2", `["team"]`)}, sends: 1},
			}
		},
		"a persons export as CSV": func() []attributeNight {
			return []attributeNight{
				{
					rows:    []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)},
					persons: w.exported(1, "user_1", `{"plan":"pro","score":1}`) + w.exported(2, "user_2", `{"plan":"pro","score":2}`), pack: asCSV, sends: 2,
				},
				{persons: w.exported(1, "user_1", `{"plan":"max, \"big\""}`) + w.exported(2, "user_2", `{"plan":"pro","score":2}`), pack: asPackedCSV, sends: 1},
				{persons: w.exported(1, "user_1", `{"plan":"max, \"big\""}`) + w.exported(2, "user_2", `{"plan":"pro","score":3}`), pack: asPacked, sends: 1},
			}
		},
		"a persons export with other columns": func() []attributeNight {
			return []attributeNight{
				{
					rows:    []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)},
					persons: w.exported(1, "user_1", `{"plan":"pro","score":1}`) + w.exported(2, "user_2", `{"plan":"pro","score":2}`), sends: 2,
				},
				{persons: w.exported(1, "user_1", `{"plan":"max"}`) + w.exported(2, "user_2", `{"plan":"pro","score":2}`), pack: asReorderedCSV, sends: 1},
			}
		},
		"a newer persons export": func() []attributeNight {
			return []attributeNight{
				{
					rows:    []string{w.set("user_1", `{"plan":"free"}`), w.set("user_2", `{"plan":"free"}`)},
					persons: w.exported(1, "user_1", `{"plan":"pro","score":1}`) + w.exported(2, "user_2", `{"plan":"pro","score":1}`), sends: 2,
				},
				{persons: w.exported(1, "user_1", `{"plan":"pro"}`) + w.exported(2, "user_2", `{"plan":"pro","score":1}`), sends: 1},
				{rows: []string{w.set("user_2", `{"city":"Rome"}`)}, sends: 1},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w = &nightWriter{}
			sendAttributeNights(t, nights())
		})
	}
}

// exportedColumns are those of nightWriter.exported.
var exportedColumns = []string{"team_id", "distinct_id", "person_id", "person_distinct_id_version", "person_version", "_inserted_at", "created_at", "properties"}

// asCSV makes a file of CSV of the lines of a persons export.
func asCSV(persons string) (name string, content []byte) {
	return "persons.csv", []byte(csvOf(persons, exportedColumns))
}

// asReorderedCSV does so with the columns in another order, some of them left out and others added.
func asReorderedCSV(persons string) (name string, content []byte) {
	return "persons.csv", []byte(csvOf(persons, []string{"properties", "is_deleted", "created_at", "person_version", "person_id", "distinct_id", "something_new"}))
}

func asPackedCSV(persons string) (name string, content []byte) {
	return "persons.csv.gz", packed(csvOf(persons, exportedColumns))
}

func asPacked(persons string) (name string, content []byte) {
	return "persons.jsonl.gz", packed(persons)
}

func packed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.Bytes()
}

// csvOf writes lines of JSON as CSV with these columns. Those that the lines do not have are empty.
func csvOf(lines string, columns []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(columns)
	for line := range strings.Lines(lines) {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			panic(err)
		}
		row := make([]string, len(columns))
		for i, column := range columns {
			if json.Unmarshal(members[column], &row[i]) != nil {
				row[i] = string(members[column])
			}
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.String()
}
