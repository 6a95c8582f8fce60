package posthog

import "testing"

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
