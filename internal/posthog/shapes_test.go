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
		{"ClickHouse", "\"event\",\"distinct_id\",\"properties\"\n\"a\",\"u\",\"{}\"\n", "ClickHouse CSV", 1},
		{"ClickHouse with a mark", "\ufeff\"event\",\"distinct_id\"\r\n\"a\",\"u\"\r\n", "ClickHouse CSV", 1},
		{"a header only", "event,distinct_id,timestamp\n", "ClickHouse CSV", 0},
		{"a header without newline", "event,distinct_id,timestamp", "", 0},
		{"events explorer", "*.uuid,*.event,*.distinct_id,*.properties.a\r\n,a,u,1\r\n", "events explorer CSV", 1},
		{"empty", "", "", 0},
		{"a byte order mark only", "\ufeff", "", 0},
		{"blank lines only", "\n\n \r\n", "", 0},
		{"unused columns twice", "event,distinct_id,x,x\na,u,1,2\n", "ClickHouse CSV", 1},
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
		{"Parquet", "PAR1\x15\x04", "Parquet", "JSONLines"},
		{"XLSX", "PK\x03\x04\x14\x00", "XLSX", "CSV"},
		{"binary", "\x00\x01\x02\x03", "not text", "batch exports"},
		{"PostHog's error", "error\r\nNo data available or unable to format for export.\r\n", "No data available", "export again"},
		{"persons", personRow, "persons", "events"},
		{"persons CSV", "id,name,distinct_ids.0,properties.email,created_at,uuid\r\n", "persons", "events"},
		{"ClickHouse person_distinct_id2", "team_id,distinct_id,person_id,is_deleted,version\n", "persons", "events"},
		{"sessions", `{"session_id":"x","start_timestamp":"2026-03-04T00:00:00Z","distinct_id":"u"}` + "\n", "sessions", "model to events"},
		{"sessions CSV", "session_id,team_id,start_timestamp\n", "sessions", "model to events"},
		{"manifest", `{"files":["a-0.jsonl.gz"]}`, "manifest", "files it lists"},
		{"API answer", `{"columns":["a"],"results":[[1]]}`, "API", "batch exports"},
		{"capture batch", `{"api_key":"k","batch":[{"event":"a"}]}`, "capture API", "one to a line"},
		{"JSON array", `[{"event":"a","distinct_id":"u"}]`, "one JSON document", "one to a line"},
		{"pretty JSON", "{\n  \"event\": \"a\"\n}\n", "one JSON document", "one to a line"},
		{"other JSON lines", `{"a":1}` + "\n" + `{"b":2}` + "\n", "none of the first has an `event`", "batch exports"},
		{"other CSV", "name,email,plan\nMaya,m@example.com,pro\n", `"name, email, plan"`, "columns"},
		{"a column that counts, twice", "event,distinct_id,timestamp,event\na,u,1,b\n", `column "event" more than once`, "export again"},
		{"a property twice", "*.event,*.distinct_id,*.properties.a,*.properties.a\na,u,1,2\n", `column "*.properties.a" more than once`, "export again"},
		{"events explorer without distinct IDs", "event,properties.$lib,timestamp\r\na,web,1\r\n", "no column with their distinct ID", "add the column"},
		{"a log", "2026-03-04 started\x1b[2J\n", `"2026-03-04 started\x1b[2J"`, "batch exports"},
		{"old line ends", "event;distinct_id\ra;u\r", "neither", "batch exports"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, refused := cutBytes([]byte(test.text), Options{})
			if refused == nil {
				t.Fatal("not refused")
			}
			if refused.Kind != Refused || !strings.Contains(refused.Error(), test.what) || !strings.Contains(refused.Hint, test.hint) {
				t.Errorf("kind %d: %v (%s)", refused.Kind, refused, refused.Hint)
			}
			if strings.ContainsFunc(refused.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("control characters in %q", refused.Error())
			}
		})
	}
}

func TestCompressionThatIsNotReadIsRefusedByName(t *testing.T) {
	for magic, name := range map[string]string{"\x28\xb5\x2f\xfd": "zstd", "\x04\x22\x4d\x18": "lz4", "\xff\x06\x00\x00sNaPpY": "snappy"} {
		source := sourceOf(t, "x", []byte(magic+"rest of the file"))
		_, errs := readRows(t, []Source{source}, Options{})
		if len(errs) != 1 || errs[0].Kind != Refused || !strings.Contains(errs[0].Error(), name) || !strings.Contains(errs[0].Hint, "decompress") {
			t.Errorf("%s: %v", name, errs)
		}
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
