package synthetic

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSameOptionsMakeTheSameBytes(t *testing.T) {
	for _, shape := range []Shape{JSONL, CSVWithNames, UICSV} {
		o := Options{Shape: shape, Rows: 300, Seed: 7, Invalid: 5, Duplicates: 5}
		first, _ := write(t, o)
		second, _ := write(t, o)
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("shape %d: two exports with the same options differ", shape)
		}
		o.Seed++
		other, _ := write(t, o)
		if bytes.Equal(first.Bytes(), other.Bytes()) {
			t.Errorf("shape %d: another seed makes the same export", shape)
		}
	}
}

func TestInvalidRowsAreInvalidAndOthersValid(t *testing.T) {
	g := newGenerator(Options{Rows: 3000, Seed: 2, Invalid: 50})
	seen := map[damage]int{}
	for n := range int64(3000) {
		r := g.row(n)
		line := new(jsonl).appendRow(nil, r)
		seen[r.broken]++
		row, end := line[:len(line)-1], line[len(line)-1]
		if json.Valid(row) != (r.broken == whole) {
			t.Fatalf("row %d, damage %d: json.Valid says %t: %s", n, r.broken, json.Valid(row), row)
		}
		if end != '\n' || bytes.IndexByte(row, '\n') >= 0 || !utf8.Valid(row) && r.broken == whole {
			t.Fatalf("row %d is not one line of text: %q", n, line)
		}
	}
	for d := range damages {
		if seen[d] < 300 {
			t.Errorf("damage %d happened %d times in 3000", d, seen[d])
		}
	}
}

func TestUUIDsAreUniqueButForDuplicates(t *testing.T) {
	out, written := write(t, Options{Rows: 4_000, Seed: 3, Invalid: 1, Duplicates: 4})
	rows, uuids := map[string]int64{}, map[string]bool{}
	var copies int64
	for line := range bytes.Lines(out.Bytes()) {
		var row decoded
		if json.Unmarshal(line, &row) != nil || row.UUID == "" {
			continue
		}
		if rows[string(line)]++; rows[string(line)] > 1 {
			copies++
		} else if uuids[row.UUID] {
			t.Errorf("uuid %s on two different rows", row.UUID)
		}
		uuids[row.UUID] = true
	}
	near(t, "duplicates", float64(copies)/4_000, 0.04)
	if copies != written.Duplicates {
		t.Errorf("%d duplicates said, %d found", written.Duplicates, copies)
	}
}

func TestEveryoneHasARow(t *testing.T) {
	for _, test := range []struct{ rows, people int64 }{{1, 1}, {10, 3}, {1000, 1000}, {1000, 999}, {5000, 7}, {70_000, 6_000}} {
		g := newGenerator(Options{Rows: test.rows, People: test.people})
		seen := map[uint64]int{}
		for n := range test.rows {
			g.dice.throw(0, saltRow, uint64(n))
			seen[g.choosePerson(n)]++
		}
		if int64(len(seen)) != test.people {
			t.Errorf("%d of %d people have a row among %d", len(seen), test.people, test.rows)
		}
	}
}

func TestFewPeopleHaveMostRows(t *testing.T) {
	g := newGenerator(Options{Rows: 100_000, People: 1000})
	seen := map[uint64]int{}
	for n := range int64(100_000) {
		g.dice.throw(0, saltRow, uint64(n))
		seen[g.choosePerson(n)]++
	}
	counts := slices.Sorted(maps.Values(seen))
	most := 0
	for _, count := range counts[900:] {
		most += count
	}
	if share := float64(most) / 100_000; share < 0.4 || share > 0.9 {
		t.Errorf("a tenth of the people has %.2f of the rows", share)
	}
}

func TestCustomPropertiesChangeNowAndThen(t *testing.T) {
	var p person
	p.dice = newDice()
	versions, months := 0, 0
	for number := range uint64(50) {
		before := ""
		for at := firstDay; at.Before(lastDay); at = at.AddDate(0, 1, 0) {
			p.become(1, number, at)
			var o object
			o.open(nil)
			p.appendCustom(&o)
			now := string(o.close())
			if months++; now != before {
				versions++
			}
			before = now
		}
	}
	if share := float64(versions) / float64(months); share < 0.1 || share > 0.5 {
		t.Errorf("people differ from the month before in %.2f of all months", share)
	}
}

func TestSharesAddUp(t *testing.T) {
	sum, personless := 0.0, 0.0
	for _, k := range kinds {
		sum += k.share
		if k.personless {
			personless += k.share
		}
	}
	if sum != 100 || personless != 50 {
		t.Errorf("shares add up to %v, those of personless rows to %v", sum, personless)
	}
}

func TestClickHouseCSVHoldsTheSameRows(t *testing.T) {
	o := Options{Rows: 500, Seed: 4, Invalid: 4}
	g := newGenerator(o)
	o.Shape = CSVWithNames
	out, written := write(t, o)
	reader := csv.NewReader(out)
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil {
		t.Fatal(err)
	}
	var invalid int64
	for n := range o.Rows {
		cells, err := reader.Read()
		if err != nil {
			t.Fatal(err)
		}
		r := g.row(n)
		if len(cells) != len(header) || !json.Valid([]byte(cells[2])) {
			invalid++
			continue
		}
		got := []string{cells[0], cells[1], cells[2], cells[5], cells[6], cells[8], cells[10]}
		want := []string{string(r.uuid), r.name(), string(r.properties), string(r.distinctID), r.elements, string(r.personID), string(r.personProperties)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("row %d (-want +got):\n%s", n, diff)
		}
	}
	if _, err := reader.Read(); err != io.EOF {
		t.Errorf("after the last row: %v", err)
	}
	if invalid != written.Invalid || invalid == 0 {
		t.Errorf("%d invalid rows said, %d found", written.Invalid, invalid)
	}
}

func TestUICSVHasAColumnForEachProperty(t *testing.T) {
	o := Options{Rows: 400, Seed: 5, Shape: UICSV, Invalid: 2}
	out, written := write(t, o)
	if lines := bytes.Count(out.Bytes(), []byte("\r\n")); int64(lines) < o.Rows+1 {
		t.Errorf("%d line ends for a header and %d rows", lines, o.Rows)
	}
	reader := csv.NewReader(out)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header, rows := rows[0], rows[1:]
	column := func(name string) int {
		at := slices.Index(header, name)
		if at < 0 {
			t.Fatalf("no column %s in %s", name, strings.Join(header, " "))
		}
		return at
	}
	items, set, identified := column("*.properties.items.0.sku"), column("*.properties.$set.email"), column("*.properties.$is_identified")
	for _, name := range []string{"*.uuid", "*.timestamp", "Person .id", "Url / Screen", "properties.$lib", "*.properties.context.tags.1"} {
		column(name)
	}
	var invalid int64
	filled := map[string]int{}
	for _, row := range rows {
		if len(row) != len(header) {
			invalid++
			continue
		}
		for what, at := range map[string]int{"items": items, "set": set} {
			if row[at] != "" {
				filled[what]++
			}
		}
		if text := row[identified]; text != "" && text != "True" && text != "False" {
			t.Errorf("a bool reads %q", text)
		}
	}
	if int64(len(rows)) != o.Rows || invalid != written.Invalid || filled["items"] == 0 || filled["set"] == 0 {
		t.Errorf("%d rows, %d of %d invalid, filled %v", len(rows), invalid, written.Invalid, filled)
	}
}

func TestEachRowIsOneWrite(t *testing.T) {
	var writes lengths
	written, err := Write(&writes, Options{Rows: 50, Shape: CSVWithNames})
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, n := range writes {
		sum += int64(n)
	}
	if len(writes) != 51 || sum != written.Bytes {
		t.Errorf("%d writes of %d bytes, for 50 rows and a header of %d bytes", len(writes), sum, written.Bytes)
	}
}

type lengths []int

func (l *lengths) Write(p []byte) (int, error) {
	*l = append(*l, len(p))
	return len(p), nil
}

func TestErrorsOfTheWriterEndIt(t *testing.T) {
	full := errors.New("disk full")
	written, err := Write(failing{full}, Options{Rows: 50})
	if !errors.Is(err, full) || written.Bytes != 0 {
		t.Errorf("%+v, %v", written, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	allocations := func(rows int64) float64 {
		return testing.AllocsPerRun(1, func() { Write(io.Discard, Options{Rows: rows, People: 50, Invalid: 1}) })
	}
	if few, many := allocations(1_000), allocations(11_000); many-few > 1_000 {
		t.Errorf("%.0f allocations for 1,000 rows, %.0f for 11,000", few, many)
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		written, err := Write(io.Discard, Options{Rows: 10_000, Invalid: 1})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(written.Bytes)
	}
}
