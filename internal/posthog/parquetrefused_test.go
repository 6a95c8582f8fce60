package posthog

import (
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/format"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
)

// TestParquetThatIsNoExportIsRefused names what is wrong with the columns of a file, and what to do.
func TestParquetThatIsNoExportIsRefused(t *testing.T) {
	t.Parallel()
	events := []any{"event", "a", "distinct_id", "u", "timestamp", "x"}
	persons := []any{"team_id", int64(1), "distinct_id", "u", "person_id", personA, "properties", "{}", "person_distinct_id_version", int64(1), "is_deleted", false}
	for _, test := range []struct {
		name       string
		persons    bool
		what, hint string
		cells      []any
	}{
		{"persons", false, "an export of persons, not of events", "--persons", persons},
		{"persons of ClickHouse", false, "an export of persons, not of events", "--persons", []any{"id", personA, "properties", "{}", "is_identified", int64(1)}},
		{"groups", false, "an export of groups", "export events", []any{"group_type_index", int64(0), "group_key", "acme"}},
		{"sessions", false, "an export of sessions", "model to events", []any{"session_id", "x", "start_timestamp", "y"}},
		{"another table", false, `no ` + "`event`" + ` column; its columns are "name, plan"`, "--column event=NAME", []any{"name", "x", "plan", "y"}},
		{"events without IDs", false, "no column of distinct IDs", "--column distinct_id=NAME", []any{"event", "a", "timestamp", "x"}},
		{"names of events that are numbers", false, `the column "event" is INT64, not text`, "--column", []any{"event", int64(1), "distinct_id", "u"}},
		{"properties that are numbers", false, `the column "properties" is DOUBLE, not text`, "write it as text", []any{"event", "a", "distinct_id", "u", "properties", 1.5}},
		{"events as persons", true, "an export of events, not of persons", "SOURCE", events},
		{"events without a name as persons", true, "an export of events, not of persons", "SOURCE", events[2:]},
		{"another table as persons", true, `not an export of persons; its columns are "name, plan"`, "persons model", []any{"name", "x", "plan", "y"}},
		{"properties of persons that are numbers", true, `the column "properties" is DOUBLE, not text`, "write it as text", []any{"distinct_id", "u", "person_id", personA, "properties", 1.5}},
	} {
		input := sourceOf(t, "x.parquet", parquets.Write(t, tableOf(test.cells...), parquets.Layout{}))
		rows, troubles := readOnce(t, []source.Source{input}, Options{persons: test.persons})
		if len(rows) > 0 || len(troubles) != 1 || troubles[0].Kind != Refused || troubles[0].Stray ||
			!strings.Contains(troubles[0].Error(), test.what) || !strings.Contains(troubles[0].Advice, test.hint) {
			t.Errorf("%s: %d rows, %v, want %q (%q)", test.name, len(rows), troubles, test.what, test.hint)
		}
	}
}

// TestAFieldTwiceInParquetIsRefused reads a file whose schema has a name twice.
func TestAFieldTwiceInParquetIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"event", "properties.x", "unused"} {
		parts := parquets.Take(t, parquets.Write(t, tableOf("event", "a", "distinct_id", "u", "properties.x", "y", "unused", "y", "other", "z"), parquets.Layout{}))
		parts.Meta.Schema[len(parts.Meta.Schema)-1].Name = name
		parts.Groups[0].Columns[parts.Column("other")].Meta.PathInSchema = []string{name}
		rows, troubles := readOnce(t, []source.Source{sourceOf(t, "x.parquet", parts.File(t))}, Options{})
		refused := len(troubles) == 1 && troubles[0].Kind == Refused && strings.Contains(troubles[0].Error(), `the column "`+name+`" appears more than once`)
		if refused != (name != "unused") || refused != (len(rows) == 0) {
			t.Errorf("%s twice: %d rows, %v", name, len(rows), troubles)
		}
	}
}

// TestNestedColumnsAreRefusedOrLeftOut reads a file with a list, a map and a struct: as fields they are
// refused, as properties named, and others like any column that is not read.
func TestNestedColumnsAreRefusedOrLeftOut(t *testing.T) {
	t.Parallel()
	input := sampleFile(t, "typed_zstd.parquet")
	for name, kind := range map[string]string{"tags": "LIST", "labels": "MAP", "place": "STRUCT"} {
		_, troubles := readOnce(t, []source.Source{input}, Options{Columns: columns(t, "properties="+name)})
		if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), `the column "`+name+`" cannot be read: it is nested (`+kind+`)`) ||
			troubles[0].Advice != "write it as JSON text" {
			t.Errorf("%s: %v", name, troubles)
		}
	}
	rows, troubles := readOnce(t, []source.Source{input}, Options{})
	if len(rows) == 0 || len(troubles) != 1 || troubles[0].Kind != Warning || !strings.Contains(troubles[0].Error(), `are left out: "raw_bytes, tags, labels, place, nothing"`) ||
		!strings.Contains(troubles[0].Advice, "write lists, maps and structs as JSON text") {
		t.Errorf("%d rows, %v", len(rows), troubles)
	}
	parts := parquets.Take(t, parquets.Write(t, tableOf("event", "a", "distinct_id", "u", "properties.x", "y", "other", "z"), parquets.Layout{}))
	for i := range parts.Meta.Schema {
		if parts.Meta.Schema[i].Name == "properties.x" {
			parts.Meta.Schema[i].RepetitionType.V = 2 // repeated: a list
		}
	}
	rows, troubles = readOnce(t, []source.Source{sourceOf(t, "x.parquet", parts.File(t))}, Options{})
	if len(rows) != 1 || rows[0].Properties != "{}" || len(troubles) != 1 || troubles[0].Kind != Warning ||
		!strings.Contains(troubles[0].Error(), `these columns cannot be read and are left out: "properties.x (it is nested (LIST))"; these columns are not part of an event and are left out: "other"`) {
		t.Errorf("a property that is a list: %+v, %v", rows, troubles)
	}
}

// TestParquetOfAnotherCompressionIsRefused reads files that say that they are compressed in ways that are not
// read.
func TestParquetOfAnotherCompressionIsRefused(t *testing.T) {
	t.Parallel()
	for codec, want := range map[format.CompressionCodec]string{
		format.Lz4: "it is compressed with LZ4 in Hadoop's form", format.LZO: "it is compressed with LZO",
		77: "it is compressed with a codec that is unknown (77)",
	} {
		parts := parquets.Take(t, parquets.Write(t, tableOf("event", "a", "distinct_id", "u"), parquets.Layout{}))
		for i := range parts.Groups[0].Columns {
			parts.Groups[0].Columns[i].Meta.Codec = codec
		}
		rows, troubles := readOnce(t, []source.Source{sourceOf(t, "x.parquet", parts.File(t))}, Options{})
		if len(rows) != 0 || len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), `the column "event" cannot be read: `+want) ||
			troubles[0].Advice != "write the file with another compression, such as zstd" {
			t.Errorf("%d rows, %v", len(rows), troubles)
		}
	}
}

// TestAnEncodingThatIsNotReadIsNoReasonForANewCopyAlone reads a file that says that a page is encoded in a way
// that is not read.
func TestAnEncodingThatIsNotReadIsNoReasonForANewCopyAlone(t *testing.T) {
	t.Parallel()
	parts := parquets.Take(t, parquets.Write(t, tableOf("event", "a", "distinct_id", "u"), parquets.Layout{}))
	parts.Groups[0].Columns[parts.Column("event")].Pages[0].Header.DataPageHeader.V.Encoding = format.BitPacked
	_, troubles := readOnce(t, []source.Source{sourceOf(t, "x.parquet", parts.File(t))}, Options{})
	if len(troubles) != 1 || troubles[0].Kind != Damaged || !strings.Contains(troubles[0].Error(), "its values are stored as BIT_PACKED, which ph2cio cannot read") ||
		troubles[0].Advice != "get a new copy of the file; if that is no better, write it with other encodings, such as PLAIN" {
		t.Errorf("%v", troubles)
	}
}

// TestAnEncryptedParquetFileIsRefused reads the magic number of one.
func TestAnEncryptedParquetFileIsRefused(t *testing.T) {
	t.Parallel()
	_, troubles := readOnce(t, []source.Source{sourceOf(t, "x", []byte("PARE\x00\x01\x02\x03\x04\x00\x00\x00PARE"))}, Options{})
	if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), "encrypted") || troubles[0].Advice == "" {
		t.Errorf("%v", troubles)
	}
}

// TestParquetIsNoStray lists files with names that say nothing.
func TestParquetIsNoStray(t *testing.T) {
	t.Parallel()
	file := parquets.Write(t, tableOf("name", "x"), parquets.Layout{})
	for name, text := range map[string][]byte{"export": file, "cut": file[:20], "letters": file[:4]} {
		if found := Recognise(Options{})(t.Context(), sourceOf(t, name, text)); found.Stray {
			t.Errorf("%s is a stray", name)
		}
	}
}
