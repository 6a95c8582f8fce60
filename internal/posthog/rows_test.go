package posthog

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"

	"ph2cio/internal/source"
)

// Rows made up in the shape of PostHog's batch exports, of about the size and with about the entropy of web
// events: about 40 properties, 1.7 KB.
type rowMaker struct {
	random *rand.Rand
	b      bytes.Buffer
}

func makeRows(n int) []byte {
	m := &rowMaker{random: rand.New(rand.NewPCG(7, 11))}
	for range n {
		m.row()
	}
	return m.b.Bytes()
}

func (m *rowMaker) pick(from ...string) string { return from[m.random.IntN(len(from))] }

func (m *rowMaker) uuid() string {
	return fmt.Sprintf("019%05x-%04x-7%03x-%04x-%012x", m.random.Uint32()>>12, m.random.Uint32()>>16, m.random.Uint32()>>20,
		0x8000|m.random.Uint32()>>18, m.random.Uint64()>>16)
}

func (m *rowMaker) row() {
	r := m.random
	visitor := r.IntN(3000)
	device := fmt.Sprintf("0195602e-7a11-7c3e-9d55-%012x", uint64(visitor)*0x9e3779b97f4a7c15>>16)
	id, identified := device, visitor%4 == 0
	if identified {
		id = fmt.Sprintf("user_%d", visitor)
	}
	second := r.IntN(86400 * 30)
	at := fmt.Sprintf("2026-03-%02dT%02d:%02d:%02d", 1+second/86400, second/3600%24, second/60%60, second%60)
	path := m.pick("/", "/pricing", "/docs/intro", "/docs/api/batch", "/app/projects", "/app/settings", "/blog/why-we-count", "/signup", "/login")
	url := fmt.Sprintf("https://app.acornly.example%s?utm_source=%s&ref=%d", path, m.pick("newsletter", "google", "partner"), r.IntN(100000))
	event := m.pick("$pageview", "$pageview", "$pageview", "$autocapture", "$pageleave", "Project Created", "Order Completed", "$identify")

	fmt.Fprintf(&m.b, `{"event":%q,"timestamp":"%s.%06d+00:00","distinct_id":%q,"_inserted_at":"%s.384615+00:00","uuid":"%s"`, event, at, r.IntN(1e6), id, at, m.uuid())
	fmt.Fprintf(&m.b, `,"created_at":"%s.%06d+00:00","person_id":"b1b32417-b0ba-5954-a245-%012x","elements_chain":""`, at, r.IntN(1e6), visitor)
	m.properties(event, device, id, path, url, identified)
	if identified {
		fmt.Fprintf(&m.b, `,"person_properties":{"email":"user_%d@example.com","name":"Maya \"Mo\" Okafor","plan":"%s","created_at":"2026-02-%02dT10:00:00Z"}}`, visitor, m.pick("free", "pro"), 1+r.IntN(28))
	} else {
		m.b.WriteString(`,"person_properties":{}}`)
	}
	m.b.WriteByte('\n')
}

func (m *rowMaker) properties(event, device, id, path, url string, identified bool) {
	r := m.random
	version := 110 + r.IntN(30)
	fmt.Fprintf(&m.b, `,"properties":{"$os":"%s","$os_version":"10.%d.%d","$browser":"Chrome","$device_type":"Desktop"`, m.pick("Mac OS X", "Windows", "Linux", "iOS", "Android"), r.IntN(16), r.IntN(10))
	fmt.Fprintf(&m.b, `,"$timezone":"%s","$current_url":%q,"$host":"app.acornly.example","$pathname":%q`, m.pick("Europe/Lisbon", "Europe/Berlin", "America/New_York", "Asia/Tokyo"), url, path)
	fmt.Fprintf(&m.b, `,"$raw_user_agent":"Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.%d Safari/537.36"`, m.pick("Macintosh; Intel Mac OS X 10_15_7", "Windows NT 10.0; Win64; x64", "X11; Linux x86_64"), version, r.IntN(7000), r.IntN(200))
	fmt.Fprintf(&m.b, `,"$browser_version":%d,"$browser_language":"%s","$screen_height":%d,"$screen_width":%d,"$viewport_height":%d,"$viewport_width":%d`, version, m.pick("en-GB", "pt-PT", "de", "ja"), 700+r.IntN(900), 1200+r.IntN(1400), 500+r.IntN(900), 900+r.IntN(1400))
	fmt.Fprintf(&m.b, `,"$lib":"web","$lib_version":"1.%d.%d","$insert_id":"%s","$time":17726%05d.%03d,"$device_id":"%s"`, 200+r.IntN(70), r.IntN(9), m.uuid()[9:], r.IntN(1e5), r.IntN(1000), device)
	fmt.Fprintf(&m.b, `,"$active_feature_flags":["new-onboarding","pricing-v3"],"$feature/new-onboarding":"%s","$feature/pricing-v3":%t`, m.pick("test", "control"), r.IntN(2) == 0)
	fmt.Fprintf(&m.b, `,"$referrer":"%s","$referring_domain":"%s"`, m.pick("https://www.google.com/", "$direct", "https://news.example/"), m.pick("www.google.com", "$direct"))
	fmt.Fprintf(&m.b, `,"$session_id":"%s","$window_id":"%s","$is_identified":%t,"utm_medium":null,"gclid":null`, m.uuid(), m.uuid(), identified)
	fmt.Fprintf(&m.b, `,"$geoip_city_name":"%s","$geoip_country_code":"%s","$geoip_latitude":%.4f,"$geoip_longitude":%.4f`, m.pick("Lisbon", "Berlin", "São Paulo", "Osaka"), m.pick("PT", "DE", "BR", "JP"), r.Float64()*90, r.Float64()*-180)
	fmt.Fprintf(&m.b, `,"$ip":"203.0.113.%d","title":"%s | Acornly","$pageview_id":"%s"`, r.IntN(256), m.pick("Pricing", "Docs", "Sign in", "Project"), m.uuid())
	if event == "$identify" {
		fmt.Fprintf(&m.b, `,"$anon_distinct_id":"%s","$set":{"email":"%s@example.com","plan":"pro"},"$set_once":{"source":"web"}`, device, id)
	}
	if !identified {
		m.b.WriteString(`,"$process_person_profile":false`)
	}
	m.b.WriteByte('}')
}

// asClickHouseCSV writes rows the way ClickHouse writes CSVWithNames.
func asClickHouseCSV(tb testing.TB, rows []byte) []byte {
	var out bytes.Buffer
	out.WriteString(`"uuid","event","properties","timestamp","team_id","distinct_id","elements_chain","created_at","person_id","person_properties","person_mode"` + "\n")
	quoted := func(text []byte) {
		out.WriteByte('"')
		out.Write(bytes.ReplaceAll(text, []byte(`"`), []byte(`""`)))
		out.WriteByte('"')
	}
	for row := range bytes.Lines(rows) {
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(row, &keys); err != nil {
			tb.Fatal(err)
		}
		for i, name := range []string{"uuid", "event", "properties", "timestamp", "team_id", "distinct_id", "elements_chain", "created_at", "person_id", "person_properties", "person_mode"} {
			if i > 0 {
				out.WriteByte(',')
			}
			switch value := keys[name]; {
			case name == "team_id":
				out.WriteString("4242")
			case name == "person_mode":
				quoted([]byte("full"))
			case value[0] == '"':
				quoted(value[1 : len(value)-1])
			default:
				quoted(value)
			}
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// asExplorerCSV writes rows the way the events explorer's export does.
func asExplorerCSV(tb testing.TB, rows []byte) []byte {
	var flat []map[string]string
	var names []string
	seen := make(map[string]bool)
	for row := range bytes.Lines(rows) {
		var keys map[string]any
		if err := json.Unmarshal(row, &keys); err != nil {
			tb.Fatal(err)
		}
		cells := make(map[string]string)
		var walk func(prefix string, value any)
		walk = func(prefix string, value any) {
			switch value := value.(type) {
			case map[string]any:
				for k, v := range value {
					walk(prefix+"."+k, v)
				}
				return
			case []any:
				for i, v := range value {
					walk(fmt.Sprint(prefix, ".", i), v)
				}
				return
			case nil:
			case bool:
				cells[prefix] = map[bool]string{true: "True", false: "False"}[value]
			default:
				cells[prefix] = fmt.Sprint(value)
			}
			if !seen[prefix] {
				seen[prefix] = true
				names = append(names, prefix)
			}
		}
		for _, name := range []string{"uuid", "event", "properties", "timestamp", "distinct_id", "created_at"} {
			walk("*."+name, keys[name])
		}
		flat = append(flat, cells)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	w.Write(names)
	for _, cells := range flat {
		line := make([]string, len(names))
		for i, name := range names {
			line[i] = cells[name]
		}
		w.Write(line)
	}
	w.Flush()
	return out.Bytes()
}

// zip compresses rows as one gzip member, or as one member a row.
func zip(tb testing.TB, rows []byte, memberPerRow bool) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if !memberPerRow {
		w.Write(rows)
		w.Close()
		return out.Bytes()
	}
	for row := range bytes.Lines(rows) {
		w.Reset(&out)
		w.Write(row)
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return out.Bytes()
}

// sourceOf writes a file and returns it as a source.
func sourceOf(tb testing.TB, name string, data []byte) source.Source {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return source.Source{Name: path, Size: int64(len(data))}
}
