package synthetic

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// explorer renders rows as the events explorer's CSV: every property a column of its own, as Python prints
// its value. It is many times slower than the other shapes; such files have 300,000 rows at most.
type explorer struct {
	columns []string
	places  map[string]int // of a column
	line    bytes.Buffer
}

// sampleRows are read beforehand to find the columns.
const sampleRows = 1000

func newExplorer(o Options) *explorer {
	o.Invalid = 0
	g := newGenerator(o)
	keys := map[string]bool{}
	for n := range min(o.Rows, sampleRows) {
		for key := range flattened(g.row(n).properties) {
			keys[key] = true
		}
	}
	e := &explorer{columns: []string{"*.uuid", "*.event"}, places: map[string]int{}}
	e.columns = append(e.columns, slices.Sorted(maps.Keys(keys))...)
	e.columns = append(e.columns, "*.timestamp", "*.team_id", "*.distinct_id", "*.elements_chain", "*.created_at", "*.person_mode",
		"event", "Person .display_name", "Person .id", "Person .distinct_id", "Url / Screen", "properties.$lib", "timestamp")
	for i, column := range e.columns {
		e.places[column] = i
	}
	return e
}

func (e *explorer) header() []byte { return e.csv(e.columns) }

func (e *explorer) appendRow(dst []byte, r *row) []byte {
	if r.broken == notARow {
		return append(append(dst, pick(r.shuffle, notRows)...), "\r\n"...)
	}
	properties := map[string]string{}
	if r.broken == whole {
		properties = flattened(r.properties)
	}
	cells := make([]string, len(e.columns))
	put := func(column, text string) {
		if at, ok := e.places[column]; ok {
			cells[at] = text
		}
	}
	for column, text := range properties {
		put(column, text)
	}
	const clock = "2006-01-02 15:04:05.000000+00:00"
	put("*.uuid", string(r.uuid))
	put("*.event", r.name())
	put("*.timestamp", r.at.Format(clock))
	put("*.team_id", fmt.Sprint(teamID))
	put("*.distinct_id", string(r.distinctID))
	put("*.elements_chain", r.elements)
	put("*.created_at", r.createdAt.Format(clock))
	put("*.person_mode", r.mode())
	put("event", r.name())
	put("Person .display_name", string(r.distinctID))
	put("Person .id", string(r.personID))
	put("Person .distinct_id", string(r.distinctID))
	put("Url / Screen", properties["*.properties.$current_url"]+properties["*.properties.$screen_name"])
	put("properties.$lib", properties["*.properties.$lib"])
	put("timestamp", r.at.Format(clock))
	if r.broken != whole {
		cells = cells[:len(cells)/2]
	}
	return append(dst, e.csv(cells)...)
}

func (e *explorer) csv(cells []string) []byte {
	e.line.Reset()
	w := csv.NewWriter(&e.line)
	w.UseCRLF = true
	w.Write(cells) // into memory: it cannot fail
	w.Flush()
	return bytes.Clone(e.line.Bytes())
}

// flattened turns properties into columns: a.b for objects, a.0 for lists, and nothing for empty ones.
func flattened(properties []byte) map[string]string {
	decoder := json.NewDecoder(bytes.NewReader(properties))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		panic(fmt.Sprintf("synthetic properties are not JSON: %v: %s", err, properties))
	}
	cells := map[string]string{}
	flatten(cells, "*.properties", value)
	return cells
}

func flatten(cells map[string]string, name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			flatten(cells, name+"."+key, inner)
		}
	case []any:
		for i, inner := range value {
			flatten(cells, fmt.Sprintf("%s.%d", name, i), inner)
		}
	case nil:
		cells[name] = ""
	case bool:
		text := fmt.Sprint(value)
		cells[name] = strings.ToUpper(text[:1]) + text[1:]
	default:
		cells[name] = fmt.Sprint(value)
	}
}
