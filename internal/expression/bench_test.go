package expression

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ph2cio/internal/rawjson"
)

// wishes are ten expressions such as a mapping file has for each event.
var wishes = []string{
	`properties.plan ?? person.properties.plan ?? "free"`,
	`lower(trim(person.properties.email))`,
	`event.event == "$pageview" and properties.$current_url contains "/pricing"`,
	`event.event in ["signed up", "order paid", "plan changed"]`,
	`(properties.amount ?? 0) * 100`,
	`host(properties.$current_url)`,
	`query(properties.$current_url, "utm_source") ?? properties.utm_source`,
	`properties.$browser == "Chrome" ? "chrome" : "other"`,
	`not (person.properties.email endsWith "@example.com")`,
	`event.timestamp > 1700000000`,
}

// exportedRows are the rows of an export, with the properties of their persons.
func exportedRows(tb testing.TB) []*Row {
	tb.Helper()
	files, err := filepath.Glob("../../testdata/exports/*.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var text []byte
	for _, file := range files {
		one, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		text = append(append(text, one...), '\n')
	}
	var rows []*Row
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Event            string
			Properties       json.RawMessage
			PersonProperties json.RawMessage `json:"person_properties"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil || len(line.Properties) == 0 {
			continue
		}
		person := benchPerson{object: inner(line.PersonProperties)}
		person.members = rawjson.WalkMembers(nil, person.object)
		properties := inner(line.Properties)
		rows = append(rows, &Row{
			Event: []byte(line.Event), Timestamp: 1772618531, HasTimestamp: true, DistinctID: []byte("ada"), Person: &person,
			Properties: properties, Members: rawjson.WalkMembers(nil, properties),
		})
	}
	if len(rows) < 50 {
		tb.Fatalf("only %d rows", len(rows))
	}
	return rows
}

// inner returns an object that may be written as a JSON string.
func inner(value []byte) []byte {
	var text string
	if json.Unmarshal(value, &text) == nil {
		value = []byte(text)
	}
	if len(value) == 0 || value[0] != '{' {
		return []byte("{}")
	}
	return value
}

type benchPerson struct {
	object  []byte
	members []rawjson.Member
}

func (p *benchPerson) ID() []byte                             { return nil }
func (p *benchPerson) DistinctID() []byte                     { return nil }
func (p *benchPerson) Properties() ([]byte, []rawjson.Member) { return p.object, p.members }

// BenchmarkWishes reports the time for one row.
func BenchmarkWishes(b *testing.B) {
	rows := exportedRows(b)
	run := func(name string, texts []string) {
		b.Run(name, func(b *testing.B) {
			e := NewEvaluator(parseDate)
			var programs []*Program
			for _, text := range texts {
				programs = append(programs, compile(b, text))
			}
			b.ReportAllocs()
			var out []byte
			row := 0
			for b.Loop() {
				for _, p := range programs {
					var err error
					if out, _, err = e.JSON(out[:0], p, rows[row]); err != nil {
						b.Fatal(err)
					}
				}
				if row++; row == len(rows) {
					row = 0
				}
			}
		})
	}
	run("ten", wishes)
	for _, text := range wishes {
		run(text, []string{text})
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		compile(b, wishes[2])
	}
}
