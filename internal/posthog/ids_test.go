package posthog

import (
	"strings"
	"testing"
)

// TestIDsThatAreNone checks which rows are rejected for their distinct ID. PostHog exports distinct IDs as
// strings of valid text; anything else comes from a damaged file or from one made by hand.
func TestIDsThatAreNone(t *testing.T) {
	for _, c := range []struct{ json, id, reason string }{
		{`"user_1"`, "user_1", ""},
		{`"Zo\u00eb 🙂"`, "Zoë 🙂", ""},
		{`"\ud83d\ude42"`, "🙂", ""},
		{`10077`, "10077", ""},
		{`"[\"x\"]"`, `["x"]`, ""}, // what PostHog makes of an array
		{`"a\ufffd"`, "a\ufffd", ""},
		{"\"a\ufffd\\\\\"", "a\ufffd\\", ""},
		{"\"a\xff\"", "", BadDistinctID},
		{"\"\\u0061\xfe\"", "", BadDistinctID},
		{`"a\ud83d"`, "", BadDistinctID},
		{`"a\ude42\ud83d"`, "", BadDistinctID},
		{`"a\\\ud83d"`, "", BadDistinctID},
		{"\"\ufffd\xff\"", "", BadDistinctID},
		{`["x"]`, "", BadDistinctID},
		{`{"id":1}`, "", BadDistinctID},
		{`" "`, "", NoDistinctID},
		{`null`, "", NoDistinctID},
	} {
		for _, where := range []string{
			`{"event":"a","distinct_id":` + c.json + `}`,
			`{"event":"a","properties":{"distinct_id":` + c.json + `}}`,
			`{"event":"a","distinct_id":` + c.json + `,"properties":{"a":"b"}}`,
		} {
			if r := oneRow(t, where); r.DistinctID != c.id || r.Reason != c.reason {
				t.Errorf("%s: %q %q, want %q %q", where, r.DistinctID, r.Reason, c.id, c.reason)
			}
		}
	}
}

// TestCellsThatStandForNoID checks that text which programs write for a missing value is no ID in CSV. In
// JSON, which has null, the same text is an ID.
func TestCellsThatStandForNoID(t *testing.T) {
	for _, cell := range []string{"nan", "inf", "-inf", "NULL", "<NA>", "NaT", "NA"} {
		for _, file := range []string{"event,distinct_id\na," + cell + "\n", "distinct_id\tevent\n" + cell + "\ta\n"} {
			chunks, _ := cutBytes([]byte(file), Options{})
			if r := rowsOf(t, chunks)[0]; r.Reason != NoDistinctID {
				t.Errorf("%q: %+v", file, r)
			}
		}
		chunks, _ := cutBytes([]byte("event,distinct_id,properties.$anon_distinct_id,properties.alias,properties.$user_id\n"+
			"$identify,u,"+strings.Repeat(","+cell, 3)[1:]+"\n"), Options{})
		if r := rowsOf(t, chunks)[0]; r.Reason != "" || r.AnonDistinctID+r.Alias+r.UserID != "" {
			t.Errorf("%q as another ID: %+v", cell, r)
		}
		if r := oneRow(t, `{"event":"a","distinct_id":"`+cell+`"}`); r.DistinctID != cell {
			t.Errorf("%q in JSON: %+v", cell, r)
		}
	}
	for _, id := range []string{"None", "NaN", "null", "undefined", "nancy", "infinite", "N"} {
		chunks, _ := cutBytes([]byte("event,distinct_id\na,"+id+"\n"), Options{})
		if r := rowsOf(t, chunks)[0]; r.DistinctID != id {
			t.Errorf("%q: %+v", id, r)
		}
	}
}

// TestOtherIDsThatAreNone checks that other IDs of a row which are not text join no people.
func TestOtherIDsThatAreNone(t *testing.T) {
	for _, value := range []string{`["x"]`, `{"a":1}`, "\"a\xff\"", `"a\ud83d"`} {
		r := oneRow(t, `{"event":"a","distinct_id":"u","properties":{"$device_id":`+value+`,"$user_id":`+value+
			`,"$anon_distinct_id":`+value+`,"alias":`+value+`}}`)
		if r.Reason != "" || r.DeviceID+r.UserID+r.AnonDistinctID+r.Alias != "" {
			t.Errorf("%s: %+v, want a row without other IDs", value, r)
		}
	}
}

// TestPersonIDsAreUUIDs checks that other text in `person_id`, of a row or a cell, does not join people.
func TestPersonIDsAreUUIDs(t *testing.T) {
	for _, c := range []struct{ text, person, none string }{
		{"B1B32417-B0BA-5954-A245-E60D29E93178", "b1b32417-b0ba-5954-a245-e60d29e93178", ""},
		{"b1b32417b0ba5954a245e60d29e93178", "b1b32417-b0ba-5954-a245-e60d29e93178", ""},
		{"", "", ""},
		{"00000000-0000-0000-0000-000000000000", "", ""},
		{"00000000000000000000000000000000", "", ""},
		{"nan", "", "nan"}, {"NaN", "", "NaN"}, {"None", "", "None"}, {"null", "", "null"}, {"inf", "", "inf"}, {"0", "", "0"},
		{"<NA>", "", "<NA>"}, {"NaT", "", "NaT"}, {"undefined", "", "undefined"}, {"user-1", "", "user-1"}, {" ", "", " "},
	} {
		for _, file := range []string{
			`{"event":"a","distinct_id":"u","person_id":"` + c.text + `"}` + "\n",
			"event,distinct_id,person_id\na,u," + c.text + "\n",
			`{"columns":["event","distinct_id","person_id"],"results":[["a","u","` + c.text + `"]]}`,
		} {
			chunks, _ := cutBytes([]byte(file), Options{})
			for e, bad := range chunks[0].Events() {
				if bad != nil || string(e.PersonID) != c.person || string(e.NoPersonID) != c.none {
					t.Errorf("%s: %q, ignored %q; %v", file, e.PersonID, e.NoPersonID, bad)
				}
			}
		}
	}
	for _, value := range []string{`0`, `{"a":1}`, "\"b1b32417-b0ba-5954-a245-e60d29e9317\xff\""} {
		if r := oneRow(t, `{"event":"a","distinct_id":"u","person_id":`+value+`}`); r.PersonID != "" || r.Reason != "" {
			t.Errorf("%s: %+v, want a row of nobody", value, r)
		}
	}
}

// TestRoundedPersonIDsAreRejected checks that they are rejected in cells only, whatever the user's own IDs
// look like.
func TestRoundedPersonIDsAreRejected(t *testing.T) {
	options := Options{UserID: func([]byte) bool { return true }}
	for text, want := range map[string]string{
		"event,distinct_id,person_id\na,u,4.89201E+15\n":                          RoundedID,
		"event\tdistinct_id\tperson_id\na\tu\t4,89201E+15\n":                      RoundedID,
		`{"event":"a","distinct_id":"u","person_id":"4.89201E+15"}` + "\n":        "",
		"event,distinct_id,person_id\na,u,b1b32417-b0ba-5954-a245-e60d29e93178\n": "",
	} {
		chunks, _ := cutBytes([]byte(text), options)
		if r := rowsOf(t, chunks)[0]; r.Reason != want {
			t.Errorf("%q: %q, want %q", text, r.Reason, want)
		}
	}
}

// TestUUIDs checks how a row's `uuid` is read: as sixteen bytes, as its text, or as missing.
func TestUUIDs(t *testing.T) {
	const uuid = "019cb821-7813-7a8c-b949-91dab9baa159"
	for _, c := range []struct{ members, want string }{
		{`"uuid":"` + uuid + `"`, uuid},
		{`"uuid":"019CB821-7813-7A8C-B949-91DAB9BAA159"`, uuid},
		{`"uuid":"019cb82178137a8cb94991dab9baa159"`, uuid},
		{`"id":"` + uuid + `"`, uuid},
		{`"uuid":null,"id":"` + uuid + `"`, uuid},
		{`"uuid":"","id":"` + uuid + `"`, uuid},
		{`"uuid":"{` + uuid + `}"`, "text {" + uuid + "}"},
		{`"uuid":"Order-7"`, "text Order-7"},
		{`"uuid":12`, "text 12"},
		{`"uuid":"x","id":"` + uuid + `"`, "text x"},
		{`"uuid":"nan"`, ""}, {`"uuid":"None"`, ""}, {`"uuid":"null"`, ""}, {`"uuid":"undefined"`, ""}, {`"uuid":"NaN","id":"` + uuid + `"`, uuid},
		{`"uuid":"4.89201E+15"`, "text 4.89201E+15"}, {`"uuid":"nancy"`, "text nancy"},
		{`"id":12`, ""}, {`"id":"row-12"`, ""}, {`"uuid":" "`, ""}, {`"uuid":null`, ""}, {`"uuid":{"a":1}`, ""},
	} {
		chunks, _ := cutBytes([]byte(`{"event":"a","distinct_id":"u",`+c.members+"}\n"), Options{})
		for e, bad := range chunks[0].Events() {
			if got := uuidOf(e); bad != nil || got != c.want {
				t.Errorf("%s is read as %q, want %q; %v", c.members, got, c.want, bad)
			}
		}
	}
	for _, c := range []struct{ csv, want string }{
		{"uuid,event,distinct_id\n" + uuid + ",a,u\n", uuid},
		{"uuid,event,distinct_id\nOrder-7,a,u\n", "text Order-7"},
		{"uuid,id,event,distinct_id\nOrder-7," + uuid + ",a,u\n", "text Order-7"},
		{"uuid,id,event,distinct_id\n," + uuid + ",a,u\n", uuid},
		{"id,event,distinct_id\n" + uuid + ",a,u\n", uuid},
		{"id,event,distinct_id\n12,a,u\n", ""},
		{"uuid,event,distinct_id\nnan,a,u\nNaN,a,u\nNone,a,u\nnull,a,u\nNULL,a,u\ninf,a,u\n-inf,a,u\n<NA>,a,u\nNaT,a,u\nundefined,a,u\n", ""},
		{"uuid\tevent\tdistinct_id\nnan\ta\tu\n", ""},
		{"uuid,id,event,distinct_id\nNULL," + uuid + ",a,u\n", uuid},
		{"uuid,id,event,distinct_id\n" + uuid + ",4.89201E+15,a,u\n", uuid},
	} {
		chunks, _ := cutBytes([]byte(c.csv), Options{})
		for e, bad := range chunks[0].Events() {
			if got := uuidOf(e); bad != nil || got != c.want {
				t.Errorf("%q is read as %q, want %q; %v", c.csv, got, c.want, bad)
			}
		}
	}
}

// TestRoundedUUIDsAreRejected checks that several events with one rounded `uuid` do not become one event.
func TestRoundedUUIDsAreRejected(t *testing.T) {
	for _, name := range []string{"uuid", "id", "*.uuid"} {
		chunks, _ := cutBytes([]byte(name+",event,distinct_id\n4.89201E+15,a,u\n"), Options{UserID: func([]byte) bool { return true }})
		if r := rowsOf(t, chunks)[0]; r.Reason != RoundedID {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func uuidOf(e *Event) string {
	switch {
	case e.HasUUID:
		return string(e.UUID.Append(nil))
	case e.UUIDText != nil:
		return "text " + string(e.UUIDText)
	}
	return ""
}

func TestBrokenNamesSaySo(t *testing.T) {
	for _, c := range []struct {
		name   string
		broken bool
	}{{"a", false}, {"ë", false}, {"a\ufffd", false}, {"a\xff", true}, {`a\ud83d`, true}, {`a\ufffd`, false}} {
		chunks, _ := cutBytes([]byte(`{"event":"`+c.name+`","distinct_id":"u"}`+"\n"), Options{})
		for e, bad := range chunks[0].Events() {
			if bad != nil || e.NameBroken != c.broken {
				t.Errorf("%q: broken is not %v (%v)", c.name, c.broken, bad)
			}
		}
	}
}

func oneRow(t *testing.T, line string) row {
	t.Helper()
	chunks, refused := cutBytes([]byte(line+"\n"), Options{})
	if refused != nil {
		t.Fatal(refused)
	}
	rows := rowsOf(t, chunks)
	if len(rows) != 1 {
		t.Fatalf("%s: %d rows, want one", line, len(rows))
	}
	return rows[0]
}
