package posthog

import (
	"testing"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
	"ph2cio/internal/testkit/race"
)

func TestDecodingAllocatesNothingForARow(t *testing.T) {
	const rows = 300
	text := makeRows(rows)
	for name, file := range map[string][]byte{
		"JSON lines": text, "ClickHouse CSV": asClickHouseCSV(t, text), "events explorer CSV": asExplorerCSV(t, text),
	} {
		types := NewColumnTypes(nil)
		chunks, refused := cutBytes(file, Options{Types: types})
		if refused != nil || len(chunks) != 1 {
			t.Fatalf("%s: %d chunks, %v", name, len(chunks), refused)
		}
		for range chunks[0].Events() { // the first cell of each kind is kept
		}
		types.Add(chunks[0].FoundCells())
		decoded := 0
		allocations := testing.AllocsPerRun(20, func() {
			for range chunks[0].Events() {
				decoded++
			}
		})
		if decoded != 21*rows || allocations > rows/10 {
			t.Errorf("%s: %.0f allocations for %d rows", name, allocations, rows)
		}
	}
}

// TestDecodingParquetAllocatesNothingForARow does the same with columns of PostHog's, and with properties in
// columns of their own.
func TestDecodingParquetAllocatesNothingForARow(t *testing.T) {
	if race.Enabled() {
		t.Skip("encoding/json takes its scanners from a pool")
	}
	const rows = 300
	lines := makeRows(rows)
	for name, table := range map[string][]parquets.Column{
		"batch export": parquets.Events(t, lines), "properties in columns": flatTable(rows),
	} {
		input := sourceOf(t, "x.parquet", parquets.Write(t, table, parquets.Layout{}))
		for chunk, err := range Read(t.Context(), []source.Source{input}, Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			decoded := 0
			allocations := testing.AllocsPerRun(20, func() {
				for range chunk.Events() {
					decoded++
				}
			})
			if decoded != 21*rows || allocations > rows/10 {
				t.Errorf("%s: %.0f allocations for %d rows", name, allocations, rows)
			}
			chunk.Release()
		}
	}
}

// flatTable is a table with columns of properties of several types.
func flatTable(rows int) []parquets.Column {
	table := tableOf("event", "a", "distinct_id", 1001.0, "JSON id", `"x"`, "properties.t", "x", "properties.n", int64(1), "properties.d", 0.5,
		"JSON properties.j", `{"a":[1]}`, "person.properties.b", true, "properties", `{"own":1}`)
	for i := range table {
		for range rows - 1 {
			table[i].Values = append(table[i].Values, table[i].Values[0])
		}
	}
	return table
}
