package posthog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/format"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
	"ph2cio/internal/testkit/sources"
)

// groupsOf writes rows e0, e1 and so on as Parquet in row groups of 100, and damages the column `properties`
// of these groups from their second page on. kept returns the names of the rows before that page, and of all
// rows of other groups.
func groupsOf(t *testing.T, rows int, damaged ...int) (file []byte, kept []string) {
	t.Helper()
	parts := parquets.Take(t, parquets.Write(t, parquets.Events(t, numbered("e", rows)), parquets.Layout{Group: 100, Page: 1000}))
	column := parts.Column("properties")
	for i, group := range parts.Groups {
		end := int(group.Rows)
		if slices.Contains(damaged, i) {
			pages := group.Columns[column].Pages
			end = int(pages[0].Header.DataPageHeader.V.NumValues)
			pages[1].Data[len(pages[1].Data)/2] ^= 0x40
		}
		for row := range end {
			kept = append(kept, fmt.Sprintf("e%d", 100*i+row))
		}
	}
	return parts.File(t), kept
}

// TestRowsAfterADamagedPageAreLeftOutUpToTheNextRowGroup damages row groups. The rows that are missing take
// no number, the summary says how many they are, and a second pass finds the same.
func TestRowsAfterADamagedPageAreLeftOutUpToTheNextRowGroup(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		damaged []int
		want    string
	}{
		{[]int{1}, `1 part of the file is damaged`},
		{[]int{0}, `1 part of the file is damaged`},
		{[]int{3}, `1 part of the file is damaged`},
		{[]int{0, 2}, `2 parts of the file are damaged`},
		{[]int{0, 1, 2, 3}, `4 parts of the file are damaged`},
	} {
		file, kept := groupsOf(t, 400, test.damaged...)
		for _, window := range []int{900, 20_000} {
			o := Options{window: window}
			all := []source.Source{sourceOf(t, "x.parquet", file), sourceOf(t, "next.jsonl", []byte(eventRow))}
			rows, troubles := readOnce(t, all, o)
			if diff := cmp.Diff(append(slices.Clone(kept), "a"), names(rows)); diff != "" {
				t.Errorf("groups %v: %s", test.damaged, diff)
			}
			for i, r := range rows[:len(rows)-1] {
				if r.Ref != uint64(i) || r.Line != int64(i)+1 {
					t.Fatalf("groups %v: row %d has number %d and line %d", test.damaged, i, r.Ref, r.Line)
				}
			}
			want := fmt.Sprintf("%s (%d rows are lost): row group %d, column \"properties\"", test.want, 400-len(kept), test.damaged[0]+1)
			if len(troubles) != 1 || troubles[0].Kind != Damaged || troubles[0].Doubtful || !strings.Contains(troubles[0].Error(), want) ||
				!strings.Contains(troubles[0].Error(), "; all other rows are used") || strings.Contains(troubles[0].Advice, "--accept") {
				t.Errorf("groups %v: %v, want %q", test.damaged, troubles, want)
			}
			o.Known = []*SourceError{troubles[0], nil}
			if again, said := readOnce(t, all, o); !cmp.Equal(rows, again) || fmt.Sprint(said) != fmt.Sprint(troubles) {
				t.Errorf("groups %v, second reading: %d rows, %v", test.damaged, len(again), said)
			}
		}
	}
}

// TestParquetWithoutItsEndIsNotUsed cuts a file off at many places. Nothing of it is used, and the next file
// is read.
func TestParquetWithoutItsEndIsNotUsed(t *testing.T) {
	t.Parallel()
	file := parquets.Write(t, parquets.Events(t, numbered("e", 100)), parquets.Layout{Codec: "zstd"})
	for size := len(file) - 1; size >= 4; size -= 1 + size/9 {
		all := []source.Source{sourceOf(t, "x.parquet", file[:size]), sourceOf(t, "next.jsonl", []byte(eventRow))}
		rows, troubles := readOnce(t, all, Options{})
		if len(rows) != 1 || len(troubles) != 1 || troubles[0].Kind != Damaged || troubles[0].Sound != 0 || !strings.Contains(troubles[0].Error(), "nothing in the file is used") {
			t.Errorf("%d of %d bytes: %d rows, %v", size, len(file), len(rows), troubles)
			continue
		}
		o := Options{Known: []*SourceError{troubles[0], nil}}
		if again, said := readOnce(t, all, o); len(again) != 1 || fmt.Sprint(said) != fmt.Sprint(troubles) {
			t.Errorf("%d bytes, second reading: %d rows, %v", size, len(again), said)
		}
	}
}

// TestParquetInAStore reads it from stores: at any offset, in order only, and where reading fails.
func TestParquetInAStore(t *testing.T) {
	t.Parallel()
	lines := numbered("e", 3000)
	file := parquets.Write(t, parquets.Events(t, lines), parquets.Layout{Group: 500})
	next := []byte(eventRow)
	store := sources.New(sources.Manners{AnyOffset: true, Sips: 700})
	rows, troubles := readOnce(t, []source.Source{store.Put("x", file), store.Put("next", next)}, Options{window: 10_000})
	if len(rows) != 3001 || troubles != nil || store.Unclosed() > 0 {
		t.Errorf("at any offset: %d rows, %v, %d not closed", len(rows), troubles, store.Unclosed())
	}
	store = sources.New(sources.Manners{Sips: 700})
	rows, troubles = readOnce(t, []source.Source{store.Put("x", file), store.Put("next", next)}, Options{})
	if len(rows) != 1 || len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Advice, "copy it to this machine") {
		t.Errorf("in order: %d rows, %v", len(rows), troubles)
	}
	store = sources.New(sources.Manners{AnyOffset: true, FailAt: int64(len(file)) / 2})
	rows, troubles = readOnce(t, []source.Source{store.Put("x", file), store.Put("next", next)}, Options{window: 10_000})
	if len(rows) != 1 || len(troubles) != 1 || troubles[0].Kind != Gone {
		t.Errorf("a footer that cannot be read: %d rows, %v", len(rows), troubles)
	}
}

// TestAParquetFileThatWasReplacedHasChanged reads other rows in a second pass.
func TestAParquetFileThatWasReplacedHasChanged(t *testing.T) {
	t.Parallel()
	o := Options{window: 2000}
	write := func(prefix string, rows int) []byte {
		return parquets.Write(t, parquets.Events(t, numbered(prefix, rows)), parquets.Layout{})
	}
	for name, file := range map[string][]byte{"others": write("o", 300), "fewer": write("e", 200), "cut": write("e", 300)[:900]} {
		input := sourceOf(t, "x.parquet", write("e", 300))
		until, sums, _ := ends(t, []source.Source{input}, o)
		replaced := sourceOf(t, "x.parquet", file)
		replaced.Size = int64(len(file))
		second := o
		second.Until = until
		if _, errs := trusting(t, []source.Source{replaced}, second, sums); len(errs) == 0 {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestParquetMayExpandMoreThanOtherFiles reads rows of one person with large properties, and rows that repeat
// so much that nobody has collected them. Such a file cannot be decompressed by people, as others can.
func TestParquetMayExpandMoreThanOtherFiles(t *testing.T) {
	t.Parallel()
	const rows = 1200
	write := func(uuid string) (file []byte, ratio int) {
		const size = 20_000
		random := rand.New(rand.NewPCG(1, 2))
		var lines strings.Builder
		for range rows {
			fmt.Fprintf(&lines, `{"event":"a","distinct_id":"u",`+uuid+`"person_properties":{"x":"%s"}}`+"\n", random.Uint64(), random.Uint64(), strings.Repeat("x", size))
		}
		file = parquets.Write(t, parquets.Events(t, []byte(lines.String())), parquets.Layout{Codec: "zstd", Dictionary: true})
		parts := parquets.Take(t, file) // without the least and the largest properties, which the writer notes
		for i := range parts.Groups[0].Columns {
			parts.Groups[0].Columns[i].Meta.Statistics = format.Statistics{}
		}
		for page := range parts.Pages() {
			page.Header.DataPageHeader.V.Statistics = format.Statistics{}
		}
		file = parts.File(t)
		return file, rows * size / len(file)
	}
	o := Options{bombSize: 16 << 20}
	file, ratio := write(`"uuid":"%016x%016x",`)
	read, troubles := readOnce(t, []source.Source{sourceOf(t, "x.parquet", file)}, o)
	if len(read) != rows || troubles != nil || ratio < 400 {
		t.Errorf("%d times larger: %d rows, %v", ratio, len(read), troubles)
	}
	file, ratio = write(`"not read":"%x%x",`)
	_, troubles = readOnce(t, []source.Source{sourceOf(t, "x.parquet", file)}, o)
	if len(troubles) != 1 || troubles[0].Kind != Damaged || !strings.Contains(troubles[0].Error(), "more than 3000 times") ||
		troubles[0].Advice != hintWriteAnew {
		t.Errorf("%d times larger: %v", ratio, troubles)
	}
}

// TestReadingOfParquetStopsAtOnce ends the loop, and cancels the context, after some chunks of a file of
// many. All goroutines end, and the file is closed.
func TestReadingOfParquetStopsAtOnce(t *testing.T) {
	t.Parallel()
	file := parquets.Write(t, parquets.Events(t, numbered("e", 5000)), parquets.Layout{Group: 1000, Codec: "zstd"})
	for _, cancels := range []bool{false, true} {
		store := sources.New(sources.Manners{AnyOffset: true, Sips: 3000})
		ctx, cancel := context.WithCancel(t.Context())
		chunks := 0
		for c, err := range Read(ctx, []source.Source{store.Put("x", file), store.Put("y", file)}, Options{window: 5000}) {
			if err != nil {
				if !cancels || !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				break
			}
			c.Release()
			if chunks++; chunks < 3 {
				continue
			}
			if !cancels {
				break
			}
			cancel()
		}
		cancel()
		if chunks != 3 || store.Unclosed() > 0 {
			t.Errorf("cancelled %v: %d chunks, %d files not closed", cancels, chunks, store.Unclosed())
		}
	}
}
