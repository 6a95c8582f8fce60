package posthog

import (
	"bytes"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/rawjson"
)

// csvTexts are rows under the header event,distinct_id,properties,timestamp.
var csvTexts = []string{
	"a,u,{},2026-03-04 09:15:27.123000\n", "a,u,,\n", `"a","u","{""x"":""y""}","2026-03-04 09:15:27"` + "\n",
	`"a ""quoted"" name",u,"{""s"":""a \""b\"" c"",""t"":[1,2]}",1772615727` + "\n",
	"\"multi\nline\",u,{},\n", "\"multi\r\nline\",u,\"{\n\"\"a\"\":1}\",\r\n", "a,u,{},\r\nb,u,{},\r\n", "\n\n\na,u,{},\n\r\n",
	"a,u,{}\n", "a,u,{},,\n", "a\n", ",,,\n", "a,,\"{\"\"distinct_id\"\":7}\",\n", "a,,{},\n", "a,\" \",{},\n", ",u,{},\n",
	"a,u,nonsense,\n", "a,u,\"{\"\"a\"\":}\",\n", "a,u,[1],\n", "a,u,\"\"\"text\"\"\",\n", "a,u,null,\n", "a,u,\\N,\\N\n",
	"a,u\"v,{},\n", "a,\"u\"v,{},\n", "a,\"u\n", "a,u,{},\nb,\"u,{},\nc,u,{},\nd,u,{},\n", "\"", "\"\"", "\"\"\"", "\"a\"\"", "a,\"b\"\r", "\r", "a,u,{},\r",
	"a,u,{},\n\"b,u,{},\n", "a,u,\"{\"\"k\"\":\"\"long enough for more than one word\"\"}\",2026-03-04 09:15:27\n",
	"a,4.89201E+15,{},1\n", "a,-4E+15,{},1\n", "a,4.E+15,{},1\n", "a,4.1E+1,{},1\n", "a,x4.1E+12,{},1\n",
	"a,u,\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\",\n", "a\xff,\xffu,{},\n",
	strings.Repeat("\"x\",\"u\",\"{\"\"a\"\":\"\"b\"\"}\",\"1\"\n", 5),
}

const csvHeader = "event,distinct_id,properties,timestamp\n"

// csvLayout is the layout of a file with csvHeader.
func csvLayout(tb testing.TB, header string) *layout {
	l, skip, refused := recogniseFile([]byte(header), true, Options{})
	if refused != nil || l == nil || skip != len(header) {
		tb.Fatalf("%q: layout %v, skip %d, refused %v", header, l, skip, refused)
	}
	plain := *l
	plain.header = 0
	return &plain
}

func TestCSV(t *testing.T) {
	for _, delimiter := range delimiters {
		for _, text := range csvTexts {
			for _, window := range []int{1, 7, 64, windowSize} {
				compareCSV(t, cutBy(text, delimiter), window, delimiter)
			}
		}
		compareCSV(t, cutBy(strings.Join(csvTexts[:14], ""), delimiter), 10, delimiter)
	}
}

// cutBy writes a delimiter for each comma, and the other way round.
func cutBy(text string, delimiter byte) []byte {
	return []byte(strings.NewReplacer(",", string(delimiter), string(delimiter), ",").Replace(text))
}

// compareCSV decodes rows in our way and in that of encoding/csv, which is an oracle only up to the first
// misplaced quote.
func compareCSV(t *testing.T, data []byte, window int, delimiter byte) {
	t.Helper()
	chunks := cutAs(data, csvLayout(t, string(cutBy(csvHeader, delimiter))), Options{window: window})
	covered(t, chunks, data)
	got := rowsOf(t, chunks)
	want, whole := wantCSV(data, delimiter)
	for i := range got {
		got[i].normalise()
	}
	if !whole {
		if len(got) <= len(want) {
			t.Fatalf("%q in windows of %d: %d rows, encoding/csv has %d and an error", data, window, len(got), len(want))
		}
		got = got[:len(want)]
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%q in windows of %d (- encoding/csv, + here):\n%s", data, window, diff)
	}
}

// covered checks that the chunks' rows are all of data, in order.
func covered(t *testing.T, chunks []*Chunk, data []byte) {
	t.Helper()
	var all []byte
	ref := uint64(0)
	for _, c := range chunks {
		if c.Ref != ref {
			t.Fatalf("chunk %d begins with row %d after %d rows", c.Number, c.Ref, ref)
		}
		if !slices.IsSorted(c.ends) || int(c.ends[len(c.ends)-1]) != len(c.data) {
			t.Fatalf("rows end at %v of %d", c.ends, len(c.data))
		}
		ref += uint64(len(c.ends))
		all = append(all, c.data...)
	}
	if !bytes.Equal(all, data) {
		t.Fatalf("chunks hold %q of %q", all, data)
	}
}

// normalise writes line ends within cells as encoding/csv does.
func (r *row) normalise() {
	r.Ref = 0
	fields := []*string{&r.Name, &r.DistinctID, &r.Properties, &r.Set, &r.SetOnce, &r.Unset, &r.UserID, &r.DeviceID, &r.AnonDistinctID, &r.Alias}
	for _, field := range fields {
		*field = strings.ReplaceAll(*field, "\r\n", "\n")
	}
	for key, value := range r.Members {
		r.Members[key] = strings.ReplaceAll(value, "\r\n", "\n")
	}
}

var wantRounded = regexp.MustCompile(`^-?\d([.,]\d+)?E\+\d{2,}$`)

func wantCSV(data []byte, delimiter byte) (rows []row, whole bool) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = rune(delimiter)
	r.FieldsPerRecord = -1
	for {
		cells, err := r.Read()
		if err != nil {
			return rows, err == io.EOF
		}
		line, _ := r.FieldPos(0)
		want := wantCells(cells)
		want.Line = int64(line)
		rows = append(rows, want)
	}
}

func wantCells(cells []string) (r row) {
	if len(cells) != 4 {
		return row{Reason: CSVFields}
	}
	for i, cell := range cells {
		if cell == `\N` {
			cells[i] = ""
		}
	}
	if r.Properties, r.Reason = wantObjectText([]byte(cells[2])); r.Reason != "" {
		return row{Reason: r.Reason}
	}
	if rawjson.Blank([]byte(cells[0])) {
		return row{Reason: NotAnEvent}
	}
	if r.Properties == "" {
		r.Properties = "{}"
	}
	r.Name, r.Timestamp = strings.TrimSpace(string(rawjson.AppendUTF8(nil, []byte(cells[0])))), ParseTime([]byte(cells[3]))
	r.wantProperties()
	if cells[1] == "" {
		return r.wantDistinctID(nil)
	}
	switch r.DistinctID = cells[1]; {
	case !utf8.ValidString(cells[1]):
		return row{Reason: BadDistinctID}
	case rawjson.Blank([]byte(cells[1])):
		return row{Reason: NoDistinctID}
	case wantRounded.MatchString(cells[1]):
		return row{Reason: RoundedID}
	}
	return r
}

func TestStrayQuoteCostsItsOwnRow(t *testing.T) {
	good := "a,u,{},1772615727\n"
	for _, bad := range []string{"a,u\"v,{},1\n", "a,\"u\",\"{},1\n", "a,\"u\"x,{},1\n", "\"a,u,{},1\n", "a,u,{},\"1\n"} {
		data := good + good + bad + good + good
		chunks := cutAs([]byte(data), csvLayout(t, csvHeader), Options{})
		var reasons []string
		for _, r := range rowsOf(t, chunks) {
			reasons = append(reasons, r.Reason)
		}
		if diff := cmp.Diff([]string{"", "", CSVQuotes, "", ""}, reasons); diff != "" {
			t.Errorf("%q among good rows:\n%s", bad, diff)
		}
	}
}

func TestOpenQuoteIsGivenUpAtMaxRow(t *testing.T) {
	good := "a,u,{},1772615727\n"
	data := good + "b,\"never closed,{},\n" + strings.Repeat(good, 100)
	chunks := cutAs([]byte(data), csvLayout(t, csvHeader), Options{window: 64, MaxRow: 300})
	rows := rowsOf(t, chunks)
	if len(rows) != 102 || rows[1].Reason != CSVQuotes || rows[1].Line != 2 {
		t.Fatalf("%d rows, the second %+v", len(rows), rows[1])
	}
	if len(chunks) < 4 {
		t.Errorf("all in %d chunks, although an open quote may not hold back more than 300 bytes", len(chunks))
	}
	for _, r := range rows[2:] {
		if r.Reason != "" {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for i, text := range csvTexts {
		delimiter := delimiters[i%len(delimiters)]
		f.Add(cutBy(text, delimiter), uint16(i*3), uint8(i%len(delimiters)))
	}
	f.Fuzz(func(t *testing.T, data []byte, window uint16, which uint8) {
		compareCSV(t, data, 1+int(window), delimiters[int(which)%len(delimiters)])
	})
}

func TestEveryColumnOfAnEventIsTaken(t *testing.T) {
	for _, c := range eventColumns {
		if takes[c.field] == nil {
			t.Errorf("nothing takes the column %s", c.field)
		}
	}
	if len(takes) != len(eventColumns) {
		t.Errorf("%d columns, %d ways to take them", len(eventColumns), len(takes))
	}
}
