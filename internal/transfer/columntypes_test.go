package transfer

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/source"
)

// recordedProgress records the lines that a run says.
type recordedProgress struct {
	silent
	lines []string
}

func (r *recordedProgress) Say(line string) { r.lines = append(r.lines, line) }

// zips returns rows of many people. All post codes look like numbers, except perhaps that of the last row,
// lastZip; the same holds for a column of totals.
func zips(lastZip, lastTotal string) []byte {
	var b bytes.Buffer
	b.WriteString("uuid,event,distinct_id,timestamp,properties.total,person.properties.zip\n")
	const rows = 30_000
	for i := range rows {
		zip, total := "99423", "5"
		if i == rows-1 {
			zip, total = lastZip, lastTotal
		}
		fmt.Fprintf(&b, "0198a000-0000-7000-8000-%012d,Order Placed,u-%d,2026-05-04T08:00:00Z,%s,%s\n", i, i, total, zip)
	}
	return b.Bytes()
}

func TestLateCellsMakeTheirColumnText(t *testing.T) {
	for _, test := range []struct {
		name, zip, total string
		again            bool // the first pass has to be done again
	}{
		{"of people", "01067", "5", true},
		{"of events", "99423", "N/A", false},
		{"of both", "01067", "N/A", true},
		{"none", "99423", "5", false},
		{"booleans", "True", "true", true},
	} {
		for _, packed := range []bool{false, true} {
			t.Run(fmt.Sprint(test.name, packed), func(t *testing.T) {
				data, name := zips(test.zip, test.total), "x.csv"
				if packed {
					var b bytes.Buffer
					w := gzip.NewWriter(&b)
					_, _ = w.Write(data)
					_ = w.Close()
					data, name = b.Bytes(), "x.csv.gz"
				}
				path := filepath.Join(t.TempDir(), name)
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
				plan, shown := newPlan(t, mapping.Options{}, path), &recordedProgress{}
				plan.Progress = shown
				counts := map[string]int{}
				plan.Observe = func(op customerio.Operation) error {
					for _, part := range []string{`"zip":9`, `"zip":"9`, `"total":5`, `"total":"5"`} {
						if bytes.Contains(op.Body, []byte(part)) {
							counts[part]++
						}
					}
					return nil
				}
				summary, err := plan.readAndSend(t, t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if counts[`"zip":9`] > 0 && counts[`"zip":"9`] > 0 || counts[`"total":5`] > 0 && counts[`"total":"5"`] > 0 ||
					(counts[`"zip":"9`] > 0) != (test.zip != "99423") || (counts[`"total":"5"`] > 0) != (test.total != "5") {
					t.Errorf("%v", counts)
				}
				if again := len(shown.lines) > 0; again != test.again {
					t.Errorf("said %q", shown.lines)
				}
				for _, c := range summary.TextColumns {
					if c.Line != 30_001 || c.File != path || c.Cell != test.zip && c.Cell != test.total {
						t.Errorf("%+v", c)
					}
				}
			})
		}
	}
}

// The columns of a persons export have the types of the same columns in the events, although it is read
// first.
func TestPersonsExportsShareTheColumnsOfPeople(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,name,distinct_ids.0,properties.zip,created_at,uuid\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "%d,n,u-%d,99423,2026-03-01T00:00:00Z,0198a000-0000-7000-8000-%012d\n", i, i, i)
	}
	dir := t.TempDir()
	persons, events := filepath.Join(dir, "persons.csv"), filepath.Join(dir, "events.csv")
	for path, text := range map[string]string{persons: b.String(), events: string(zips("01067", "5"))} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan := newPlan(t, mapping.Options{}, events)
	var err error
	if plan.Persons, err = source.Find(t.Context(), []string{persons}, nil); err != nil {
		t.Fatal(err)
	}
	plan.Index.Persons = true
	numbers, texts := 0, 0
	plan.Observe = func(op customerio.Operation) error {
		numbers += bytes.Count(op.Body, []byte(`"zip":9`))
		texts += bytes.Count(op.Body, []byte(`"zip":"`))
		return nil
	}
	if _, err := plan.readAndSend(t, t.Context()); err != nil {
		t.Fatal(err)
	}
	if numbers > 0 || texts != 30_000 {
		t.Errorf("%d numbers, %d texts", numbers, texts)
	}
}
