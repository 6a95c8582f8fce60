package posthog

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/rawjson"
)

// wantJSONL decodes a file the slow way, with encoding/json.
func wantJSONL(data []byte, maxRow int) (rows []row) {
	ref := uint64(0)
	for line := range bytes.Lines(data) {
		text := trimLineEnd(line)
		if len(text) > maxRow || len(bytes.Trim(text, " \t\r")) > 0 {
			r := row{Reason: RowTooLong}
			if len(text) <= maxRow {
				r = wantRow(text)
			}
			r.Ref, r.Line = ref, int64(ref)+1
			rows = append(rows, r)
		}
		ref++
	}
	return rows
}

func wantRow(text []byte) row {
	var keys map[string]json.RawMessage
	switch first := bytes.TrimSpace(text); {
	case !json.Valid(text):
		return row{Reason: NotJSON}
	case first[0] != '{':
		return row{Reason: NotAnObject}
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		panic(err)
	}
	if raw := keys["event"]; len(raw) == 0 || raw[0] != '"' || rawjson.Blank([]byte(wantText(raw))) {
		return row{Reason: NotAnEvent}
	}
	r := row{
		Name: strings.TrimSpace(wantText(keys["event"])), PersonID: wantPersonID(keys["person_id"]),
		Personless: wantText(keys["person_mode"]) == "propertyless",
		Timestamp:  ParseTime([]byte(wantText(keys["timestamp"]))), CreatedAt: createdAt(ParseTime([]byte(wantText(keys["created_at"])))),
		Set:     wantAttributes("{", keys["$set"], keys["set"]),
		SetOnce: wantAttributes("{", keys["$set_once"], keys["set_once"]),
		Unset:   wantAttributes("{[", keys["$unset"], keys["unset"]),
	}
	if chain := keys["elements_chain"]; len(chain) > len(`""`) && chain[0] == '"' {
		r.ElementsChain = string(chain)
	}
	uuid := wantID(keys["uuid"])
	if uuid == "" {
		uuid = wantText(keys["id"])
	}
	if _, ok := rawjson.ParseUUID([]byte(uuid)); ok {
		r.UUID = strings.ReplaceAll(strings.ToLower(uuid), "-", "")
	}
	if r.Properties, r.Reason = wantObject(keys["properties"]); r.Reason != "" {
		return row{Reason: r.Reason}
	}
	if r.PersonProperties, r.Reason = wantObject(keys["person_properties"]); r.Reason != "" {
		return row{Reason: r.Reason}
	}
	if r.Properties == "" {
		r.Properties = "{}"
	}
	if raw := keys["person"]; keys["person_properties"] == nil && len(raw) > 0 && raw[0] == '{' {
		r.PersonProperties = wantPerson(raw)
	}
	r.wantProperties()
	id := keys["distinct_id"]
	if wantText(id) == "" {
		id = keys["$distinct_id"]
	}
	if r = r.wantDistinctID(id); r.Reason != "" {
		return r
	}
	team, ok := number([]byte(wantText(keys["team_id"])))
	if r.TeamID = team; !ok && wantText(keys["team_id"]) != "" {
		return row{Reason: BadTeamID}
	}
	return r
}

// wantPerson is the `properties` of a `person`, if they are an object.
func wantPerson(raw json.RawMessage) string {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil {
		panic(err)
	}
	if properties := keys["properties"]; len(properties) > 0 && properties[0] == '{' {
		return string(properties)
	}
	return ""
}

// wantDistinctID fills in the distinct ID from its own field, or else from the properties.
func (r row) wantDistinctID(raw json.RawMessage) row {
	if wantText(raw) == "" {
		raw = json.RawMessage(r.Members["distinct_id"])
	}
	r.DistinctID = wantID(raw)
	switch {
	case rawjson.Blank([]byte(wantText(raw))):
		return row{Reason: NoDistinctID}
	case r.DistinctID == "":
		return row{Reason: BadDistinctID}
	}
	return r
}

// wantProperties fills in what comes from the properties.
func (r *row) wantProperties() {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(r.Properties), &members); err != nil {
		panic(err)
	}
	r.Members = make(map[string]string, len(members))
	for key, raw := range members {
		r.Members[key] = string(raw)
	}
	r.Personless = r.Personless || string(members["$process_person_profile"]) == "false"
	r.IsIdentified = string(members["$is_identified"]) == "true"
	r.WebVisitor = string(members["$is_identified"]) == "false" && string(members["$lib"]) == `"web"`
	r.UserID, r.DeviceID = wantID(members["$user_id"]), wantID(members["$device_id"])
	r.AnonDistinctID, r.Alias = wantID(members["$anon_distinct_id"]), wantID(members["alias"])
	for _, special := range []struct {
		key, kinds string
		to         *string
	}{{"$set", "{", &r.Set}, {"$set_once", "{", &r.SetOnce}, {"$unset", "{[", &r.Unset}} {
		if raw := members[special.key]; len(raw) > 0 && strings.IndexByte(special.kinds, raw[0]) >= 0 {
			*special.to = wantBoth(string(raw), *special.to)
		}
	}
}

// wantBoth merges the value within the properties and the one beside them.
func wantBoth(within, beside string) string {
	hollow := func(text string) bool { return strings.TrimSpace(text[1:len(text)-1]) == "" }
	switch {
	case beside == "":
		return within
	case within[0] != beside[0]:
		within, beside = wantKeys(within), wantKeys(beside)
	}
	switch {
	case hollow(within):
		return beside
	case hollow(beside), within == beside:
		return within
	}
	return within[:len(within)-1] + "," + beside[1:]
}

// wantKeys returns the keys of an object, as they are written, as a list, and a list unchanged.
func wantKeys(text string) string {
	if text[0] == '[' {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	keys := []string{}
	for {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if err != nil {
			panic(err)
		}
		switch token {
		case json.Delim('{'):
			continue
		case json.Delim('}'):
			return "[" + strings.Join(keys, ",") + "]"
		}
		keys = append(keys, strings.TrimLeft(text[start:decoder.InputOffset()], ", \t\r\n"))
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			panic(err)
		}
	}
}

var uuidText = regexp.MustCompile(`^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$`)

// wantPersonID returns a UUID as PostHog writes it, and nothing for other text.
func wantPersonID(raw json.RawMessage) string {
	text := strings.ToLower(wantID(raw))
	if hyphens := strings.Count(text, "-"); hyphens != 0 && hyphens != 4 || !uuidText.MatchString(text) {
		return ""
	}
	if text = uuidText.ReplaceAllString(text, "$1-$2-$3-$4-$5"); strings.Trim(text, "0-") == "" {
		return ""
	}
	return text
}

// wantID is wantText, but empty for values that cannot be an ID: objects, arrays, and text that loses
// something when it is decoded. Such text has more U+FFFD after decoding than before.
func wantID(raw json.RawMessage) string {
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		return ""
	}
	there := escapedReplacement.ReplaceAllLiteral(bytes.ReplaceAll(raw, []byte("\ufffd"), []byte("x")), []byte("x"))
	if text := wantText(raw); !strings.Contains(wantText(there), "\ufffd") {
		return text
	}
	return ""
}

var escapedReplacement = regexp.MustCompile(`\\\\|\\u(?i:fffd)`)

func wantText(raw json.RawMessage) (text string) {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if raw[0] != '"' {
		return string(rawjson.AppendUTF8(nil, raw))
	}
	if err := json.Unmarshal(raw, &text); err != nil {
		panic(err)
	}
	return text
}

func wantObject(raw json.RawMessage) (object, reason string) {
	if len(raw) > 0 && raw[0] == '"' {
		return wantObjectText([]byte(wantText(raw)))
	}
	return wantObjectText(raw)
}

func wantObjectText(text []byte) (object, reason string) {
	switch text = bytes.Trim(text, " \t\r\n"); {
	case len(text) == 0 || string(text) == "null":
		return "", ""
	case !json.Valid(text):
		return "", NotJSON
	case text[0] != '{':
		return "", NotAnObject
	}
	return string(text), ""
}

func wantAttributes(kinds string, raws ...json.RawMessage) string {
	for _, raw := range raws {
		text := string(raw)
		if len(raw) > 0 && raw[0] == '"' {
			text = strings.Trim(wantText(raw), " \t\r\n")
		}
		if text != "" && json.Valid([]byte(text)) && strings.IndexByte(kinds, text[0]) >= 0 {
			return text
		}
	}
	return ""
}

// jsonRows are rows of every kind, good and bad.
var jsonRows = []string{
	`{"event":"a","distinct_id":"u"}`,
	`{"uuid":"019cb821-7813-7a8c-b949-91dab9baa159","event":"$pageview","distinct_id":"u1","person_id":"B1B32417-b0ba-5954-a245-e60d29e93178","timestamp":"2026-03-04T09:15:27.123000+00:00","created_at":"2026-03-04T09:15:28+00:00","properties":{"$browser":"Chrome","n":12345678901234567890},"person_properties":{"email":"a@example.com"},"elements_chain":""}`,
	`{"properties":{"$set":{"a":1},"$set_once":{"b":2},"$unset":["c"],"$is_identified":true,"$user_id":"u","$device_id":"d","$anon_distinct_id":"x","alias":"y","$process_person_profile":false},"event":"$identify","distinct_id":"u"}`,
	`{"event":"a","distinct_id":"u","properties":"{\"x\":[1,{\"y\":\"\\u00e9\"}],\"$set\":{\"z\":1}}"}`,
	`{"event":"a","distinct_id":"u","properties":""}`, `{"event":"a","distinct_id":"u","properties":" null "}`,
	`{"event":"a","distinct_id":"u","properties":null,"person_properties":null}`,
	`{"event":"a","distinct_id":"u","properties":"not json"}`, `{"event":"a","distinct_id":"u","properties":"[1]"}`,
	`{"event":"a","distinct_id":"u","properties":[1]}`, `{"event":"a","distinct_id":"u","properties":7}`,
	`{"event":"a","distinct_id":"u","person_properties":"{\"a\":\"b\"}"}`, `{"event":"a","distinct_id":"u","person_properties":"{"}`,
	`{"event":"a","distinct_id":"u","person_properties":true}`,
	`{"event":"a","properties":{"distinct_id":"inner"}}`, `{"event":"a","distinct_id":null,"properties":{"distinct_id":10077}}`,
	`{"event":"a"}`, `{"event":"a","distinct_id":""}`, `{"event":"a","distinct_id":" \t"}`, `{"event":"a","distinct_id":10077}`,
	`{"event":"a","distinct_id":{"x":1}}`, `{"event":"a","distinct_id":true}`,
	`{"distinct_id":"u"}`, `{"event":null,"distinct_id":"u"}`, `{"event":5,"distinct_id":"u"}`, `{"event":"","distinct_id":"u"}`,
	`{"event":" \t","distinct_id":"u"}`, `{"event":"\u0020","distinct_id":"u"}`,
	`{"id":"019cb821-7813-7a8c-b949-91dab9baa159","event":"a","distinct_id":"u"}`, `{"uuid":"","id":"019cb82178137a8cb94991dab9baa159","event":"a","distinct_id":"u"}`, "{\"uuid\":\"019cb821\xc1\",\"id\":\"019cb82178137a8cb94991dab9baa159\",\"event\":\"a\",\"distinct_id\":\"u\"}",
	`{"uuid":"019cb821-7813-7a8c-b949-91dab9baa159","id":"00000000-0000-0000-0000-000000000001","event":"a","distinct_id":"u"}`, `{"id":7,"event":"a","distinct_id":"u"}`,
	`{"event":"a","$distinct_id":"u"}`, `{"event":"a","$distinct_id":"u","distinct_id":""}`, `{"event":"a","$distinct_id":"u","distinct_id":5}`, `{"event":"a","$distinct_id":"u","distinct_id":null}`,
	`{"properties":{"$lib":"web","$is_identified":false},"event":"a","distinct_id":"u"}`,
	`{"properties":{"$lib":"posthog-node","$is_identified":false},"event":"a","distinct_id":"u"}`,
	`{"properties":{"$is_identified":false,"$lib":"web","$lib":"other"},"event":"a","distinct_id":"u"}`,
	`{"properties":{"$lib":"web","$is_identified":false,"$lob":1,"$let":2},"event":"a","distinct_id":"u"}`,
	`{"event":"a","distinct_id":"u","person":{"distinct_ids":["u"],"properties":{"email":"a@example.com","n":1},"is_identified":true}}`,
	`{"event":"a","distinct_id":"u","person":{"\u0070roperties":{"n":1}}}`, `{"event":"a","distinct_id":"u","person":{"properties":{"n":1},"properties":[]}}`,
	`{"event":"a","distinct_id":"u","person":{"properties":{"n":1}},"person_properties":{"n":2}}`, `{"event":"a","distinct_id":"u","person_properties":null,"person":{"properties":{"n":1}}}`,
	`{"event":"a","distinct_id":"u","person":{"properties":{"n":1}},"person":"x"}`, `{"event":"a","distinct_id":"u","person":{"properties":{"n":1},}}`, `{"event":"a","distinct_id":"u","person":null}`,
	`{"event":"first","event":"last","distinct_id":"u","distinct_id":"v"}`,
	`{"event":"a","distinct_id":"u","properties":{"$user_id":"x","p":1},"properties":{"q":2}}`,
	`{"event":"a","distinct_id":"u","properties":{"p":1},"properties":null}`,
	`{"event":"a","distinct_id":"u","properties":null,"properties":{"p":1,"p":2}}`,
	`{"\u0065vent":"a\u00e9\ud83d\ude00\ud800","distinct_id":"\u0075","properties":{"\u0024set":{"k":1},"a\\b":1}}`,
	"{\"event\":\"bad \xff utf8\",\"distinct_id\":\"u\xc3\x28\",\"properties\":{\"k\xff\":\"\xff\"}}",
	`{"event":"a","distinct_id":"u","$set":{"a":1},"$set_once":{"b":1},"$unset":["c"]}`,
	`{"event":"a","distinct_id":"u","$set":{"a":1},"properties":{"$set":{"a":2},"$set_once":null,"$unset":"x"}}`,
	`{"event":"a","distinct_id":"u","$set":{"b":[1],"\u0061":2},"$set_once":{"a":1},"$unset":["c"],"properties":{"$set":{ "a" : 1 } ,"$set_once":{"b":"}"},"$unset":["d",1]}}`,
	`{"event":"a","distinct_id":"u","$set":{},"$set_once":{ },"$unset":[ ],"properties":{"$set":{"a":1},"$set_once":{},"$unset":[1]}}`,
	`{"event":"a","distinct_id":"u","$set":{"a":1},"$unset":["c"],"properties":{"$set":{},"$set_once":{"x":1},"$unset":{"d":{"e":1}, "\"f" :2}}}`,
	`{"event":"a","distinct_id":"u","set":{"a":1},"unset":{"c":1},"properties":{"$set":{"a":1},"$unset":["d"]}}`,
	`{"event":"a","distinct_id":"u","elements_chain":"a.b:nth-child=\"1\"text=\"\u00e9\""}`, `{"event":"a","distinct_id":"u","elements_chain":["a"]}`,
	`{"event":"a","distinct_id":"u","elements_chain":null}`,
	`{"event":"a","distinct_id":"u","set":"{\"a\":1}","set_once":"","unset":"[\"c\"]"}`,
	`{"event":"a","distinct_id":"u","set":{"a":1},"$set":"nonsense","unset":{"c":1},"$unset":null}`,
	`{"event":"a","distinct_id":"u","person_mode":"propertyless","team_id":4242}`, `{"event":"a","distinct_id":"u","team_id":"4242"}`, `{"event":"a","distinct_id":"u","team_id":[2]}`,
	`{"event":"a","distinct_id":"u","person_id":"00000000-0000-0000-0000-000000000000"}`,
	`{"event":"a","distinct_id":"u","timestamp":1772615727.5,"created_at":1772615727123}`, `{"event":"a","distinct_id":"u","timestamp":"soon"}`,
	`{"event":"a","distinct_id":"u","created_at":"1970-01-01T00:00:00+00:00","timestamp":true}`,
	`{"event":"a","distinct_id":"u","timestamp":"2026-03-04T09:15:27\u002b00:00"}`,
	" {\t\"event\" : \"a\" , \"distinct_id\" : \"u\" , \"properties\" : { \"a\" : 1 , \"b\" : [ ] } } ",
	"{\"event\":\"a\",\"distinct_id\":\"u\"}\r", `{"event":"a","distinct_id":"u",}`, `{"event":"a","distinct_id":"u"`, `{"event":"a" "distinct_id":"u"}`,
	`{"event":"a","distinct_id":"u"}x`, `{"event":"a","distinct_id":"u","properties":{"a":1}`, `{"event":"a","distinct_id":"u","properties":{"a" 1}}`,
	`{"event":"a","distinct_id":"u","properties":{"a":1 "b":2}}`, `{"event":"a","distinct_id":"u","properties":{"a":01}}`,
	"{\"event\":\"a\tb\",\"distinct_id\":\"u\"}", "{\"event\":\"a\",\"distinct_id\":\"u\",\"properties\":{\"nul\":\"\x00\"}}",
	``, `   `, "\r", `null`, `[]`, `"text"`, `17`, `{}`, `{"":1}`, `nonsense`,
}

func TestJSONL(t *testing.T) {
	for _, text := range jsonRows {
		compareJSONL(t, []byte(`{"event":"first","distinct_id":"u"}`+"\n"+text), Options{MaxRow: 4 << 10})
	}
	all := []byte(`{"event":"first","distinct_id":"u"}` + "\n" + strings.Join(jsonRows, "\n"))
	for _, window := range []int{16, 64, 100, 1 << 10, windowSize} {
		for _, maxRow := range []int{20, 100, 4 << 10} {
			compareJSONL(t, all, Options{MaxRow: maxRow, window: window})
			compareJSONL(t, append(all, '\n'), Options{MaxRow: maxRow, window: window})
			compareJSONL(t, bytes.ReplaceAll(all, []byte("\n"), []byte("\r\n")), Options{MaxRow: maxRow, window: window})
		}
	}
}

// compareJSONL decodes data in our way and in encoding/json's.
func compareJSONL(t *testing.T, data []byte, o Options) {
	t.Helper()
	l := &layout{shape: "test", split: splitLines, line: decodeJSON}
	chunks := cutAs(data, l, o)
	if diff := cmp.Diff(wantJSONL(data, o.MaxRow), rowsOf(t, chunks)); diff != "" {
		t.Fatalf("%q in windows of %d, rows of at most %d (- encoding/json, + here):\n%s", data, o.window, o.MaxRow, diff)
	}
}

func FuzzJSONL(f *testing.F) {
	for i, text := range jsonRows {
		f.Add([]byte(text), uint16(i*7), uint16(4<<10))
	}
	f.Add([]byte(strings.Join(jsonRows, "\n")), uint16(50), uint16(100))
	f.Fuzz(func(t *testing.T, data []byte, window, maxRow uint16) {
		compareJSONL(t, data, Options{MaxRow: 1 + int(maxRow), window: 1 + int(window)})
	})
}
