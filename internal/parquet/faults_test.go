package parquet_test

import (
	"errors"
	"slices"
	"testing"

	"ph2cio/internal/codec"
	"ph2cio/internal/testkit/parquets"
)

// TestFaultsCostTheRowsBehindThem damages files at every kind of place. Rows before and after what is damaged
// are all there, no row comes that was not written, and the damage is reported with the number of rows.
func TestFaultsCostTheRowsBehindThem(t *testing.T) {
	const rows = 90
	table := examples(rows)
	for _, layout := range []parquets.Layout{
		{}, {Codec: "zstd", Dictionary: true}, {Codec: "snappy", V2: true, Delta: true}, {V2: true, Lengths: true}, {Codec: "gzip", V2: true, Dictionary: true},
	} {
		layout.Group, layout.Page = 30, 100
		sound := parquets.Write(t, table, layout)
		want, gaps, err := read(t, sound, 1000)
		if err != nil || len(gaps) > 0 || len(want) != rows {
			t.Fatalf("%s: %d rows, %v, %v", layout, len(want), gaps, err)
		}
		for _, fault := range parquets.Faults(t, sound, "text") {
			t.Run(layout.String()+"/"+fault.Name, func(t *testing.T) { check(t, fault, want) })
		}
	}
}

func check(t *testing.T, fault parquets.Fault, want []string) {
	got, gaps, err := read(t, fault.File, 1000)
	if fault.All {
		if _, ok := errors.AsType[*codec.Damage](err); !ok || len(got) > 0 {
			t.Fatalf("%d rows, %v, want that nothing can be read", len(got), err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	from, to := int(fault.Lost[0]), int(fault.Lost[1])
	if !fault.Unsure {
		if !slices.Equal(got, slices.Concat(want[:from], want[to:])) {
			t.Errorf("%d rows, want all %d but those from %d to %d", len(got), len(want), from, to)
		}
		if len(gaps) != 1 || gaps[0].Rows != int64(to-from) && to > from {
			t.Errorf("%v, want one gap of %d rows", gaps, to-from)
		}
		return
	}
	after := len(want) - to
	if len(got) < from+after || !slices.Equal(got[:from], want[:from]) || !slices.Equal(got[len(got)-after:], want[to:]) {
		t.Errorf("%d rows, without some before %d or after %d", len(got), from, to)
	}
	if len(gaps) != 1 && !(len(gaps) == 0 && fault.Silent) {
		t.Errorf("%v, want one gap", gaps)
	}
	if all := len(want) - int(fault.Less); len(gaps) == 1 && len(got)+int(gaps[0].Rows) != all {
		t.Errorf("%d rows, and a gap of %d, want %d together", len(got), gaps[0].Rows, all)
	}
}
