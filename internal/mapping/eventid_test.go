package mapping

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"pgregory.net/rapid"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

const frozenIDs = "../../testdata/frozen/event_ids.jsonl"

// The vectors were computed by another program from the rule's words. Neither they nor the rule may ever
// change: Customer.io knows the events that it has by these IDs.
const frozenIDsSum = "c1fe28674338eb2f9e94c73540898af72f059ec7b4f30554d73e8838963f2066"

// vector is a row, and the ID of its event.
type vector struct {
	UUID, Event, Properties, ID string
	DistinctID                  string `json:"distinct_id"`
	Micros                      int64
}

func frozenVectors(t *testing.T) (all []vector) {
	t.Helper()
	text, err := os.ReadFile(frozenIDs)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) // as Git may write them on Windows
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != frozenIDsSum {
		t.Fatalf("%s has changed: its SHA-256 is %x", frozenIDs, sum)
	}
	for scan := bufio.NewScanner(bytes.NewReader(text)); scan.Scan(); {
		var v vector
		if err := json.Unmarshal(scan.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// write writes a row of an export with what the vector says.
func (v *vector) write(b *bytes.Buffer) {
	row := map[string]any{
		"event": v.Event, "distinct_id": v.DistinctID,
		"timestamp": time.UnixMicro(v.Micros).UTC().Format("2006-01-02T15:04:05.000000Z"),
	}
	if v.UUID != "" {
		row["uuid"] = v.UUID
	}
	if v.Properties != "" {
		row["properties"] = json.RawMessage("0") // put in below as it stands, damaged escapes and all
	}
	text, _ := json.Marshal(row) // of strings alone
	properties := bytes.ReplaceAll([]byte(v.Properties), []byte("\n"), []byte(" "))
	b.Write(bytes.Replace(text, []byte(`"properties":0`), append([]byte(`"properties":`), properties...), 1))
	b.WriteByte('\n')
}

// TestEventIDsAreFrozen reads rows as from an export.
func TestEventIDsAreFrozen(t *testing.T) {
	t.Parallel()
	vectors := frozenVectors(t)
	var text bytes.Buffer
	for i := range vectors {
		vectors[i].write(&text)
	}
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	eachRow(t, path, func(e *posthog.Event) {
		if got := EventID(e).String(); n < len(vectors) && got != vectors[n].ID {
			t.Errorf("line %d: ID %s, want %s\n%+v", n+1, got, vectors[n].ID, vectors[n])
		}
		n++
	})
	if n != len(vectors) || n < 80 {
		t.Errorf("%d rows were read, of %d vectors, of which there should be 80 at least", n, len(vectors))
	}
}

// eventKey is what tells an event with a uuid from all others.
type eventKey struct {
	uuid, name, distinctID string
	day                    int64
}

// drawnRow draws a row of few keys, in one of the forms in which exports write it, and its key.
func drawnRow(r *rapid.T) (*posthog.Event, eventKey) {
	k := eventKey{
		uuid:       rapid.SampledFrom([]string{"01", "02", "11:a", "x", "X"}).Draw(r, "uuid"),
		name:       rapid.SampledFrom([]string{"a", " a", "b", "1:a", "ä", "a2:"}).Draw(r, "name"),
		distinctID: rapid.SampledFrom([]string{"u", "U", "u ", ":u", "2:u"}).Draw(r, "distinct ID"),
		day:        int64(rapid.SampledFrom([]int{11_575, 20_000, 20_001, 1_157_406}).Draw(r, "day")),
	}
	at := k.day*secondsInDay*1_000_000 + rapid.SampledFrom([]int64{0, 1, 43_200_000_000, 86_399_999_999}).Draw(r, "micros of the day")
	e := row("", fmt.Sprintf(`{"n":%d}`, rapid.IntRange(0, 3).Draw(r, "n")))
	e.Timestamp.Micros, e.DistinctID = at, []byte(k.distinctID)
	e.CreatedAt.State = rapid.SampledFrom([]posthog.TimeState{posthog.Known, posthog.Missing}).Draw(r, "created_at")
	if e.Name = bytes.TrimSpace([]byte(k.name)); len(e.Name) < len(k.name) {
		e.Padded = []byte(k.name)
	}
	e.UUID, e.HasUUID = rawjson.UUID{}, false
	if len(k.uuid) == 2 {
		e.HasUUID, e.UUID[15] = true, k.uuid[1]
	} else {
		e.UUIDText = []byte(k.uuid)
	}
	return e, k
}

// TestAKeyHasOneIDAndAnIDOneKey draws rows in any order, many of them versions of one event. Short is the same
// for the same ID, and for these few keys another for another ID.
func TestAKeyHasOneIDAndAnIDOneKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var ids EventIDs
		byKey, byID, byShort := map[eventKey]ulid.ULID{}, map[ulid.ULID]eventKey{}, map[uint32]eventKey{}
		for range rapid.IntRange(1, 60).Draw(r, "rows") {
			e, k := drawnRow(r)
			id := ids.Of(e)
			if known, seen := byKey[k]; seen && known != id {
				r.Fatalf("%+v has the IDs %s and %s", k, known, id)
			}
			if other, seen := byID[id]; seen && other != k {
				r.Fatalf("%s is the ID of %+v and of %+v", id, other, k)
			}
			if other, seen := byShort[ids.Short(e)]; seen && other != k {
				r.Fatalf("%+v and %+v have the same short hash", k, other)
			} else if _, seen := byKey[k]; seen && other != k {
				r.Fatalf("%+v has another short hash than before", k)
			}
			byKey[k], byID[id], byShort[ids.Short(e)] = id, k, k
			if id.Time() != uint64(k.day)*secondsInDay*1000 {
				r.Fatalf("%+v: the ID's time is %d", k, id.Time())
			}
			if id != EventID(e) {
				r.Fatalf("%+v: the ID depends on the rows before", k)
			}
		}
	})
}

// What the ID of a row without a uuid must not depend on: anything that another export of the row may say
// differently.
func TestEventIDWithoutUUID(t *testing.T) {
	t.Parallel()
	a := row("order completed", `{"a":1,"b":{"c":[2]}}`)
	a.HasUUID = false
	b := row("order completed", ` { "b" : { "c" : [ 2 ] } , "\u0061" : 1 } `)
	b.HasUUID, b.CreatedAt = false, posthog.Time{}
	if EventID(a) != EventID(b) {
		t.Error("it depends on how its properties are written, or on created_at")
	}
	for what, change := range map[string]func(e *posthog.Event){
		"name":        func(e *posthog.Event) { e.Name = []byte("order") },
		"distinct ID": func(e *posthog.Event) { e.DistinctID = []byte("user_1002") },
		"microsecond": func(e *posthog.Event) { e.Timestamp.Micros++ },
		"properties":  func(e *posthog.Event) { e.Properties = []byte(`{"a":1.0,"b":{"c":[2]}}`) },
		"uuid":        func(e *posthog.Event) { e.UUIDText = []byte("row") },
	} {
		d := *a
		if change(&d); EventID(a) == EventID(&d) {
			t.Errorf("it does not depend on its %s", what)
		}
	}
}

// TestEventIDOfAWrongClock: a row is sent at its created_at when its own time is in the future, and later
// at its own. It is one event all the same.
func TestEventIDOfAWrongClock(t *testing.T) {
	t.Parallel()
	e := row("order completed", `{}`)
	e.Timestamp = known(runNow.Add(5 * 24 * time.Hour))
	id := func(now time.Time) string {
		m := newRules(t, Options{Now: now}).NewMapper(newSomebody(""))
		text, _, o := m.Event(nil, e)
		if o.Bucket != Send {
			t.Fatalf("%+v", o)
		}
		_, after, _ := bytes.Cut(text, []byte(`"id":"0`))
		return string(after[:25])
	}
	if before, after := id(runNow), id(runNow.Add(9*24*time.Hour)); before != after {
		t.Errorf("the IDs are %s and %s", before, after)
	}
}
