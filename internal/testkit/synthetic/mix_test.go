package synthetic

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

// decoded is a row as a reader sees it.
type decoded struct {
	UUID, Event      string
	DistinctID       string `json:"distinct_id"`
	Timestamp        time.Time
	CreatedAt        time.Time                  `json:"created_at"`
	Properties       map[string]json.RawMessage `json:"properties"`
	PersonProperties map[string]json.RawMessage `json:"person_properties"`
}

func (r *decoded) personless() bool {
	return string(r.Properties["$process_person_profile"]) == "false"
}

func write(t testing.TB, o Options) (*bytes.Buffer, Written) {
	t.Helper()
	var out bytes.Buffer
	written, err := Write(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	return &out, written
}

// near compares a share with the one in the package comment: within a tenth of it, or four in a thousand.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > max(want*0.1, 0.004) {
		t.Errorf("%s: %.4f, want about %.4f", what, got, want)
	}
}

// span is the least and the most of what was seen.
type span struct{ least, most int }

func (s *span) see(n int) {
	if s.most == 0 || n < s.least {
		s.least = n
	}
	s.most = max(s.most, n)
}

// measure counts what the mix promises.
type measure struct {
	shares         map[string]float64 // of all rows
	snapshots      span               // bytes of person_properties, where there are any
	customs        span               // bytes of the customer's own among them
	people, orders map[string]bool
	oldest, newest time.Time
	before         time.Time
}

func TestMixIsAsDocumented(t *testing.T) {
	const rows = 8_000
	out, written := write(t, Options{Rows: rows, People: 500, Seed: 1, Invalid: 1})
	m := measure{shares: map[string]float64{}, people: map[string]bool{}, orders: map[string]bool{}}
	lines := 0
	for line := range bytes.Lines(out.Bytes()) {
		lines++
		for _, what := range m.see(t, line) {
			m.shares[what] += 1.0 / rows
		}
	}
	if lines != rows || written.Rows != rows {
		t.Errorf("%d lines, %d rows written, want %d", lines, written.Rows, rows)
	}
	for what, want := range map[string]float64{
		"not valid": 0.01, "personless": 0.5, "escapes or bytes": 0.05, "person properties": 0.3, "null person properties": 0.35,
		"hours late": 0.02, "$identify": 0.04, "$set": 0.03, "$pageview": 0.11, "$pageview, personless": 0.19,
		"$autocapture, personless": 0.13, "$feature_flag_called": 0.04, "$screen": 0.03, "$create_alias": 0.005,
		"$groupidentify": 0.005, "Order Completed": 0.016, "Project Created, personless": 0.01,
	} {
		near(t, what, m.shares[what], want)
	}
	near(t, "bytes a row", float64(written.Bytes)/rows, 1700)
	m.checkSpans(t)
	if m.shares["out of order"] < 0.2 {
		t.Errorf("%.2f of the rows are older than the row before", m.shares["out of order"])
	}
	if invalid := math.Round(m.shares["not valid"] * rows); float64(written.Invalid) != invalid {
		t.Errorf("%d rows said to be invalid, %.0f found", written.Invalid, invalid)
	}
}

// see measures one row and returns the shares it counts towards.
func (m *measure) see(t *testing.T, line []byte) []string {
	var row decoded
	if err := json.Unmarshal(line, &row); err != nil || row.UUID == "" {
		return []string{"not valid"}
	}
	var in []string
	add := func(what string, yes bool) {
		if yes {
			in = append(in, what)
		}
	}
	personless := row.personless()
	add(row.Event+map[bool]string{true: ", personless"}[personless], true)
	add("personless", personless)
	add("escapes or bytes", row.Properties["note"] != nil)
	add("person properties", len(row.PersonProperties) > 0)
	add("null person properties", row.PersonProperties == nil)
	add("hours late", row.CreatedAt.Sub(row.Timestamp) > time.Minute)
	add("out of order", row.Timestamp.Before(m.before))
	m.before = row.Timestamp
	if m.oldest.IsZero() || row.Timestamp.Before(m.oldest) {
		m.oldest = row.Timestamp
	}
	if row.Timestamp.After(m.newest) {
		m.newest = row.Timestamp
	}
	known := strings.HasPrefix(row.DistinctID, "user_")
	if known {
		m.people[row.DistinctID] = true
	}
	if personless == known && row.Event != "$create_alias" && row.Event != "$groupidentify" {
		t.Errorf("%s under %s", in[0], row.DistinctID)
	}
	if len(row.PersonProperties) > 0 {
		m.seeSnapshot(line, row.PersonProperties)
	}
	m.orders[keyOrder(line)] = true
	return in
}

func (m *measure) seeSnapshot(line []byte, members map[string]json.RawMessage) {
	_, after, _ := bytes.Cut(line, []byte(`"person_properties":`))
	var raw json.RawMessage
	json.NewDecoder(bytes.NewReader(after)).Decode(&raw)
	custom := 0
	for key, value := range members {
		if !strings.HasPrefix(key, "$") && string(value) != "null" {
			custom += len(`"":,`) + len(key) + len(value)
		}
	}
	m.snapshots.see(len(raw))
	m.customs.see(custom)
}

// keyOrder is the order of the keys that stand before the JSON columns.
func keyOrder(line []byte) string {
	var order strings.Builder
	for i, part := range bytes.SplitN(line, []byte(`":"`), 8) {
		if i < 7 {
			order.Write(part[bytes.LastIndexByte(part, '"')+1:])
		}
	}
	return order.String()
}

func (m *measure) checkSpans(t *testing.T) {
	if m.snapshots.least < 1000 || m.snapshots.most > 4096 {
		t.Errorf("person_properties of %+v bytes", m.snapshots)
	}
	if m.customs.least < 150 || m.customs.most > 400 {
		t.Errorf("custom person properties of %+v bytes", m.customs)
	}
	if m.oldest.Before(firstDay) || m.newest.After(lastDay.Add(24*time.Hour)) || m.newest.Sub(m.oldest) < 3*365*24*time.Hour {
		t.Errorf("rows from %s to %s", m.oldest, m.newest)
	}
	if len(m.people) < 400 || len(m.people) > 500 {
		t.Errorf("%d of 500 people have rows under their own ID", len(m.people))
	}
	if len(m.orders) < 1000 {
		t.Errorf("only %d orders of keys", len(m.orders))
	}
}
