package posthog

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/rawjson"
)

func TestExplorerPutsPropertiesBackTogether(t *testing.T) {
	for _, test := range []struct {
		name          string
		header, cells string
		want          string // properties
	}{
		{"values", "*.properties.s,*.properties.n,*.properties.t,*.properties.f,*.properties.none", "text,12.5,True,False,", `{"s":"text","n":12.5,"t":true,"f":false}`},
		{"what only looks like a number", "*.properties.a,*.properties.b,*.properties.c,*.properties.d,*.properties.e", "007,+1,1.,1e5,1E400", `{"a":"007","b":"+1","c":"1.","d":"1e5","e":"1E400"}`},
		{"numbers as programs write them", "*.properties.a,*.properties.b,*.properties.c", "1e+16,1.5e-07,-0.0", `{"a":1e+16,"b":1.5e-07,"c":-0.0}`},
		{"no numbers", "*.properties.a,*.properties.b,*.properties.c,*.properties.l.0,*.properties.l.1", "nan,-inf,Infinity,NaN,1", `{"l":[null,1]}`},
		{"JSON", "*.properties.a,*.properties.b,*.properties.c", `"[1, ""x""]","{""a"":{}}",[1`, `{"a":[1, "x"],"b":{"a":{}},"c":"[1"}`},
		{"digits are kept", "*.properties.a,*.properties.b", "12345678901234567890,-0.10", `{"a":12345678901234567890,"b":-0.10}`},
		{"true in other cases", "*.properties.a,*.properties.b,*.properties.c", "true,TRUE,none", `{"a":true,"b":"TRUE","c":"none"}`},
		{"objects", "*.properties.$set.email,*.properties.a,*.properties.$set.address.city", "x@example.com,1,Lisbon", `{"$set":{"email":"x@example.com","address":{"city":"Lisbon"}},"a":1}`},
		{"arrays", "*.properties.tags.0,*.properties.tags.1,*.properties.tags.2", "a,b,", `{"tags":["a","b"]}`},
		{"null within an array", "*.properties.tags.0,*.properties.tags.1", ",b", `{"tags":[null,"b"]}`},
		{"arrays out of order", "*.properties.tags.1,*.properties.tags.0", "b,a", `{"tags":["a","b"]}`},
		{"arrays of objects", "*.properties.i.0.sku,*.properties.i.0.qty,*.properties.i.1.sku", "A,2,B", `{"i":[{"sku":"A","qty":2},{"sku":"B"}]}`},
		{"numbers that are keys", "*.properties.o.1,*.properties.o.3", "a,b", `{"o":{"1":"a","3":"b"}}`},
		{"nothing within", "*.properties.o.a,*.properties.l.0,*.properties.x", ",,1", `{"x":1}`},
		{"nothing at all", "*.properties.o.a,*.properties.l.0", ",", `{}`},
		{"groups", "*.properties.$groups.company,*.properties.$group_0", "acme,acme", `{"$groups":{"company":"acme"},"$group_0":"acme"}`},
		{"slashes", "*.properties.$feature/new-onboarding", "test", `{"$feature/new-onboarding":"test"}`},
		{"one key of two kinds, itself", "*.properties.a,*.properties.a.b,*.properties.a.c.0", "1,,", `{"a":1}`},
		{"one key of two kinds, within", "*.properties.a,*.properties.a.b,*.properties.a.c.0", ",2,3", `{"a":{"b":2,"c":[3]}}`},
		{"a key with a dot beside its stem", "*.properties.a,*.properties.a.b,*.properties.x.a,*.properties.x.a.b", "1,2,3,4", `{"a":1,"a.b":2,"x":{"a":3,"a.b":4}}`},
		{"text to escape", "*.properties.q,*.properties.\"\"k", `"say ""hi""\ now",v`, `{"q":"say \"hi\"\\ now","\"k":"v"}`},
		{"bare columns repeat", "*.properties.$lib,properties.$lib", "web,other", `{"$lib":"web"}`},
		{"bare columns alone", "properties.$lib,properties.n", "web,1", `{"$lib":"web","n":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := strings.ReplaceAll(test.header, `*.properties.""k`, `"*.properties.""k"`)
			data := "*.event,*.distinct_id," + header + "\r\na,u," + test.cells + "\r\n"
			chunks, refused := cutBytes([]byte(data), Options{})
			if refused != nil {
				t.Fatal(refused)
			}
			rows := rowsOf(t, chunks)
			if len(rows) != 1 || rows[0].Properties != test.want {
				t.Errorf("got %+v, want properties %s", rows, test.want)
			}
		})
	}
}

func TestExplorerColumns(t *testing.T) {
	header := "*.uuid,*.event,*.properties.$unset.0,*.properties.$unset.1,*.properties.$user_id,*.properties.$is_identified,*.properties.$process_person_profile," +
		"*.timestamp,*.team_id,*.distinct_id,*.elements_chain,*.created_at,*.person_mode,event,Person .display_name,Person .id,Person .distinct_id,Url / Screen,timestamp\r\n"
	row1 := "019cb821-7813-7a8c-b949-91dab9baa159,$set,a,b,1001,True,False,2026-03-04 09:15:27.123000+00:00,4242,user_1,,2026-03-04 09:15:28+00:00,propertyless," +
		"other,Maya,b1b32417-b0ba-5954-a245-e60d29e93178,user_9,https://example.com/,2020-01-01 00:00:00+00:00\r\n"
	chunks, refused := cutBytes([]byte(header+row1), Options{})
	if refused != nil {
		t.Fatal(refused)
	}
	want := []row{{
		Line: 2, UUID: "019cb82178137a8cb94991dab9baa159", Name: "$set", DistinctID: "user_1", PersonID: "b1b32417-b0ba-5954-a245-e60d29e93178",
		TeamID: 4242, Timestamp: ParseTime([]byte("2026-03-04T09:15:27.123Z")), CreatedAt: ParseTime([]byte("2026-03-04T09:15:28Z")),
		Properties: `{"$unset":["a","b"],"$user_id":1001,"$is_identified":true,"$process_person_profile":false}`,
		Unset:      `["a","b"]`, UserID: "1001", IsIdentified: true, Personless: true,
		Members: map[string]string{"$unset": `["a","b"]`, "$user_id": "1001", "$is_identified": "true", "$process_person_profile": "false"},
	}}
	if diff := cmp.Diff(want, rowsOf(t, chunks)); diff != "" {
		t.Error(diff)
	}
}

func TestPersonsPropertiesArePutBackTogether(t *testing.T) {
	header := "event,distinct_id,person.properties.email,person.properties.$set.plan,person.properties.tags.0,person.is_identified,properties.n\n"
	for cells, want := range map[string]string{
		"a@example.com,pro,x,True,1": `{"email":"a@example.com","$set":{"plan":"pro"},"tags":["x"]}`,
		",,x,False,":                 `{"tags":["x"]}`,
		",,,True,1":                  "",
	} {
		chunks, refused := cutBytes([]byte(header+"a,u,"+cells+"\n"), Options{})
		if refused != nil {
			t.Fatal(refused)
		}
		for e, bad := range chunks[0].Events() {
			if bad != nil || string(e.PersonProperties) != want || e.Set != nil {
				t.Errorf("%s: %v %s", cells, bad, e.PersonProperties)
			}
			for _, m := range e.PersonMembers {
				if !json.Valid(e.PersonProperties[m.ValueStart:m.ValueEnd]) || e.PersonProperties[m.KeyEnd] != '"' {
					t.Errorf("member %+v of %s", m, e.PersonProperties)
				}
			}
			if (len(e.PersonMembers) > 0) != (want != "") {
				t.Errorf("%s: %d members", cells, len(e.PersonMembers))
			}
		}
	}
}

func TestExplorerWithoutTheWholeEvent(t *testing.T) {
	data := "event,Person .id,Person .distinct_id,properties.$lib,timestamp\r\n$pageview,b1b32417-b0ba-5954-a245-e60d29e93178,u,web,2026-03-04T09:15:27Z\r\n"
	chunks, refused := cutBytes([]byte(data), Options{})
	if refused != nil {
		t.Fatal(refused)
	}
	if rows := rowsOf(t, chunks); len(rows) != 1 || rows[0].DistinctID != "u" || rows[0].Properties != `{"$lib":"web"}` {
		t.Errorf("%+v", rows)
	}
}

// wantNode is a value of one row's properties, as maps and slices.
type wantNode struct {
	cell string
	leaf bool
	text bool // its column is text
	kids map[string]*wantNode
}

// wantTree takes the names of columns, the row's cells, and which columns are text.
func wantTree(names, cells []string, text map[string]bool) *wantNode {
	root := &wantNode{}
	for i, name := range names {
		path, ok := strings.CutPrefix(name, "*.properties.")
		if !ok {
			continue
		}
		n := root
		for part := range strings.SplitSeq(path, ".") {
			if n.kids == nil {
				n.kids = make(map[string]*wantNode)
			}
			if n.kids[part] == nil {
				n.kids[part] = &wantNode{}
			}
			n = n.kids[part]
		}
		n.leaf, n.text = true, text[columnName(path)]
		if kind, _ := wantKind(cells[i]); kind != "" {
			n.cell = cells[i]
		}
	}
	return root
}

// columnName is the name of a property's column. $set and $set_once share their columns.
func columnName(path string) string {
	if rest, ok := strings.CutPrefix(path, "$set_once."); ok {
		return "$set." + rest
	}
	return path
}

var (
	wantNumber    = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)
	wantExponent  = regexp.MustCompile(`^-?[1-9](\.\d+)?e([+-]?\d{1,3})$`)
	wantNotNumber = regexp.MustCompile(`^[+-]?(nan|NaN|NAN|inf|Inf|INF|infinity|Infinity|INFINITY)$`)
)

// wantKind returns the kind of a cell, and its value.
func wantKind(cell string) (kind string, value any) {
	switch {
	case cell == "" || cell == `\N` || wantNotNumber.MatchString(cell):
		return "", nil
	case wantNumber.MatchString(cell):
		return "number", json.Number(cell)
	case cell == "True" || cell == "False":
		return "boolean of Python", cell == "True"
	case cell == "true" || cell == "false":
		return "boolean", cell == "true"
	}
	if parts := wantExponent.FindStringSubmatch(cell); parts != nil {
		exponent, _ := strconv.Atoi(parts[2])
		if f, err := strconv.ParseFloat(cell, 64); err == nil && !math.IsInf(f, 0) && (exponent <= -5 || exponent >= 15) {
			return "number", json.Number(cell)
		}
	}
	if (cell[0] == '[' || cell[0] == '{') && json.Valid([]byte(cell)) {
		d := json.NewDecoder(strings.NewReader(cell))
		d.UseNumber()
		_ = d.Decode(&value)
		return "JSON", value
	}
	return "text", string(rawjson.AppendUTF8(nil, []byte(cell)))
}

// textColumns returns which columns are text: those with a cell of text, or with cells of two kinds.
func textColumns(names []string, lines [][]string) map[string]bool {
	text, kinds := map[string]bool{}, map[string]string{}
	for _, line := range lines {
		for i, cell := range line {
			path := strings.TrimPrefix(names[i], "*.properties.")
			if path == "$is_identified" || path == "$process_person_profile" {
				continue
			}
			name := columnName(path)
			kind, _ := wantKind(cell)
			if kind == "" {
				continue
			}
			if before := kinds[name]; kind == "text" || before != "" && before != kind {
				text[name] = true
			}
			kinds[name] = kind
		}
	}
	return text
}

// value is nil where the row has nothing.
func (n *wantNode) value() any {
	switch {
	case n.cell != "" && n.text:
		return string(rawjson.AppendUTF8(nil, []byte(n.cell)))
	case n.cell != "":
		_, value := wantKind(n.cell)
		return value
	case n.isArray():
		var elements []any
		for i := range len(n.kids) {
			elements = append(elements, n.kids[strconv.Itoa(i)].value())
		}
		for len(elements) > 0 && elements[len(elements)-1] == nil {
			elements = elements[:len(elements)-1]
		}
		if len(elements) == 0 {
			return nil
		}
		return elements
	}
	if o := n.object(); len(o) > 0 {
		return o
	}
	return nil
}

func (n *wantNode) isArray() bool {
	for i := range len(n.kids) {
		if k := n.kids[strconv.Itoa(i)]; k == nil || k.leaf && len(k.kids) > 0 {
			return false
		}
	}
	return len(n.kids) > 0
}

func (n *wantNode) object() map[string]any {
	o := make(map[string]any)
	for name, k := range n.kids {
		if v := k.value(); v != nil {
			o[name] = v
		}
		if k.cell != "" {
			k.flatten(name, o)
		}
	}
	return o
}

func (n *wantNode) flatten(prefix string, o map[string]any) {
	for name, k := range n.kids {
		if k.cell != "" {
			o[prefix+"."+name] = (&wantNode{cell: k.cell, text: k.text}).value()
		}
		k.flatten(prefix+"."+name, o)
	}
}

func FuzzUICSV(f *testing.F) {
	f.Add("a,b.c,b.d,tags.0,tags.1", "1,2,3,4,5\n,,x,,y\n")
	f.Add("$set.email,$set,$set_once.a.b,$unset.0,$user_id", "a@example.com,,True,k,7\n,text,1,,\n")
	f.Add("a,a.b,a.c.0,x.1,x.3", "1,2,3,4,5\n,2,3,,\n\"q\"\"q\",,,\"line\nline\",-0.5e1\n")
	f.Add("0,1,2.0,2.1", "a,b,c,d\n")
	f.Add("zip,hex,flag,plus,exp,nan", "01067,12e5,True,+1,1E400,NaN\n99423,77,False,-0,1e3,inf\n")
	f.Add("j,k,b,n.0", "\"[1, {\"\"a\"\":2}]\",{},true,1e-7\n{,[],True,1.5e+300\n")
	f.Add("0 ", "1")
	f.Add("a,.,0a,cb.x.1,", "1,2,3,4,5\nx,2,x,x,x\n")
	f.Fuzz(func(t *testing.T, names, text string) {
		header := []string{"*.event", "*.distinct_id"}
		for name := range strings.SplitSeq(names, ",") {
			header = append(header, "*.properties."+name)
		}
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.UseCRLF = true
		w.Write(header)
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = len(header) - 2
		lines, err := r.ReadAll()
		if err != nil {
			return
		}
		for _, line := range lines {
			w.Write(append([]string{"a", "u"}, line...))
		}
		w.Flush()
		checkExplorer(t, header, lines, file.Bytes())
	})
}

func checkExplorer(t *testing.T, header []string, lines [][]string, file []byte) {
	// csv.Reader may read odd names differently from how csv.Writer wrote them.
	back, err := csv.NewReader(bytes.NewReader(file)).Read()
	if err != nil || !cmp.Equal(back, header) || strings.Contains(strings.Join(header, ""), "\n") || strings.ToValidUTF8(strings.Join(header, ","), "\ufffd") != strings.Join(header, ",") {
		return
	}
	seen := make(map[string]bool)
	for _, name := range header {
		if seen[name] {
			if _, refused := cutBytes(file, Options{}); refused == nil {
				t.Fatalf("%q: not refused, although a column is there twice", header)
			}
			return
		}
		seen[name] = true
		if strings.Count(name, ".") > mostLevels || name != strings.TrimSpace(name) { // space around a name is cut off
			return
		}
	}
	for _, line := range lines {
		for j, cell := range line { // what csv.Writer makes of line ends in a cell
			line[j] = strings.ReplaceAll(strings.ReplaceAll(cell, "\r", ""), "\n", "\r\n")
		}
	}
	types := NewColumnTypes(nil)
	chunks, refused := cutBytes(file, Options{Types: types})
	if refused != nil {
		t.Fatal(refused)
	}
	rowsOf(t, chunks)
	for _, c := range chunks {
		types.Add(c.FoundCells())
	}
	types.Fix()
	rows := rowsOf(t, chunks)
	if len(rows) != len(lines) {
		t.Fatalf("%d rows of %d", len(rows), len(lines))
	}
	text := textColumns(header[2:], lines)
	for i, line := range lines {
		decoder := json.NewDecoder(strings.NewReader(rows[i].Properties))
		decoder.UseNumber()
		var got map[string]any
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		want := wantTree(header, append([]string{"a", "u"}, line...), text).object()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q\n%q (- want, + got):\n%s", header, line, diff)
		}
		if len(rows[i].Members) != len(got) {
			t.Fatalf("%d members of %d: %s", len(rows[i].Members), len(got), rows[i].Properties)
		}
	}
}

// TestColumnsFillInWhatTheCellLacks reads objects that a file has both in one cell and in columns: the cell
// counts, and nothing that only a column has is lost.
func TestColumnsFillInWhatTheCellLacks(t *testing.T) {
	const header = "event,distinct_id,properties,properties.extra,properties.n,properties.$set.email,properties.a.0," +
		"person_properties,person.properties.plan\n"
	for _, c := range []struct{ cells, properties, person, set string }{
		{`"{""n"":1}",7,9,,,,`, `{"n":1,"extra":7}`, ``, ``},
		{`"{""n"":1, ""extra"":""x""}",7,9,,,,`, `{"n":1, "extra":"x"}`, ``, ``},
		{`"{""\u006e"":1}",,9,,x,,`, `{"\u006e":1,"a":["x"]}`, ``, ``},
		{`"{ }",7,,,,"{}",pro`, `{ "extra":7}`, `{"plan":"pro"}`, ``},
		{`,7,9,,,,pro`, `{"extra":7,"n":9}`, `{"plan":"pro"}`, ``},
		{`{},,,e@x.example,,"{""plan"":""free""}",pro`, `{"$set":{"email":"e@x.example"}}`, `{"plan":"free"}`, `{"email":"e@x.example"}`},
		{`"{""$set"":{""a"":1}}",,,e@x.example,,,`, `{"$set":{"a":1}}`, ``, `{"a":1}`},
	} {
		chunks, _ := cutBytes([]byte(header+"a,u,"+c.cells+"\n"), Options{})
		for e, bad := range chunks[0].Events() {
			if bad != nil || string(e.Properties) != c.properties || string(e.PersonProperties) != c.person || string(e.Set) != c.set {
				t.Errorf("%s: %s, %s, %s; %v", c.cells, e.Properties, e.PersonProperties, e.Set, bad)
				continue
			}
			for _, m := range e.Members {
				if key := e.Properties[m.KeyStart-1 : m.KeyEnd+1]; !json.Valid(key) || !json.Valid(e.Properties[m.ValueStart:m.ValueEnd]) {
					t.Errorf("%s: a member of %s is at %+v", c.cells, e.Properties, m)
				}
			}
			if !json.Valid(e.Properties) || len(e.Members) == 0 {
				t.Errorf("%s: %d members of %s", c.cells, len(e.Members), e.Properties)
			}
		}
	}
}
