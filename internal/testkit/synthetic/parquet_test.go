package synthetic

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// parquetRow is a row as parquet-go's own reader finds it.
type parquetRow struct {
	UUID             *string   `parquet:"uuid"`
	Event            *string   `parquet:"event"`
	DistinctID       *string   `parquet:"distinct_id"`
	PersonID         *string   `parquet:"person_id"`
	Properties       *string   `parquet:"properties"`
	PersonProperties *string   `parquet:"person_properties"`
	ElementsChain    *string   `parquet:"elements_chain"`
	Timestamp        time.Time `parquet:"timestamp,timestamp(microsecond)"`
	CreatedAt        time.Time `parquet:"created_at,timestamp(microsecond)"`
	InsertedAt       time.Time `parquet:"_inserted_at,timestamp(microsecond)"`
}

func writeParquet(t *testing.T, o Options, layout ParquetLayout) ([]byte, Written) {
	t.Helper()
	var file bytes.Buffer
	written, err := WriteParquet(&file, o, layout)
	if err != nil {
		t.Fatal(err)
	}
	if written.Rows != o.Rows {
		t.Fatalf("%d rows written, want %d", written.Rows, o.Rows)
	}
	return file.Bytes(), written
}

func TestParquetHoldsTheSameRows(t *testing.T) {
	o := Options{Rows: 2000, Seed: 6, Duplicates: 2}
	file, _ := writeParquet(t, o, ParquetLayout{Group: 700_000, Page: 50_000, Codec: &zstd.Codec{}})
	rows, err := parquet.Read[parquetRow](bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := write(t, o)
	n := 0
	for line := range bytes.Lines(lines.Bytes()) {
		var want struct {
			UUID, Event      string
			DistinctID       string          `json:"distinct_id"`
			PersonID         string          `json:"person_id"`
			Properties       json.RawMessage `json:"properties"`
			PersonProperties json.RawMessage `json:"person_properties"`
			Elements         string          `json:"elements_chain"`
			Timestamp        time.Time       `json:"timestamp"`
			Created          time.Time       `json:"created_at"`
			Inserted         time.Time       `json:"_inserted_at"`
		}
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		object := func(text json.RawMessage) *string {
			if s := string(text); s != "null" && s != "{}" {
				return &s
			}
			return nil
		}
		wanted := parquetRow{
			&want.UUID, &want.Event, &want.DistinctID, &want.PersonID, object(want.Properties), object(want.PersonProperties), &want.Elements,
			want.Timestamp, want.Created, want.Inserted,
		}
		if diff := cmp.Diff(wanted, rows[n]); diff != "" {
			t.Fatalf("row %d (-JSON lines +Parquet):\n%s", n, diff)
		}
		n++
	}
	if n != len(rows) {
		t.Errorf("%d rows as JSON lines, %d as Parquet", n, len(rows))
	}
}

func TestParquetRowsAreInvalidAsAskedFor(t *testing.T) {
	o := Options{Rows: 3000, Seed: 2, Invalid: 20}
	file, written := writeParquet(t, o, ParquetLayout{})
	rows, err := parquet.Read[parquetRow](bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var empty, notJSON int64
	for _, row := range rows {
		switch {
		case row.UUID == nil:
			empty++
		case row.Properties != nil && !json.Valid([]byte(*row.Properties)):
			notJSON++
		}
	}
	if empty < 50 || notJSON < 200 || empty+notJSON != written.Invalid {
		t.Errorf("%d rows are empty and %d have broken properties, of %d that are not valid", empty, notJSON, written.Invalid)
	}
}

func TestParquetIsLaidOutAsAskedFor(t *testing.T) {
	o := Options{Rows: 3000, Seed: 3}
	const group, page = 1_000_000, 100_000
	content, written := writeParquet(t, o, ParquetLayout{Group: group, Page: page})
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	groups := file.RowGroups()
	if want := int(written.Bytes/group) + 1; len(groups) != want {
		t.Errorf("%d row groups for %d bytes, want %d", len(groups), written.Bytes, want)
	}
	properties, _ := file.Schema().Lookup("properties")
	index, err := groups[0].ColumnChunks()[properties.ColumnIndex].OffsetIndex()
	if err != nil {
		t.Fatal(err)
	}
	if pages := index.NumPages(); pages < 3 || pages > 12 {
		t.Errorf("%d pages of properties, want one for each %d bytes of about half a row group of %d", pages, page, group)
	}
}

func TestErrorsOfTheWriterEndParquet(t *testing.T) {
	full := errors.New("disk full")
	if _, err := WriteParquet(failing{full}, Options{Rows: 50}, ParquetLayout{}); !errors.Is(err, full) {
		t.Errorf("%v, want %v", err, full)
	}
}

func TestSameOptionsMakeTheSameParquet(t *testing.T) {
	o := Options{Rows: 300, Seed: 7, Invalid: 5, Duplicates: 5}
	first, _ := writeParquet(t, o, ParquetLayout{})
	second, _ := writeParquet(t, o, ParquetLayout{})
	if !bytes.Equal(first, second) {
		t.Error("two files with the same options differ")
	}
}
