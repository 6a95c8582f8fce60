package parquet_test

import (
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/testkit/parquets"
)

func TestTextIsWhatWasWritten(t *testing.T) {
	table := examples(1500)
	want := rowsOf(table)
	for _, layout := range parquets.Layouts() {
		file := parquets.Write(t, table, layout)
		for _, window := range []int{1 << 20, 100} {
			got, gaps, err := read(t, file, window)
			if diff := difference(got, want); diff != "" || len(gaps) > 0 || err != nil {
				t.Errorf("%s: gaps %v, %v; %s", layout, gaps, err, diff)
			}
		}
	}
}

// The rows from a damaged page to the end of its row group are lost, and no others.
func TestRowsAfterADamagedPageAreLost(t *testing.T) {
	table := examples(3000)
	want := rowsOf(table)
	parts := parquets.Take(t, parquets.Write(t, table, parquets.Layout{Codec: "zstd", Group: 1000, Page: 2000}))
	lost := 1000
	pages := parts.Groups[1].Columns[0].Pages
	for _, page := range pages[:5] {
		lost -= int(page.Header.DataPageHeader.V.NumValues)
	}
	pages[5].Data[100] ^= 0x10
	got, gaps, err := read(t, parts.File(t), 1<<20)
	if err != nil || len(gaps) != 1 || gaps[0].Rows != int64(lost) {
		t.Fatalf("%d rows, gaps %v, %v", len(got), gaps, err)
	}
	if text := gaps[0].Error(); !strings.HasPrefix(text, `row group 2, column "text", page 6: its checksum does not match`) {
		t.Error(text)
	}
	if diff := difference(got, slices.Delete(want, 2000-lost, 2000)); diff != "" {
		t.Error(diff)
	}
}

// A page whose header speaks of fewer values than it has would give its column's values to rows of others. No
// checksum covers headers.
func TestAHeaderOfTooFewValuesGivesNoValueToAnotherRow(t *testing.T) {
	const rows = 3000
	table := examples(rows)
	want := rowsOf(table)
	for name, layout := range map[string]parquets.Layout{
		"plain":         {Group: 1000, Page: 2000},
		"pages v2":      {Group: 1000, Page: 2000, V2: true},
		"differences":   {Group: 1000, Page: 2000, Delta: true},
		"lengths first": {Group: 1000, Page: 2000, Lengths: true, Codec: "snappy"},
	} {
		file := parquets.Write(t, table, layout)
		for column := range 5 {
			parts := parquets.Take(t, file)
			header := &parts.Groups[1].Columns[column].Pages[0].Header
			header.DataPageHeader.V.NumValues = max(0, header.DataPageHeader.V.NumValues-3)
			header.DataPageHeaderV2.V.NumValues = max(0, header.DataPageHeaderV2.V.NumValues-3)
			got, gaps, err := read(t, parts.File(t), 1<<20)
			if err != nil || len(gaps) != 1 || gaps[0].Rows == 0 && len(got) == rows {
				t.Errorf("%s, column %s: %d rows, gaps %v, %v", name, table[column].Name, len(got), gaps, err)
				continue
			}
			lost := int(gaps[0].Rows)
			if diff := difference(got, slices.Concat(want[:2000-lost], want[2000:])); diff != "" {
				t.Errorf("%s, column %s: %s", name, table[column].Name, diff)
			}
		}
	}
}
