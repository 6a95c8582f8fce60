package posthog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
)

const samplesDir = "../../testdata/exports/"

// readPersons describes each row of a persons export in one line, and the errors.
func readPersons(t *testing.T, path string, o Options) (rows, troubles []string) {
	t.Helper()
	for row, err := range ReadPersons(t.Context(), []source.Source{{Name: path}}, o) {
		if err != nil {
			troubles = append(troubles, strings.TrimPrefix(err.Error(), "read "+path+": "))
			continue
		}
		rows = append(rows, personText(row))
	}
	return rows, troubles
}

func personText(p *PersonRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:", p.PersonID.Append(nil))
	for _, id := range p.DistinctIDs {
		if !IllegalID(id) {
			fmt.Fprintf(&b, " %s", id)
		}
	}
	return b.String()
}

// TestPersonsSamplesSayWhatTheyShould compares the shipped persons exports with lists worked out by hand.
func TestPersonsSamplesSayWhatTheyShould(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"batch_export_persons.jsonl", "ui_persons.csv"} {
		text, err := os.ReadFile("../../testdata/golden/" + name + ".persons")
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(line, "   #")
			if _, row, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
				want = append(want, row)
			}
		}
		got, troubles := readPersons(t, samplesDir+name, Options{})
		if diff := cmp.Diff(want, got); diff != "" || len(want) < 5 || troubles != nil {
			t.Errorf("%s, troubles %q (-want +got):\n%s", name, troubles, diff)
		}
	}
}

func personsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "persons")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	personA = "b1b32417-b0ba-5954-a245-e60d29e93178"
	personB = "2504b23e-cf77-5b11-be29-47d663e7c4f2"
)

// TestPersonsOfEveryShape reads one row of each shape: its IDs, and its other values.
func TestPersonsOfEveryShape(t *testing.T) {
	t.Parallel()
	quoted := `"{""email"":""maya@example.com"",""n"":9007199254740993}"`
	for _, test := range []struct{ name, text, want string }{
		{"batch export", `{"team_id":2,"distinct_id":"u","person_id":"` + personA + `","properties":{"email":"maya@example.com","n":9007199254740993},"person_distinct_id_version":3,"person_version":7,"created_at":"2026-03-04T09:15:27+00:00","_inserted_at":"2026-03-05T00:00:00+00:00","is_deleted":true}` + "\n",
			`[u] v3 p7 deleted {"email":"maya@example.com","n":9007199254740993} at 1772668800 team 2`},
		{"inserted as a number", `{"distinct_id":"u","person_id":"` + personA + `","person_distinct_id_version":0,"_inserted_at":1772668800}`, `[u] v0 p0 at 1772668800`},
		{"mapping table, JSON", `{"team_id":"2","distinct_id":"u","person_id":"` + personA + `","is_deleted":1,"version":"5"}`, `[u] v5 p0 unmapped team 2`},
		{"mapping table, CSV", "\"team_id\",\"distinct_id\",\"person_id\",\"is_deleted\",\"version\"\r\n2,\"u, v\",\"" + personA + "\",0,5\r\n", `[u, v] v5 p0 team 2`},
		{"person table, JSON", `{"id":"` + personA + `","created_at":"2026-03-04 09:15:27.123","team_id":2,"properties":"{\"email\":\"maya@example.com\"}","is_identified":1,"is_deleted":0,"version":4}`,
			`[] v0 p4 identified {"email":"maya@example.com"} team 2`},
		{"person table, CSV", "\"id\",\"properties\",\"is_identified\",\"is_deleted\",\"version\"\n\"" + personA + "\"," + quoted + ",1,1,4\n",
			`[] v0 p4 identified deleted {"email":"maya@example.com","n":9007199254740993}`},
		{"persons list", `{"next":null,"results":[{"id":311,"name":"Maya","distinct_ids":["u","v"],"properties":{"email":"maya@example.com"},"created_at":"2026-03-04T09:15:27Z","uuid":"` + personA + `"}]}`,
			`[u v] v0 p0 {"email":"maya@example.com"}`},
		{"persons page", "id,name,distinct_ids.0,distinct_ids.1,distinct_ids.total,properties.email,properties.tags.0,created_at,uuid\r\n1,Maya,u,,3,maya@example.com,a,2026-03-04T09:15:27Z," + personA + "\r\n",
			`[u] v0 p0 {"email":"maya@example.com","tags":["a"]} missing 2`},
		{"persons page, PostHog's own total", "id,distinct_ids.0,distinct_ids.total,uuid\n1,u,Note: 12 distinct_ids in total," + personA + "\n", `[u] v0 p0 missing 11`},
		{"persons page, without properties", "id,distinct_ids.0,properties.email,properties.tags.0,uuid\n1,u,,," + personA + "\n", `[u] v0 p0 {}`},
		{"persons page, words for no ID", "id,distinct_ids.0,distinct_ids.1,uuid\n1,u,nan," + personA + "\n", `[u] v0 p0`},
		{"persons page, no properties at all", "id,distinct_ids.0,uuid\n1,u," + personA + "\n", `[u] v0 p0`},
		{"batch export, no version of the tie", `{"distinct_id":"u","person_id":"` + personA + `","person_version":7,"is_deleted":true}`, `[u] v0 p7 deleted`},
		{"person table, truth in capitals", "id,properties,is_identified,is_deleted,version\n" + personA + ",{},True,TRUE,4\n", `[] v0 p4 identified deleted {}`},
		{"a UUID in capitals", `{"distinct_id":"u","person_id":"` + strings.ToUpper(personA) + `","person_version":1,"person_distinct_id_version":1}`, `[u] v1 p1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			packed := zip(t, []byte(test.text), false)
			for _, path := range []string{personsFile(t, test.text), personsFile(t, string(packed))} {
				n := 0
				for p, err := range ReadPersons(t.Context(), []source.Source{{Name: path}}, Options{}) {
					if err != nil {
						t.Fatal(err)
					}
					if n++; string(p.PersonID.Append(nil)) != personA || allOf(p) != test.want {
						t.Errorf("%s %s\nwant %s", p.PersonID.Append(nil), allOf(p), test.want)
					}
				}
				if n != 1 {
					t.Errorf("%d rows", n)
				}
			}
		})
	}
}

func TestPersonsOfNoIDAreRejected(t *testing.T) {
	path := personsFile(t, "distinct_id,person_id,version\nnan,"+personA+",1\n<NA>,"+personA+",1\n")
	for p, err := range ReadPersons(t.Context(), []source.Source{{Name: path}}, Options{}) {
		if bad, ok := errors.AsType[*RowError](err); !ok || bad.Reason != NoDistinctID {
			t.Errorf("%v, %v", p, err)
		}
	}
}

func allOf(p *PersonRow) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s v%d p%d", p.DistinctIDs, p.Version, p.PersonVersion)
	for word, is := range map[bool]string{p.Identified: " identified"} {
		if word {
			b.WriteString(is)
		}
	}
	if p.Deleted {
		b.WriteString(" deleted")
	}
	if p.MappingDeleted {
		b.WriteString(" unmapped")
	}
	if p.HasProperties {
		fmt.Fprintf(&b, " %s", p.Properties)
		for _, m := range p.Members {
			if p.Properties[m.KeyStart-1] != '"' {
				b.WriteString(" with members in the wrong place")
			}
		}
	}
	if p.At.State == Known {
		fmt.Fprintf(&b, " at %d", p.At.Seconds())
	}
	if p.TeamID != 0 {
		fmt.Fprintf(&b, " team %d", p.TeamID)
	}
	if p.Missing != 0 {
		fmt.Fprintf(&b, " missing %d", p.Missing)
	}
	return b.String()
}

// TestDeletedMappingNeedsNoPerson reads rows of ClickHouse's person_distinct_id2 that only take an ID away
// from its person.
func TestDeletedMappingNeedsNoPerson(t *testing.T) {
	t.Parallel()
	const none = "00000000-0000-0000-0000-000000000000"
	for _, text := range []string{
		`{"team_id":2,"distinct_id":"u","is_deleted":1,"version":5}`,
		`{"team_id":2,"distinct_id":"u","person_id":null,"is_deleted":1,"version":5}`,
		`{"team_id":2,"distinct_id":"u","person_id":"` + none + `","is_deleted":1,"version":5}`,
		"team_id,distinct_id,person_id,is_deleted,version\n2,u,,1,5\n",
		"team_id,distinct_id,person_id,is_deleted,version\n2,u," + none + ",1,5\n",
	} {
		n := 0
		for p, err := range ReadPersons(t.Context(), []source.Source{{Name: personsFile(t, text)}}, Options{}) {
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if n++; p.HasPersonID || allOf(p) != "[u] v5 p0 unmapped team 2" {
				t.Errorf("%s: %v %s", text, p.HasPersonID, allOf(p))
			}
		}
		if n != 1 {
			t.Errorf("%s: %d rows", text, n)
		}
	}
	for _, text := range []string{
		`{"distinct_id":"u","person_id":"nobody","is_deleted":1,"version":5}`,
		`{"distinct_id":"u","person_id":null,"is_deleted":0,"version":5}`,
	} {
		if rows, troubles := readPersons(t, personsFile(t, text), Options{}); len(rows) > 0 || len(troubles) != 1 {
			t.Errorf("%s: %q, %q, want one trouble", text, rows, troubles)
		}
	}
}

// TestPersonsColumnsThatAreThereTwice are refused where they are read, and only there.
func TestPersonsColumnsThatAreThereTwice(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"name", "Person ", "", "elements"} {
		text := "id," + column + ",distinct_ids.0," + column + ",uuid\n1,a,u,b," + personA + "\n"
		rows, troubles := readPersons(t, personsFile(t, text), Options{})
		if diff := cmp.Diff([]string{personA + ": u"}, rows); diff != "" || troubles != nil {
			t.Errorf("%q: %q (-want +got):\n%s", column, troubles, diff)
		}
	}
	for _, column := range []string{"id", "uuid", "distinct_ids.0", "distinct_ids.total", "properties.email", "created_at"} {
		text := "id,distinct_ids.0,distinct_ids.total,properties.email,created_at,uuid," + column + "\n1,u,,,," + personA + ",\n"
		rows, troubles := readPersons(t, personsFile(t, text), Options{})
		if len(rows) > 0 || len(troubles) != 1 || !strings.Contains(troubles[0], "more than once") {
			t.Errorf("%q: %q, %q, want it refused", column, rows, troubles)
		}
	}
}

func TestEveryColumnOfAPersonIsKept(t *testing.T) {
	columns := append([]string{"distinct_ids"}, personColumns...)
	kept := map[*[]byte]bool{}
	p := new(personFields)
	for _, name := range columns {
		kept[p.field(name)] = true
		if p.field(name) == nil || !isPersonColumn(name) {
			t.Errorf("nothing keeps the column %s", name)
		}
	}
	if n := reflect.TypeFor[personFields]().NumField(); len(kept) != n {
		t.Errorf("%d columns are told apart, and %d are kept", len(kept), n)
	}
}

// TestPersonLinesMayBeginWithNothing reads lines of which the first are empty objects or blank.
func TestPersonLinesMayBeginWithNothing(t *testing.T) {
	t.Parallel()
	row := `{"distinct_id":"u","person_id":"` + personA + `","person_distinct_id_version":0}` + "\n"
	for first, bad := range map[string]int{"\n": 0, " \r\n\n": 0, "{}\n": 1, "\n{}\n{ }\n": 2} {
		rows, troubles := readPersons(t, personsFile(t, first+row), Options{})
		if diff := cmp.Diff([]string{personA + ": u"}, rows); diff != "" || len(troubles) != bad {
			t.Errorf("after %q: troubles %q, want %d (-want +got):\n%s", first, troubles, bad, diff)
		}
	}
	for _, text := range []string{"{}\n", "\n{}\n" + `{"event":"a","distinct_id":"u"}` + "\n", "\n[1]\n"} {
		if rows, troubles := readPersons(t, personsFile(t, text), Options{}); len(rows) > 0 || len(troubles) != 1 {
			t.Errorf("%q: %q, %q, want it refused", text, rows, troubles)
		}
	}
}

// TestListsOfPeopleWithoutUUID reads people who have no UUID but a number, or only their distinct IDs.
func TestListsOfPeopleWithoutUUID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"results":[{"id":"` + personA + `","distinct_ids":["u","v"],"uuid":null}]}`:           personA + ": u v",
		`{"results":[{"id":311,"distinct_ids":["u","v"],"uuid":null,"properties":{"a":1}}]}`:    ": u v",
		`{"distinct_ids":["u"],"uuid":"00000000-0000-0000-0000-000000000000"}`:                  ": u",
		"id,distinct_ids.0,distinct_ids.1,uuid\n311,u,v,\n":                                     ": u v",
		"id,name,distinct_ids.0,distinct_ids.1,uuid\n" + personA + ",Maya,u,v,\n":               personA + ": u v",
		`{"results":[{"id":311,"distinct_ids":[],"uuid":null}]}`:                                "! no person UUID",
		`{"results":[{"id":311,"distinct_ids":["u"],"uuid":"b1b32417"}]}`:                       "! no person UUID",
		`{"distinct_id":"u","person_id":null,"person_distinct_id_version":0,"is_deleted":true}`: "! no person UUID",
	} {
		rows, troubles := readPersons(t, personsFile(t, text), Options{})
		got := strings.ReplaceAll(strings.Join(rows, "\n"), "00000000-0000-0000-0000-000000000000", "")
		if refused, is := strings.CutPrefix(want, "! "); is {
			if len(rows) > 0 || len(troubles) != 1 || !strings.Contains(troubles[0], refused) {
				t.Errorf("%s: %q, %q, want one trouble with %q", text, rows, troubles, refused)
			}
		} else if got != want || troubles != nil {
			t.Errorf("%s: %q, %q, want %q", text, rows, troubles, want)
		}
	}
}

// TestPersonsRowsThatSayNothingAreRejected checks that no ID and no properties are dropped without an error.
func TestPersonsRowsThatSayNothingAreRejected(t *testing.T) {
	t.Parallel()
	row := func(id, properties string) string {
		return `{"distinct_id":` + id + `,"person_id":"` + personA + `","person_distinct_id_version":0,"properties":` + properties + `}`
	}
	for text, want := range map[string]string{
		row(`""`, `{}`):   "a distinct ID is empty",
		row(`null`, `{}`): "a distinct ID is empty",
		"distinct_id,person_id,is_deleted,version\n\"\"," + personA + ",0,1\n": "a distinct ID is empty",
		row(`"u"`, `["a"]`):     "`properties` is JSON, but not an object",
		row(`"u"`, `[]`):        "`properties` is JSON, but not an object",
		row(`"u"`, `1`):         "`properties` is JSON, but not an object",
		row(`"u"`, `"[\"a\"]"`): "`properties` is JSON, but not an object",
		row(`"u"`, `"{"`):       "`properties` is not valid JSON",
		`{"results":[{"distinct_ids":["u",""],"uuid":"` + personA + `"}]}`: "a distinct ID is empty",
	} {
		rows, troubles := readPersons(t, personsFile(t, text), Options{})
		if len(rows) > 0 || len(troubles) != 1 || !strings.Contains(troubles[0], want) {
			t.Errorf("%s: %q, %q, want one trouble with %q", text, rows, troubles, want)
		}
	}
	// PostHog can have a person whose ID is spaces. Here that is no person.
	if rows, troubles := readPersons(t, personsFile(t, row(`" "`, `{}`)), Options{}); len(rows) != 1 || troubles != nil {
		t.Errorf("an ID of spaces: %q, %q", rows, troubles)
	}
	for _, none := range []string{`null`, `""`, `"null"`} {
		if rows, troubles := readPersons(t, personsFile(t, row(`"u"`, none)), Options{}); len(rows) != 1 || troubles != nil {
			t.Errorf("properties %s: %q, %q", none, rows, troubles)
		}
	}
}

// TestBadPersonsRowsDoNotStopTheOthers checks that each bad row is reported with its line.
func TestBadPersonsRowsDoNotStopTheOthers(t *testing.T) {
	t.Parallel()
	row := func(id, person string) string {
		return `{"distinct_id":` + id + `,"person_id":"` + person + `","person_distinct_id_version":0}`
	}
	path := personsFile(t, strings.Join([]string{
		row(`"a"`, personA), `{"distinct_id":`, row(`"b"`, "nobody"), row(`{"x":1}`, personA), "", `[1]`, row(`"c"`, personB),
		row(`"d"`, "00000000-0000-0000-0000-000000000000"),
	}, "\n"))
	rows, troubles := readPersons(t, path, Options{})
	if diff := cmp.Diff([]string{personA + ": a", personB + ": c"}, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	want := []string{":2: the row is not valid JSON", ":3: the row has no person UUID", ":4: a distinct ID is an object", ":6: the row is JSON, but not an object", ":8: the row has no person UUID"}
	for i, w := range want {
		if i >= len(troubles) || !strings.Contains(troubles[i], w) {
			t.Errorf("troubles %q, want one with %q at %d", troubles, w, i)
		}
	}
}

func TestWhatIsNoPersonsExportIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"acornly_events.jsonl": "an export of events", "clickhouse_events.csv": "an export of events", "ui_events_star.csv": "an export of events",
		"not_events/events.orc": "ORC", "not_events/groups.csv": "not an export of persons", "not_events/sessions.jsonl": "not an export of persons",
		"api_events_list.json": "an export of events",
	} {
		rows, troubles := readPersons(t, samplesDir+name, Options{})
		if len(rows) > 0 || len(troubles) != 1 || !strings.Contains(troubles[0], want) {
			t.Errorf("%s: %d rows, %q, want one trouble with %q", name, len(rows), troubles, want)
		}
	}
	for _, text := range []string{
		"distinct_id,person_id,timestamp,properties\nu," + personA + ",2026-03-04 09:15:27,{}\n",
		`{"distinct_id":"u","person_id":"` + personA + `","timestamp":"2026-03-04 09:15:27"}` + "\n",
	} {
		if rows, troubles := readPersons(t, personsFile(t, text), Options{}); len(rows) > 0 || len(troubles) != 1 {
			t.Errorf("events without a name: %q, %q", rows, troubles)
		}
	}
	rows, troubles := readPersons(t, filepath.Join(t.TempDir(), "missing"), Options{})
	if len(rows) > 0 || len(troubles) != 1 {
		t.Errorf("a missing file: %q, %q", rows, troubles)
	}
}

// FuzzPersons compares rows of JSON lines with what encoding/json reads.
func FuzzPersons(f *testing.F) {
	text, err := os.ReadFile(samplesDir + "batch_export_persons.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		f.Add(line)
	}
	f.Add([]byte(`{"distinct_id":"a\u0041","person_id":"` + personA + `","person_distinct_id_version":"1","properties":"{\"a\":[1]}"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\r") || len(line) > 1<<16 {
			return
		}
		data := append([]byte(`{"distinct_id":"x","person_id":"`+personB+`","person_distinct_id_version":0}`+"\n"), line...)
		path := personsFile(t, string(data))
		rows := 0
		for p, err := range ReadPersons(t.Context(), []source.Source{{Name: path}}, Options{}) {
			if source, ok := errors.AsType[*SourceError](err); ok {
				t.Fatal(source)
			}
			if err != nil {
				continue
			}
			if rows++; rows == 1 {
				continue
			}
			var want struct {
				DistinctID any             `json:"distinct_id"`
				Properties json.RawMessage `json:"properties"`
			}
			if err := json.Unmarshal(line, &want); err != nil {
				t.Fatalf("a row that encoding/json refuses: %v", err)
			}
			if p.HasProperties && !json.Valid(p.Properties) {
				t.Fatalf("properties %q", p.Properties)
			}
			if id, ok := want.DistinctID.(string); ok && len(p.DistinctIDs) == 1 && !bytes.Equal(p.DistinctIDs[0], []byte(id)) && bytes.Count(line, []byte("istinct_id")) == 1 {
				t.Fatalf("distinct ID %q, want %q", p.DistinctIDs[0], id)
			}
		}
	})
}
