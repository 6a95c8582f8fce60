package posthog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// readRows reads sources to the end. It also reads them from a store in memory that returns few bytes at a
// time; the rows must be the same.
func readRows(t *testing.T, files []source.Source, o Options) (rows []row, troubles []*SourceError) {
	t.Helper()
	rows, troubles = readOnce(t, files, o)
	const most = 4 << 20 // bytes that are read more than once
	size := int64(0)
	for _, file := range files {
		info, err := os.Stat(file.Name)
		if err != nil || !info.Mode().IsRegular() || file.In != nil {
			return rows, troubles
		}
		size += info.Size()
	}
	if size > most || o.Types != nil || !o.WrittenSince.IsZero() { // reading determines types, and objects in a store are never half written
		return rows, troubles
	}
	damaged := slices.ContainsFunc(troubles, func(e *SourceError) bool { return e.Kind == Damaged })
	for name, manners := range map[string]sources.Manners{
		"at any offset": {AnyOffset: true, Sips: 3000},
		"in order":      {Sips: 70_000},
	} {
		if damaged && !manners.AnyOffset {
			continue // reading resumes after damage by offsets, which this store does not have
		}
		store := sources.New(manners)
		far, said := readOnce(t, store.Copy(t, files), o)
		if n := store.Unclosed(); n > 0 {
			t.Errorf("from a store, %s: %d files are not closed", name, n)
		}
		if diff := cmp.Diff(rows, far); diff != "" {
			t.Errorf("from a store, %s: %s", name, diff)
		}
		if diff := cmp.Diff(fmt.Sprint(troubles), fmt.Sprint(said)); diff != "" {
			t.Errorf("from a store, %s: %s", name, diff)
		}
	}
	return rows, troubles
}

func readOnce(t *testing.T, sources []source.Source, o Options) (rows []row, troubles []*SourceError) {
	t.Helper()
	number := 0
	for c, err := range Read(t.Context(), sources, o) {
		if err != nil {
			trouble, ok := errors.AsType[*SourceError](err)
			if !ok {
				t.Fatal(err)
			}
			troubles = append(troubles, trouble)
			continue
		}
		if c.Number != number {
			t.Fatalf("chunk %d after %d", c.Number, number-1)
		}
		number++
		rows = append(rows, chunkRows(t, c)...)
		c.Release()
	}
	return rows, troubles
}

// numbered returns rows with the names a0, a1 and so on.
func numbered(prefix string, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"event":"%s%d","distinct_id":"u","properties":{"filler":"%s"}}`+"\n", prefix, i, strings.Repeat("x", i%50))
	}
	return b.Bytes()
}

func names(rows []row) (all []string) {
	for _, r := range rows {
		all = append(all, r.Name)
	}
	return all
}

func TestReadKeepsOrderAndNumbersAllRows(t *testing.T) {
	plain, zipped, rowwise := numbered("a", 3000), zip(t, numbered("b", 2000), false), zip(t, numbered("c", 1000), true)
	sources := []source.Source{
		sourceOf(t, "a.jsonl", plain), sourceOf(t, "empty", nil), sourceOf(t, "b.jsonl.gz", zipped),
		sourceOf(t, "empty.gz", zip(t, nil, false)), sourceOf(t, "c.gz", rowwise),
	}
	rows, troubles := readRows(t, sources, Options{window: 10_000})
	if len(troubles) > 0 {
		t.Fatal(troubles)
	}
	var want []string
	for _, part := range []struct {
		prefix string
		n      int
	}{{"a", 3000}, {"b", 2000}, {"c", 1000}} {
		for i := range part.n {
			want = append(want, fmt.Sprint(part.prefix, i))
		}
	}
	if diff := cmp.Diff(want, names(rows)); diff != "" {
		t.Error(diff)
	}
	for i, r := range rows {
		if r.Ref != uint64(i) {
			t.Fatalf("row %d has number %d", i, r.Ref)
		}
	}
	if rows[3000].Line != 1 || rows[4999].Line != 2000 {
		t.Errorf("lines %d and %d", rows[3000].Line, rows[4999].Line)
	}
}

func TestReadReportsBytesOfAllSources(t *testing.T) {
	sources := []source.Source{
		sourceOf(t, "a.jsonl", numbered("a", 3000)), sourceOf(t, "b.gz", zip(t, numbered("b", 3000), true)), sourceOf(t, "c.gz", zip(t, numbered("c", 3000), false)),
	}
	total, last := int64(0), int64(0)
	for _, s := range sources {
		total += s.Size
	}
	for c, err := range Read(t.Context(), sources, Options{window: 10_000}) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Bytes < last {
			t.Fatalf("%d bytes after %d", c.Bytes, last)
		}
		last = c.Bytes
		c.Release()
	}
	if last != total {
		t.Errorf("%d bytes of %d", last, total)
	}
}

func TestTroubleWithASourceDoesNotEndTheReading(t *testing.T) {
	good := sourceOf(t, "good.jsonl", numbered("a", 2))
	directory := source.Source{Name: t.TempDir()}
	sources := []source.Source{
		{Name: filepath.Join(t.TempDir(), "gone.jsonl")}, good, sourceOf(t, "persons.jsonl", []byte(personRow)), directory, good,
	}
	rows, troubles := readRows(t, sources, Options{})
	if diff := cmp.Diff([]string{"a0", "a1", "a0", "a1"}, names(rows)); diff != "" {
		t.Error(diff)
	}
	var kinds []SourceTrouble
	for _, trouble := range troubles {
		kinds = append(kinds, trouble.Kind)
	}
	if diff := cmp.Diff([]SourceTrouble{Gone, Refused, Gone}, kinds); diff != "" {
		t.Error(diff, troubles)
	}
	if !errors.Is(troubles[0], os.ErrNotExist) {
		t.Errorf("the cause is lost: %v", troubles[0])
	}
}

func TestDamagedGzipDeliversTheGoodRows(t *testing.T) {
	text := bytes.Repeat(makeRows(300), 2) // about 1 MB, much more than is held back with these windows
	all := bytes.Count(text, newline)
	member, rowwise := zip(t, text, false), zip(t, text, true)
	short := zip(t, makeRows(100), false)
	flip := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		data[at] ^= 0x10
		return data
	}
	for _, test := range []struct {
		name        string
		file        []byte
		least, most int // rows
	}{
		{"one member, half", member[:len(member)/2], all / 3, 2 * all / 3},
		{"one member, no trailer", member[:len(member)-8], all, all},
		{"one member, wrong checksum", flip(member, len(member)-8), 0, all - 1},
		{"a small member, wrong checksum", flip(short, len(short)-8), 0, 0},
		{"a small member, half", short[:len(short)/2], 10, 90},
		{"a member a row, half", rowwise[:len(rowwise)/2+100], all / 3, 2 * all / 3},
		{"a member a row, one wrong", flip(rowwise, len(rowwise)/2), all - 2, all - 1},
		{"a member a row, the first one wrong", flip(rowwise, 30), all - 1, all - 1},
		{"a member a row, the last one wrong", flip(rowwise, len(rowwise)-8), all - 1, all - 1},
		{"a member a row, no trailer", rowwise[:len(rowwise)-3], all - 1, all},
	} {
		t.Run(test.name, func(t *testing.T) {
			sources := []source.Source{sourceOf(t, "x.gz", test.file), sourceOf(t, "next.jsonl", []byte(eventRow))}
			rows, troubles := readRows(t, sources, Options{window: 50_000})
			if len(troubles) != 1 || troubles[0].Kind != Damaged {
				t.Fatalf("%v", troubles)
			}
			if n := len(rows) - 1; n < test.least || n > test.most || rows[n].Name != "a" {
				t.Errorf("%d rows, want %d to %d", n, test.least, test.most)
			}
			for _, r := range rows {
				if r.Reason != "" {
					t.Fatalf("a row of the damaged part: %+v", r)
				}
			}
		})
	}
}

func TestReadStopsWhereTheCallerStops(t *testing.T) {
	var sources []source.Source
	for i := range 5 {
		sources = append(sources, sourceOf(t, fmt.Sprint(i), zip(t, numbered("a", 3000), i%2 == 0)))
	}
	for stop := range 8 {
		for c, err := range Read(t.Context(), sources, Options{window: 10_000}) {
			if err != nil {
				t.Fatal(err)
			}
			if c.Number == stop {
				break
			}
		}
		if err := goleak.Find(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCancelIsTheLastThingYielded(t *testing.T) {
	input := sourceOf(t, "a.jsonl", numbered("a", 5000))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	yielded := 0
	for c, err := range Read(ctx, []source.Source{input, input}, Options{window: 10_000}) {
		if last != nil {
			t.Fatalf("%v, %v after %v", c, err, last)
		}
		last = err
		if yielded++; yielded == 3 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || yielded != 4 {
		t.Errorf("%v after %d", last, yielded)
	}
	for _, err := range Read(ctx, []source.Source{input}, Options{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v when cancelled before", err)
		}
	}
}

// ends reads sources once and returns what a second pass needs.
func ends(t *testing.T, sources []source.Source, o Options) (until []int64, sums []uint64, rows []row) {
	t.Helper()
	until = make([]int64, len(sources))
	for c, err := range Read(t.Context(), sources, o) {
		if err != nil {
			continue
		}
		until[c.Source] = c.End
		rows = append(rows, chunkRows(t, c)...)
		sums = append(sums, c.Sum())
		c.Release()
	}
	return until, sums, rows
}

// trusting reads sources again, relying on the first pass.
func trusting(t *testing.T, sources []source.Source, o Options, sums []uint64) (rows []row, errs []error) {
	t.Helper()
	for c, err := range Read(t.Context(), sources, o) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found := chunkRows(t, c)
		if err := c.Trust(sums[c.Number]); err != nil {
			errs = append(errs, err)
		} else {
			rows = append(rows, found...)
		}
		c.Release()
	}
	return rows, errs
}

func mixedRows() []byte {
	var b bytes.Buffer
	for i := range 600 {
		fmt.Fprintf(&b, `{"event":"e%d","distinct_id":"u%d"}`+"\n", i, i)
		b.WriteString(jsonRows[i%len(jsonRows)] + "\n")
	}
	return b.Bytes()
}

func TestSecondReadingIsTheFirst(t *testing.T) {
	csvRows := "event,distinct_id,properties,timestamp\n" + strings.Repeat(strings.Join(csvTexts[:14], ""), 30)
	texts := map[string][]byte{
		"mixed.jsonl": mixedRows(), "rows.csv": []byte(csvRows), "one.gz": zip(t, mixedRows(), false), "many.gz": zip(t, mixedRows(), true),
		"empty": nil, "persons": []byte(personRow), "damaged.gz": zip(t, makeRows(100), false)[:20_000], "rowwise.gz": zip(t, makeRows(100), true)[:40_000],
		"no newline": []byte(eventRow + strings.TrimSpace(eventRow)), "cut": []byte(eventRow + eventRow[:10]), "long": []byte(eventRow + `{"event":"` + strings.Repeat("x", 200_000)),
		"open quote.csv": []byte(csvRows + "a,\"u,{},\n" + strings.Repeat("a,u,{},\n", 500)),
	}
	for name, text := range texts {
		for _, window := range []int{1000, 50_000} {
			input := sourceOf(t, name, text)
			o := Options{window: window, MaxRow: 20_000}
			until, sums, first := ends(t, []source.Source{input}, o)
			for _, grown := range []string{"", eventRow + "more"} {
				file, err := os.OpenFile(input.Name, os.O_APPEND|os.O_WRONLY, 0)
				if err != nil {
					t.Fatal(err)
				}
				file.WriteString(grown)
				file.Close()
				o.Until = until
				second, errs := trusting(t, []source.Source{input}, o, sums)
				if len(errs) > 0 {
					t.Fatalf("%s in windows of %d, grown by %q: %v", name, window, grown, errs)
				}
				if diff := cmp.Diff(first, second); diff != "" {
					t.Fatalf("%s in windows of %d, grown by %q:\n%s", name, window, grown, diff)
				}
			}
		}
	}
}

func TestASecondReadingStopsAfterAnyChunk(t *testing.T) {
	texts := map[string][]byte{
		"mixed.jsonl": mixedRows(), "one.gz": zip(t, mixedRows(), false), "many.gz": zip(t, mixedRows(), true),
		"rows.csv": []byte("event,distinct_id,properties,timestamp\n" + strings.Repeat(strings.Join(csvTexts[:14], ""), 30)),
		"long":     []byte(eventRow + `{"event":"` + strings.Repeat("x", 50_000) + "\"}\n" + strings.Repeat(eventRow, 90)),
	}
	for name, text := range texts {
		input := sourceOf(t, name, text)
		o := Options{window: 1000, MaxRow: 20_000}
		var ends []int64
		var upTo []int
		var sums []uint64
		var first []row
		for c, err := range Read(t.Context(), []source.Source{input}, o) {
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, chunkRows(t, c)...)
			ends, upTo, sums = append(ends, c.End), append(upTo, len(first)), append(sums, c.Sum())
			c.Release()
		}
		for i, end := range ends {
			o.Until = []int64{end}
			second, errs := trusting(t, []source.Source{input}, o, sums)
			if len(errs) > 0 {
				t.Fatalf("%s up to chunk %d: %v", name, i, errs)
			}
			if diff := cmp.Diff(first[:upTo[i]], second); diff != "" {
				t.Fatalf("%s up to chunk %d:\n%s", name, i, diff)
			}
		}
	}
}

func TestSecondReadingNoticesAChange(t *testing.T) {
	text := numbered("a", 5000)
	for name, change := range map[string]func(path string){
		"shorter": func(path string) { os.Truncate(path, int64(len(text)/2)) },
		"empty":   func(path string) { os.Truncate(path, 0) },
		"a byte":  func(path string) { os.WriteFile(path, bytes.Replace(text, []byte("a4000"), []byte("b4000"), 1), 0o600) },
		"gzip":    func(path string) { z := zip(t, text, false); os.WriteFile(path, z[:len(z)/2], 0o600) },
	} {
		input := sourceOf(t, "a.jsonl", text)
		o := Options{window: 10_000}
		until, sums, first := ends(t, []source.Source{input}, o)
		change(input.Name)
		o.Until = until
		rows, errs := trusting(t, []source.Source{input}, o, sums)
		if len(errs) == 0 || len(rows) >= len(first) {
			t.Fatalf("%s: %d rows of %d, %v", name, len(rows), len(first), errs)
		}
		for _, err := range errs {
			if trouble, ok := errors.AsType[*SourceError](err); !ok || trouble.Kind != Changed || trouble.Advice == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A row that is longer than several windows is put together from them.
func TestARowOfManyWindows(t *testing.T) {
	long := strings.Repeat("x", 5*windowSize+777)
	for _, end := range []string{"\n", ""} {
		text := eventRow + `{"event":"b","distinct_id":"u","properties":{"long":"` + long + `"}}` + "\n" + strings.TrimSuffix(eventRow, "\n") + end
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "a.jsonl", []byte(text))}, Options{})
		if len(troubles) > 0 || len(rows) != 3 || rows[1].Name != "b" || rows[1].Properties != `{"long":"`+long+`"}` || rows[2].Line != 3 {
			t.Errorf("%d rows, %v", len(rows), troubles)
		}
	}
}

func TestRowsThatAreTooLongDoNotFillMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(eventRow)
	for range 60 {
		file.Write(bytes.Repeat([]byte("x"), windowSize))
	}
	file.WriteString("\n" + eventRow)
	file.Close()
	rows, troubles := readRows(t, []source.Source{{Name: path}}, Options{MaxRow: 3 * windowSize})
	if len(troubles) > 0 {
		t.Fatal(troubles)
	}
	want := []row{{Name: "a", DistinctID: "u", Line: 1}, {Reason: RowTooLong, Ref: 1, Line: 2}, {Name: "a", DistinctID: "u", Ref: 2, Line: 3}}
	for i := range rows {
		rows[i].Properties, rows[i].Members = "", nil
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestRowErrorShowsTheRow(t *testing.T) {
	input := sourceOf(t, "x.jsonl", []byte(eventRow+`{"event":"a","distinct_id":`+strings.Repeat(" ", 10_000)+"}\n"+`{"event`))
	var bad []string
	for c, err := range Read(t.Context(), []source.Source{input}, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range c.Events() {
			if err != nil {
				bad = append(bad, fmt.Sprintf("%s %d %.10s %d", err.Error()[len(input.Name):], err.Ref, err.Row, len(err.Row)))
			}
		}
	}
	want := []string{
		`:2: the row is not valid JSON: invalid character '}' looking for beginning of value 1 {"event":" 4096`,
		`:3: the row is not valid JSON: unexpected end of JSON input (the file ends here, without a newline) 2 {"event 7`,
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Error(diff)
	}
}

// PostHog's own names hold characters that Windows does not allow and that globs could stumble over.
func TestFindTakesTheNamesThatPostHogGives(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no colons in names")
	}
	const name = "2026-03-04T00:00:00+00:00-2026-03-10T00:00:00+00:00.jsonl.gz"
	t.Chdir(t.TempDir())
	if err := os.WriteFile(name, zip(t, []byte(eventRow), true), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{name, "./" + name, ".", "*.gz", "2026-03-04T00:00:00+00:00-*"} {
		sources, err := source.Find(t.Context(), []string{arg}, nil)
		if err != nil || len(sources) != 1 || filepath.Base(sources[0].Name) != name {
			t.Fatalf("%s: %v, %v", arg, sources, err)
		}
		if rows, troubles := readRows(t, sources, Options{}); len(rows) != 1 || len(troubles) > 0 {
			t.Errorf("%s: %v, %v", arg, rows, troubles)
		}
	}
}
