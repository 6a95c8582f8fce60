package posthog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
)

// typesOf reads files one after the other, as one reading.
func typesOf(t *testing.T, types *ColumnTypes, files ...string) (rows []row) {
	t.Helper()
	var all []*Chunk
	for _, file := range files {
		chunks, refused := cutBytes([]byte(file), Options{Types: types})
		if refused != nil {
			t.Fatal(refused)
		}
		rowsOf(t, chunks)
		for _, c := range chunks {
			types.Add(c.FoundCells())
		}
		all = append(all, chunks...)
	}
	types.Fix()
	for _, c := range all {
		rows = append(rows, rowsOf(t, []*Chunk{c})...)
	}
	return rows
}

// TestAHeaderAgainIsNoRow reads concatenated files, each with its header: of events and of persons.
func TestAHeaderAgainIsNoRow(t *testing.T) {
	const header = "uuid,event,distinct_id,timestamp,Properties.a"
	for _, again := range []string{header, "\ufeff" + header, strings.ReplaceAll(header, "event", `"event"`) + "\r"} {
		types := NewColumnTypes(nil)
		text := header + "\n,Order,u,2026-05-04,1\n" + again + "\n,Order,u,2026-05-04,2\n"
		rows := typesOf(t, types, text)
		if len(rows) != 2 || rows[1].Line != 4 || rows[1].Reason != "" {
			t.Errorf("%q: %+v", again, rows)
		}
		if all := types.All(); len(all) != 1 || all[0].Type != "number" {
			t.Errorf("%q: %+v", again, all)
		}
	}
	const persons = "distinct_id,person_id,version\n"
	n := 0
	for p, err := range ReadPersons(t.Context(), []source.Source{{Name: personsFile(t, persons+"a,"+personA+",1\n"+persons+"b,"+personA+",1\n")}}, Options{}) {
		if n++; err != nil {
			t.Errorf("%v, %v", p, err)
		}
	}
	if n != 2 {
		t.Errorf("%d rows of persons", n)
	}
}

func TestColumnsAreDistinguishedByWhatTheyBecome(t *testing.T) {
	types := NewColumnTypes(nil)
	rows := typesOf(t, types,
		"event,distinct_id,*.properties.zip,*.properties.$set.plan,*.properties.n\na,u,99423,1,1\n",
		"event,distinct_id,properties.zip,person.properties.plan,person.properties.n\nb,u,01067,x,y\n")
	if got := rows[0].Properties; got != `{"zip":"99423","$set":{"plan":"1"},"n":1}` {
		t.Error(got)
	}
	want := []ColumnType{
		{Name: "person.properties.n", Kinds: uint8(textCell), Type: "text", Seen: true},
		{Name: "person.properties.plan", Kinds: uint8(numberCell | textCell), Type: "text", Seen: true, Mixed: true, Made: CellPlace{"person.properties.plan", "x", 2, "x"}},
		{Name: "properties.n", Kinds: uint8(numberCell), Type: "number", Seen: true},
		{Name: "properties.zip", Kinds: uint8(numberCell | textCell), Type: "text", Seen: true, Mixed: true, Made: CellPlace{"properties.zip", "x", 2, "01067"}},
	}
	got := types.All()
	for i := range got {
		if got[i].Made.Path != "" {
			got[i].Made.Path = "x"
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if types.Misread(true) {
		t.Error("settled, and misread")
	}
}

func TestOnceTextAlwaysText(t *testing.T) {
	const header = "event,distinct_id,properties.n\n"
	first := NewColumnTypes(nil)
	typesOf(t, first, header+"a,u,1\n")
	second := NewColumnTypes(first.All())
	if got := typesOf(t, second, header+"a,u,True\na,u,\n"); got[0].Properties != `{"n":"True"}` {
		t.Error(got[0].Properties)
	}
	if c := second.All()[0]; c.Before != "number" || c.Made.Text != "True" || !c.Mixed {
		t.Errorf("%+v", c)
	}
	third := NewColumnTypes(second.All())
	if got := typesOf(t, third, header+"a,u,2\na,u,nan\n"); got[0].Properties != `{"n":"2"}` || got[1].Properties != "{}" {
		t.Errorf("%+v", got)
	}
	if c := third.All()[0]; c.Before != "" || c.Made.Text != "True" || c.None != 1 {
		t.Errorf("%+v", c)
	}
}

func TestColumnsOfPostHogsOwnBooleansAreReadEachByItself(t *testing.T) {
	chunks, refused := cutBytes([]byte("*.event,*.distinct_id,*.properties.$process_person_profile\na,u,False\nb,u,maybe\n"), Options{})
	if refused != nil {
		t.Fatal(refused)
	}
	if rows := rowsOf(t, chunks); !rows[0].Personless || rows[1].Personless {
		t.Errorf("%+v", rows)
	}
}

func TestColumnNamesInAnyCase(t *testing.T) {
	for header, want := range map[string]string{
		"EVENT,Distinct_ID,PROPERTIES.Total": `{"Total":1}`,
		"event,distinct_id,properties.total": `{"total":1}`,
		"event,DISTINCT_ID,Properties.A.b":   `{"A":{"b":1}}`,
	} {
		chunks, refused := cutBytes([]byte(header+"\na,u,1\n"), Options{})
		if refused != nil {
			t.Fatal(header, refused)
		}
		if rows := rowsOf(t, chunks); rows[0].Name != "a" || rows[0].DistinctID != "u" || rows[0].Properties != want {
			t.Errorf("%s: %+v", header, rows[0])
		}
	}
	chunks, _ := cutBytes([]byte("EVENT,event,distinct_id\nwrong,a,u\n"), Options{})
	if rows := rowsOf(t, chunks); rows[0].Name != "a" {
		t.Errorf("%+v", rows[0])
	}
}

func TestTabsWithQuotesWithinCells(t *testing.T) {
	chunks, refused := cutBytes([]byte("event\tdistinct_id\tproperties\na 12\" screen\tu\t{\"n\":1}\nb\t\"u\tv\"\t\"{\"\"n\"\":2}\"\n"), Options{})
	if refused != nil {
		t.Fatal(refused)
	}
	rows := rowsOf(t, chunks)
	if len(rows) != 2 || rows[0].Name != `a 12" screen` || rows[0].Properties != `{"n":1}` || rows[1].DistinctID != "u\tv" || rows[1].Properties != `{"n":2}` {
		t.Errorf("%+v", rows)
	}
}

func TestNowStandsInForAMissingTimestamp(t *testing.T) {
	at := func(text string) Time { return ParseTime([]byte(text)) }
	for fields, want := range map[string]Time{
		`"now":"2022-04-11T08:00:05Z","offset":4000`:                                 at("2022-04-11T08:00:01Z"),
		`"now":"2022-04-11T08:00:05Z","offset":"1.5"`:                                at("2022-04-11T08:00:04.9985Z"),
		`"now":"2022-04-11T08:00:05Z","offset":-1000`:                                at("2022-04-11T08:00:06Z"),
		`"now":"2022-04-11T08:00:05Z","offset":null`:                                 at("2022-04-11T08:00:05Z"),
		`"now":"2022-04-11T08:00:05Z","offset":"soon"`:                               {State: Unreadable},
		`"now":"soon","offset":1`:                                                    {State: Unreadable},
		`"now":"2022-04-11T08:00:05Z","timestamp":"soon"`:                            {State: Unreadable},
		`"now":"2022-04-11T08:00:05Z","timestamp":"2022-04-11T07:00:00Z","offset":1`: at("2022-04-11T07:00:00Z"),
		`"offset":1`: {},
		`"now":"2022-04-11T08:00:05Z","timestamp":"","sent_at":"2022-04-11T09:00:00Z"`:       at("2022-04-11T08:00:05Z"),
		`"now":"2022-04-11T08:00:05Z","timestamp":null,"sent_at":"2022-04-11T09:00:00.000Z"`: at("2022-04-11T08:00:05Z"),
	} {
		if got := chunkRow(t, `{"event":"a","distinct_id":"u",`+fields+`}`, nil); got.Timestamp != want {
			t.Errorf("%s: %v, want %v", fields, got.Timestamp, want)
		}
	}
}
