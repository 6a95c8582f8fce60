package mapping

import (
	"cmp"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// runNow is the now of all tests: a week after the rows of most.
var runNow = time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)

// rowTime is when rows happened that do not say otherwise.
var rowTime = time.Date(2026, 3, 4, 9, 15, 27, 123_000_000, time.UTC)

func known(t time.Time) posthog.Time {
	return posthog.Time{Micros: t.UnixMicro(), State: posthog.Known}
}

// row makes an event of a name and properties, the least that can be sent.
func row(name, properties string) *posthog.Event {
	return &posthog.Event{
		UUID:    rawjson.UUID{0x01, 0x9c, 0xb8, 0x21, 0x78, 0x13, 0x7a, 0x8c, 0xb9, 0x49, 0x91, 0xda, 0xb9, 0xba, 0xa1, 0x59},
		HasUUID: true, Name: []byte(name), DistinctID: []byte("user_1001"), Timestamp: known(rowTime), CreatedAt: known(rowTime),
		Properties: []byte(properties), Members: rawjson.WalkMembers(nil, []byte(properties)),
	}
}

// somebody are settled people of one person, who is called by whatever distinct ID is asked for.
type somebody struct {
	person     people.Person
	status     people.Status
	properties string
	removed    string // as AppendRemoved appends it; empty for none
	gone       string // as RemovedBefore returns it
	reads      int    // of the properties
}

func (s *somebody) Lookup(distinctID []byte) (*people.Person, people.Status) {
	if s.status != people.Sent {
		return nil, s.status
	}
	return &s.person, people.Sent
}

func (s *somebody) AppendRemoved(dst []byte, _ *people.Person) []byte {
	return append(dst, cmp.Or(s.removed, "{}")...)
}

func (s *somebody) RemovedBefore(*people.Person) string { return s.gone }

func (s *somebody) AppendAttributes(dst []byte, p *people.Person) []byte {
	s.reads++
	if s.properties == "" {
		return append(dst, "{}"...)
	}
	return append(dst, s.properties...)
}

func newSomebody(properties string) *somebody {
	return &somebody{
		person:     people.Person{DistinctID: "user_1001", By: people.ByID, Value: "user_1001", Updated: rowTime.Unix()},
		properties: properties,
	}
}

func newRules(t rapid.TB, o Options) *Rules {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = runNow
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// operation is what the tests look at in an encoded operation.
type operation struct {
	Type        string            `json:"type"`
	Action      customerio.Action `json:"action"`
	Identifiers map[string]string `json:"identifiers"`
	Name        string            `json:"name"`
	ID          string            `json:"id"`
	Timestamp   int64             `json:"timestamp"`
	Attributes  json.RawMessage   `json:"attributes"`
}

func decode(t rapid.TB, encoded []byte) operation {
	t.Helper()
	var op operation
	if err := json.Unmarshal(encoded, &op); err != nil {
		t.Fatalf("operation is not JSON: %v\n%s", err, encoded)
	}
	return op
}

// send maps one row and expects it to be sent.
func send(t testing.TB, m *Mapper, e *posthog.Event) operation {
	t.Helper()
	out, _, o := m.Event(nil, e)
	if o.Bucket != Send {
		t.Fatalf("outcome %+v, want sent", o)
	}
	checkFields(t, out, o)
	return decode(t, out)
}

// identify maps one person and expects them to be sent.
func identify(t testing.TB, m *Mapper, s *somebody) operation {
	t.Helper()
	out, o := m.Person(nil, &s.person)
	if o.Bucket != Send {
		t.Fatalf("outcome %+v, want sent", o)
	}
	checkFields(t, out, o)
	return decode(t, out)
}

// classified returns the outcome of a row without its person.
func classified(r *Rules, e *posthog.Event) Outcome { return r.NewClassifier().Classify(e) }
