package main

import (
	"fmt"
	"strings"
	"testing"

	"ph2cio/internal/testkit/parquets"
)

const (
	faultyRows = 90
	faultyRow  = `{"uuid":"019cb84c-40bc-7204-b360-%012[1]d","event":"Order Completed","distinct_id":"user_%[2]d","timestamp":"2026-03-04T10:%02[2]d:11+00:00",` +
		`"person_properties":{"n":%[1]d},"properties":{"total":%[1]d,"note":"a long enough note, for pages of few rows"}}`
)

// faultyExport returns rows as lines of JSON, and as a Parquet file with row groups and pages of few rows.
func faultyExport(t *testing.T, layout parquets.Layout) (lines []string, file []byte) {
	t.Helper()
	var all strings.Builder
	for i := range faultyRows {
		line := fmt.Sprintf(faultyRow, i, i%7) + "\n"
		lines = append(lines, line)
		all.WriteString(line)
	}
	layout.Group, layout.Page = faultyRows/3, 100
	table := parquets.Events(t, []byte(all.String()))
	for i := range table {
		if table[i].Name == "properties" { // the rows do not lack it, but Parquet files of PostHog may
			table[i].Values[0] = nil
			lines[0] = strings.Replace(lines[0], `,"properties":{"total":0,"note":"a long enough note, for pages of few rows"}`, "", 1)
		}
	}
	return lines, parquets.Write(t, table, layout)
}

// TestFaultsCostOnlyTheirRows previews files that are damaged at every kind of place. All other rows become the
// same operations as if the lost ones had never been there, the damage is named, and the exit code is 6.
func TestFaultsCostOnlyTheirRows(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	for _, layout := range []parquets.Layout{{Codec: "zstd", Dictionary: true}, {Codec: "snappy", V2: true, Delta: true}} {
		t.Run(layout.String(), func(t *testing.T) {
			t.Parallel()
			lines, file := faultyExport(t, layout)
			r, rest := newRun(t, ""), map[[2]int64]outcome{}
			bits := 0
			for _, fault := range parquets.Faults(t, file, "properties") {
				if strings.HasPrefix(fault.Name, "a bit of byte") {
					if bits++; bits%40 != 1 { // the others are read by the tests of package parquet
						continue
					}
				}
				t.Run(fault.Name, func(t *testing.T) { r.checkFault(t, fault, lines, rest) })
			}
		})
	}
}

// checkFault previews a damaged file of these lines. rest has previews of the lines without lost ones.
func (r *run) checkFault(t *testing.T, fault parquets.Fault, lines []string, rest map[[2]int64]outcome) {
	r.t = t
	got := r.preview(r.write("faulty.parquet", string(fault.File)))
	read, trouble := int(got.summary["rows"].(map[string]any)["read"].(float64)), got.trouble
	switch {
	case fault.All:
		if got.code != 6 || read > 0 || len(got.operations) > 0 || trouble == "" {
			t.Errorf("exit code %d, %d rows\n%s", got.code, read, trouble)
		}
	case fault.Silent && read == len(lines) && got.code != 6:
	case fault.Unsure:
		if got.code != 6 || read < int(fault.Lost[0])+len(lines)-int(fault.Lost[1]) {
			t.Errorf("exit code %d, %d rows\n%s", got.code, read, trouble)
		}
	default:
		want, known := rest[fault.Lost]
		if !known {
			sound := lines[:fault.Lost[0]:fault.Lost[0]]
			want = r.preview(r.write("sound.jsonl", strings.Join(append(sound, lines[fault.Lost[1]:]...), "")))
			rest[fault.Lost] = want
		}
		if got.operations != want.operations || got.code != 6 || !strings.Contains(trouble, "row group 2") {
			t.Errorf("exit code %d, %d rows, the same operations: %t\n%s", got.code, read, got.operations == want.operations, trouble)
		}
		if lost := fault.Lost[1] - fault.Lost[0]; lost > 0 && !strings.Contains(trouble, fmt.Sprintf("(%d row", lost)) {
			t.Errorf("it is not said that %d rows are lost\n%s", lost, trouble)
		}
	}
}

// TestAMendedParquetFileIsSentWhole sends what a damaged file has, and on the next night, when it has been exported
// again, the rest and nothing twice. It takes some of the faults, since the other tests have all of them.
func TestAMendedParquetFileIsSentWhole(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	lines, file := faultyExport(t, parquets.Layout{Codec: "zstd"})
	seen := 0
	for _, fault := range parquets.Faults(t, file, "properties") {
		if fault.Unsure || strings.HasPrefix(fault.Name, "a bit of byte") || !strings.Contains(fault.Name, "page") {
			continue
		}
		if seen++; seen%3 != 1 {
			continue
		}
		t.Run(fault.Name, func(t *testing.T) {
			n := newParquetNights(t)
			n.write("export/a.parquet", string(fault.File))
			lost := fault.Lost[1] - fault.Lost[0]
			if fault.All {
				lost = faultyRows
			}
			n.sync(6, faultyRows-lost)
			n.sync(6, 0)
			n.write("export/a.parquet", string(file))
			n.sync(0, lost)
			n.sync(0, 0)
			n.holds(strings.Join(lines, ""))
		})
	}
}
