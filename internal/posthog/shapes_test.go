package posthog

import (
	"bytes"
	"strings"
	"testing"
)

const (
	eventRow  = `{"event":"a","distinct_id":"u"}` + "\n"
	personRow = `{"team_id":1,"distinct_id":"u","person_id":"b1b32417-b0ba-5954-a245-e60d29e93178","properties":{},"person_distinct_id_version":0,"person_version":1,"created_at":"2026-03-04T00:00:00+00:00","is_deleted":false}` + "\n"
)

func TestShapesAreRecognisedByContent(t *testing.T) {
	long := `{"event":"a","distinct_id":"u","properties":{"x":"` + strings.Repeat("x", windowSize) + `"}}` + "\n"
	for _, test := range []struct {
		name, text string
		shape      string
		rows       int
	}{
		{"batch export", eventRow + eventRow, "JSON lines", 2},
		{"a last row without newline", strings.TrimSpace(eventRow), "JSON lines", 1},
		{"other keys first", `{"uuid":"x","properties":{},"event":"a","distinct_id":"u"}` + "\n", "JSON lines", 1},
		{"byte order mark", "\ufeff" + eventRow, "JSON lines", 1},
		{"blank lines first", "\n\r\n  \n" + eventRow, "JSON lines", 1},
		{"a broken row first", "{\"event\":\n" + eventRow, "JSON lines", 2},
		{"text first", "some heading\n" + eventRow, "JSON lines", 2},
		{"a row of another kind first", personRow + eventRow, "JSON lines", 2},
		{"a first row longer than a window", long + eventRow, "JSON lines", 2},
		{"broken rows only", `{"event":"a","distinct_id":"u"` + "\n", "JSON lines", 1},
		{"ClickHouse", "\"event\",\"distinct_id\",\"properties\"\n\"a\",\"u\",\"{}\"\n", "CSV with JSON cells", 1},
		{"ClickHouse with a mark", "\ufeff\"event\",\"distinct_id\"\r\n\"a\",\"u\"\r\n", "CSV with JSON cells", 1},
		{"a header only", "event,distinct_id,timestamp\n", "CSV with JSON cells", 0},
		{"a header without newline", "event,distinct_id,timestamp", "", 0},
		{"events explorer", "*.uuid,*.event,*.distinct_id,*.properties.a\r\n,a,u,1\r\n", "CSV with flattened columns", 1},
		{"empty", "", "", 0},
		{"a byte order mark only", "\ufeff", "", 0},
		{"blank lines only", "\n\n \r\n", "", 0},
		{"a query's columns in CSV", "event,distinct_id,properties.plan,person.properties.email\na,u,pro,a@example.com\n", "CSV with flattened columns", 1},
		{"a list of events", `{"next":null,"results":[{"event":"a","distinct_id":"u"}]}`, "JSON document", 1},
		{"a list without events", `{"next":null,"results":[]}`, "JSON document", 0},
		{"a query's result", `{"columns":["event","distinct_id"],"results":[["a","u"],["b","u"]],"types":[]}`, "JSON document", 2},
		{"a query's columns after its rows", `{"results":[["a","u"]],"columns":["event","distinct_id"]}`, "JSON document", 1},
		{"a capture batch", `{"api_key":"k","batch":[{"event":"a"},{"event":"b"}]}`, "JSON document", 2},
		{"a JSON array", `[{"event":"a","distinct_id":"u"}]`, "JSON document", 1},
		{"a pretty JSON array", "[\n  {\n    \"event\": \"a\"\n  },\n  {\n    \"event\": \"b\"\n  }\n]\n", "JSON document", 2},
		{"a very long first element", `[{"event":"a","distinct_id":"u","properties":{"x":["` + strings.Repeat("x", windowSize) + `"]}}]`, "JSON document", 1},
		{"a very long first row of a query", `{"columns":["event","distinct_id","properties"],"results":[["a","u",{"x":["` + strings.Repeat("x", windowSize) + `"]}]]}`, "JSON document", 1},
		{"events that begin with a list", `{"results":[{"b":1}],"event":"a","distinct_id":"u"}` + "\n" + eventRow, "JSON lines", 2},
		{"events with a list", `{"event":"a","distinct_id":"u","results":[{"b":1}]}` + "\n", "JSON lines", 1},
		{"unused columns twice", "event,distinct_id,x,x\na,u,1,2\n", "CSV with JSON cells", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			chunks, refused := cutBytes([]byte(test.text), Options{})
			if refused != nil {
				t.Fatal(refused)
			}
			if rows := rowsOf(t, chunks); len(rows) != test.rows {
				t.Errorf("%d rows, want %d", len(rows), test.rows)
			}
			for _, c := range chunks {
				if c.Shape != test.shape {
					t.Errorf("shape %q, want %q", c.Shape, test.shape)
				}
			}
		})
	}
}

func TestWhatIsNotEventsIsRefusedByName(t *testing.T) {
	for _, test := range []struct{ name, text, what, hint string }{
		{"Parquet in another compression", "PAR1\x15\x04", "not compressed as a whole", "decompress the file"},
		{"XLSX", "PK\x03\x04\x14\x00", "XLSX", "CSV"},
		{"binary", "\x00\x01\x02\x03", "not text", "a batch export"},
		{"PostHog's error", "error\r\nNo data available or unable to format for export.\r\n", "No data available", "export again"},
		{"persons", personRow, "persons", "events"},
		{"persons CSV", "id,name,distinct_ids.0,properties.email,created_at,uuid\r\n", "persons", "events"},
		{"ClickHouse person_distinct_id2", "team_id,distinct_id,person_id,is_deleted,version\n", "persons", "events"},
		{"sessions", `{"session_id":"x","start_timestamp":"2026-03-04T00:00:00Z","distinct_id":"u"}` + "\n", "sessions", "model to events"},
		{"sessions CSV", "session_id,team_id,start_timestamp\n", "sessions", "model to events"},
		{"manifest", `{"files":["a-0.jsonl.gz"]}`, "manifest", "files it lists"},
		{"a query for something else", `{"columns":["a","b"],"results":[[1,2]]}`, `a query result without an ` + "`event`" + ` column; its columns are "a, b"`, "--column event="},
		{"a query's result without columns", `{"results":[["a","u"]]}`, "before them says what they hold", "columns"},
		{"a query's result cut off before its columns", `{"results":[["a","u"],["b`, "before them says what they hold", "columns"},
		{"a list of persons", `{"next":null,"results":[{"id":1,"distinct_ids":["u"],"properties":{}}]}`, "persons", "events"},
		{"an array of a number", `[1]`, "neither JSON", "a batch export"},
		{"a log with brackets", "[2026-03-04 10:00] started\n", "neither JSON", "a batch export"},
		{"an array of other objects", `[{"a":1},{"b":2}]`, `their keys are "a, b"`, "--column event="},
		{"groups CSV", "group_type_index,group_key,created_at\n0,acme,2026-03-04T10:02:12Z\n", "groups", "events"},
		{"CSV without distinct IDs", "event,timestamp\na,1\n", "no column of distinct IDs", "--column distinct_id="},
		{"pretty JSON", "{\n  \"event\": \"a\"\n}\n", "one JSON document", "one event per line"},
		{"other JSON lines", `{"a":1}` + "\n" + `{"b":2}` + "\n", "the first rows have no `event`", "a batch export"},
		{"other CSV", "name,email,plan\nMaya,m@example.com,pro\n", `"name, email, plan"`, "columns"},
		{"a column that counts, twice", "event,distinct_id,timestamp,event\na,u,1,b\n", `column "event" appears more than once`, "export again"},
		{"a property twice", "*.event,*.distinct_id,*.properties.a,*.properties.a\na,u,1,2\n", `column "*.properties.a" appears more than once`, "export again"},
		{"events explorer without distinct IDs", "event,properties.$lib,timestamp\r\na,web,1\r\n", "no column of distinct IDs", "add the column"},
		{"a log", "2026-03-04 started\x1b[2J\n", `"2026-03-04 started\x1b[2J"`, "a batch export"},
		{"old line ends", "event;distinct_id\ra;u\r", "carriage return", "line feeds"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, refused := cutBytes([]byte(test.text), Options{})
			if refused == nil {
				t.Fatal("not refused")
			}
			if refused.Kind != Refused || !strings.Contains(refused.Error(), test.what) || !strings.Contains(refused.Advice, test.hint) {
				t.Errorf("kind %d: %v (%s)", refused.Kind, refused, refused.Advice)
			}
			if strings.ContainsFunc(refused.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("control characters in %q", refused.Error())
			}
		})
	}
}

func TestLinesAreCountedFromTheHeader(t *testing.T) {
	text := "\"event\",\"distinct_id\"\n\"a\nb\",u\nc,u\n"
	chunks, _ := cutBytes([]byte(text), Options{})
	rows := rowsOf(t, chunks)
	if len(rows) != 2 || rows[0].Line != 2 || rows[1].Line != 4 || rows[1].Ref != 1 {
		t.Errorf("%+v", rows)
	}
	if end := chunks[len(chunks)-1].End; end != int64(len(text)) {
		t.Errorf("ends at %d of %d", end, len(text))
	}
	if !bytes.HasSuffix([]byte(text), chunks[0].data) {
		t.Errorf("%q", chunks[0].data)
	}
}
