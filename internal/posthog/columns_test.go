package posthog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
)

func columns(t *testing.T, texts ...string) (columns []Column) {
	t.Helper()
	for _, text := range texts {
		c, err := ParseColumn(text)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	return columns
}

func TestParseColumn(t *testing.T) {
	for text, want := range map[string]Column{
		"event=name": {"event", "name"}, "uuid=a=b": {"uuid", "a=b"}, "person_properties= p ": {"person_properties", " p "},
	} {
		if got, err := ParseColumn(text); got != want || err != nil {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "event", "event=", "=x", "Event=x", "set=x"} {
		if got, err := ParseColumn(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}

func TestCheckColumns(t *testing.T) {
	for _, good := range [][]Column{nil, columns(t, "event=a"), columns(t, "event=a", "event=a"), columns(t, "event=uuid", "uuid=event")} {
		if err := CheckColumns(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range [][]Column{columns(t, "event=a", "event=b"), columns(t, "event=a", "uuid=a")} {
		if CheckColumns(bad) == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// TestRenamedFieldsInEveryShape reads one row in each shape, with other names, and with PostHog's own names
// used for something else.
func TestRenamedFieldsInEveryShape(t *testing.T) {
	renamed := columns(t, "event=e", "distinct_id=d", "uuid=u", "timestamp=t", "created_at=c", "properties=p", "person_id=i", "person_properties=q", "team_id=m")
	row := `{"e":"a","d":"u1","u":"019cb821-7813-7a8c-b949-91dab9baa159","t":1772615727,"c":"2026-03-04 09:15:28","p":{"x":1},"i":"p1","q":{"y":2},"m":7,` +
		`"event":"wrong","distinct_id":"wrong","$distinct_id":"wrong","id":"wrong","properties":{"wrong":1},"person":{"properties":{"wrong":1}},"person_properties":{"wrong":1}}`
	csvRow := `a,u1,019cb821-7813-7a8c-b949-91dab9baa159,1772615727,2026-03-04 09:15:28,"{""x"":1}",p1,"{""y"":2}",7,wrong,wrong,wrong,wrong,wrong`
	want := chunkRow(t, `{"event":"a","distinct_id":"u1","uuid":"019cb821-7813-7a8c-b949-91dab9baa159","timestamp":1772615727,"created_at":"2026-03-04 09:15:28","properties":{"x":1},"person_id":"p1","person_properties":{"y":2},"team_id":7}`, nil)
	for name, text := range map[string]string{
		"JSON lines": row, "JSON document": "[" + row + "]",
		"query":       `{"columns":["e","d","u","t","c","p","i","q","m","event"],"results":[["a","u1","019cb821-7813-7a8c-b949-91dab9baa159",1772615727,"2026-03-04 09:15:28","{\"x\":1}","p1","{\"y\":2}",7,"wrong"]]}`,
		"CSV":         "e,d,u,t,c,p,i,q,m,event,*.event,distinct_id,id,person_properties\n" + csvRow,
		"single ones": "e,d,u,t,c,p.x,i,q.y,m,event\na,u1,019cb821-7813-7a8c-b949-91dab9baa159,1772615727,2026-03-04 09:15:28,1,p1,2,7,wrong",
	} {
		got := chunkRow(t, text, renamed)
		got.Line = want.Line
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func chunkRow(t *testing.T, text string, columns []Column) row {
	t.Helper()
	chunks, refused := cutBytes([]byte(text), Options{Columns: columns})
	if refused != nil {
		t.Fatal(refused, refused.Advice)
	}
	rows := rowsOf(t, chunks)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	return rows[0]
}

func TestNamesCountOnlyWhereTheyAre(t *testing.T) {
	want := chunkRow(t, `{"event":"a","distinct_id":"u","timestamp":1}`, nil)
	if diff := cmp.Diff(want, chunkRow(t, `{"event":"a","distinct_id":"u","timestamp":1}`, columns(t, "event=e", "timestamp=when"))); diff != "" {
		t.Error(diff)
	}
}

// A key may come first in any row, however late.
func TestNamesCountInTheRowsThatHaveThem(t *testing.T) {
	named := `{"who":"named","event":"a","distinct_id":"own"}` + "\n" + `{"event":"a","distinct_id":"own","who":"named"}` + "\n"
	text := append(numbered("a", 5000), named...)
	rows := 0
	for c, err := range Read(t.Context(), []source.Source{sourceOf(t, "x", text)}, Options{Columns: columns(t, "distinct_id=who", "uuid=nowhere"), window: 10_000}) {
		if err != nil {
			t.Fatal(err)
		}
		late := false
		for e := range c.Events() {
			want := "u"
			if rows++; rows > 5000 {
				want, late = "named", true
			}
			if string(e.DistinctID) != want {
				t.Errorf("row %d is of %s", rows, e.DistinctID)
			}
		}
		if c.Columns() == 1 != late || c.Columns() > 1 {
			t.Errorf("columns %b after %d rows", c.Columns(), rows)
		}
	}
	if rows != 5002 {
		t.Error(rows)
	}
}

// FuzzRenamed holds rows under other names against the same rows under PostHog's own.
func FuzzRenamed(f *testing.F) {
	for i, text := range jsonRows {
		f.Add([]byte(text), uint16(1<<(i%len(Fields))|1))
	}
	f.Fuzz(func(t *testing.T, text []byte, which uint16) {
		var keys map[string]json.RawMessage
		if json.Unmarshal(text, &keys) != nil || keys["event"] == nil || bytes.ContainsAny(text, "\n\r") || !json.Valid(text) {
			return
		}
		var renamed []Column
		out := map[string]json.RawMessage{}
		for i, field := range Fields {
			raw, there := keys[field]
			if which>>i&1 == 0 || !there {
				continue
			}
			name := fmt.Sprint("other ", i, "\"ß")
			renamed = append(renamed, Column{field, name})
			delete(keys, field)
			for _, alias := range aliases[field] {
				delete(keys, alias)
			}
			out[name] = raw
		}
		plain := map[string]json.RawMessage{}
		for key, raw := range keys {
			if !strings.HasPrefix(key, "other ") {
				out[key], plain[key] = raw, raw
			}
		}
		for _, c := range renamed {
			plain[c.Field] = out[c.Name]
		}
		line := func(of map[string]json.RawMessage) string {
			raw, err := json.Marshal(of)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		slices.Reverse(renamed)
		if diff := cmp.Diff(chunkRow(t, line(plain), nil), chunkRow(t, line(out), renamed)); diff != "" {
			t.Fatalf("%s\n%s\n%s", line(plain), line(out), diff)
		}
	})
}

// TestAnyEventKnowsNoNamesOfOtherFiles looks for events after rows that have other names were decoded.
func TestAnyEventKnowsNoNamesOfOtherFiles(t *testing.T) {
	for range 100 { // decoders are pooled: now and then it is another one
		chunkRow(t, `{"e":"a","distinct_id":"u"}`, columns(t, "event=e"))
		if !anyEvent([]byte(eventRow)) {
			t.Fatalf("%s is no event any more", eventRow)
		}
		if renamed := `{"e":"a","distinct_id":"u"}` + "\n"; anyEvent([]byte(renamed)) {
			t.Fatalf("%s is an event by its own names", renamed)
		}
	}
}
