package posthog

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

// perRow packs each row by itself, as PostHog does with gzip, and returns where each part begins.
func perRow(t *testing.T, p *packing.Packer, text []byte) (file []byte, starts []int) {
	t.Helper()
	for line := range bytes.Lines(text) {
		starts = append(starts, len(file))
		file = append(file, p.Pack(t, line, len(line))...)
	}
	return file, starts
}

func namesWithout(prefix string, n int, lost ...int) (names []string) {
	for i := range n {
		if !slices.Contains(lost, i) {
			names = append(names, fmt.Sprint(prefix, i))
		}
	}
	return names
}

func TestADamagedPartCostsItsOwnRows(t *testing.T) {
	const n = 500
	text := numbered("a", n)
	for _, p := range packing.All {
		if !p.Resyncs {
			continue
		}
		whole, starts := perRow(t, &p, text)
		end := func(i int) int { return starts[i+1] - 2 } // in the checksum
		for _, test := range []struct {
			name string
			at   []int // what is damaged
			lost []int // rows
		}{
			{"a checksum", []int{end(300)}, []int{300}},
			{"the first checksum", []int{end(0)}, []int{0}},
			{"a header", []int{starts[300]}, []int{300}},
			{"two in a row, and others", []int{end(5), end(6), starts[7], end(120), end(490)}, []int{5, 6, 7, 120, 490}},
		} {
			t.Run(p.Name+"/"+test.name, func(t *testing.T) {
				file := whole
				for _, at := range test.at {
					file = flip(file, at)
				}
				sources := []source.Source{sourceOf(t, "x", file), sourceOf(t, "next", []byte(eventRow))}
				for _, window := range []int{500, 10_000, windowSize} {
					o := Options{window: window}
					rows, troubles := readRows(t, sources, o)
					want := append(namesWithout("a", n, test.lost...), "a")
					if diff := cmp.Diff(want, names(rows)); diff != "" {
						t.Fatal(diff)
					}
					if len(troubles) != 1 || troubles[0].Kind != Damaged || troubles[0].Doubtful || troubles[0].Advice == "" {
						t.Fatal(troubles)
					}
					until, sums, first := ends(t, sources, o)
					for _, again := range []Options{{window: window, Until: until}, {window: window, Known: []*SourceError{troubles[0], nil}}} {
						second, errs := trusting(t, sources, again, sums)
						if diff := cmp.Diff(first, second); diff != "" || again.Until != nil && len(errs) > 0 {
							t.Error(diff, errs)
						}
					}
				}
			})
		}
	}
}

// A row that lies partly in a damaged part is lost. What is left of it is never joined to another row.
func TestNoRowReachesOverAGap(t *testing.T) {
	text := numbered("a", 300)
	for _, p := range packing.All {
		if !p.Resyncs {
			continue
		}
		var file []byte
		var parts [][]byte
		for part := range slices.Chunk(text, 97) {
			parts = append(parts, p.Pack(t, part, len(part)))
		}
		for i, part := range parts {
			if i%40 == 20 {
				part = flip(part, len(part)-2)
			}
			file = append(file, part...)
		}
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", file)}, Options{window: 2000})
		if len(troubles) != 1 || troubles[0].Kind != Damaged {
			t.Fatal(p.Name, troubles)
		}
		all := rowsOf(t, mustCut(t, text))
		if len(rows) < 280 || len(rows) > 298 {
			t.Errorf("%s: %d rows", p.Name, len(rows))
		}
		for _, r := range rows {
			if r.Reason == NotJSON {
				continue // an object within a row, after a gap, looks like the beginning of one
			}
			if !slices.ContainsFunc(all, func(one row) bool { return one.Name == r.Name && one.Properties == r.Properties }) {
				t.Errorf("%s: a row that was never there: %+v", p.Name, r)
			}
		}
	}
}

func TestDamageEndsWhatIsNotLines(t *testing.T) {
	csv := "event,distinct_id,timestamp\n" + strings.Repeat("a,u,2026-01-01\n", 100)
	list := "[\n" + strings.Repeat(`{"event":"a","distinct_id":"u"},`+"\n", 100) + "]"
	for _, text := range []string{csv, list} {
		for _, damaged := range []int{0, 50} {
			p := &packing.All[0]
			file, starts := perRow(t, p, []byte(text))
			input := sourceOf(t, "x", flip(file, starts[damaged+1]-2))
			rows, troubles := readRows(t, []source.Source{input}, Options{window: 200})
			if len(troubles) != 1 || troubles[0].Kind != Damaged || len(rows) != max(0, damaged-1) {
				t.Errorf("%q damaged at %d: %d rows, %v", text[:10], damaged, len(rows), troubles)
			}
		}
	}
}

func TestAcceptDamagedUsesThePartsToo(t *testing.T) {
	text := numbered("a", 100)
	for _, p := range packing.All {
		if !p.Resyncs {
			continue
		}
		file, starts := perRow(t, &p, text)
		input := sourceOf(t, "x", flip(file, starts[51]-2))
		rows, troubles := readRows(t, []source.Source{input}, Options{AcceptDamaged: true})
		if diff := cmp.Diff(namesWithout("a", 100), names(rows)); diff != "" || len(troubles) != 1 {
			t.Error(p.Name, diff, troubles)
		}
	}
}

// A file with very many damaged parts, made to keep the reader busy, is not read to its end.
func TestDamageWithoutEnd(t *testing.T) {
	const mostGaps = 1000
	good := packing.Gzip(t, []byte(eventRow), len(eventRow))
	file := bytes.Repeat(append(flip(good, len(good)-3), good...), mostGaps+500)
	rows, troubles := readRows(t, []source.Source{sourceOf(t, "x.gz", file)}, Options{})
	if len(rows) != mostGaps || len(troubles) != 1 || troubles[0].Kind != Damaged {
		t.Error(len(rows), troubles)
	}
}
