package mapping

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"ph2cio/internal/posthog"
)

const frozenIDs = "../../testdata/frozen/event_ids.jsonl"

// The vectors were computed by another program from the rule's words. Neither they nor the rule may ever change:
// Customer.io knows the events that it has by these IDs.
const frozenIDsSum = "ee1bcff7f714632ba7b0f39ab143828e26d8c82cb0b31bb3f6366e34677aee91"

func TestEventIDsAreFrozen(t *testing.T) {
	t.Parallel()
	vectors, err := os.ReadFile(frozenIDs)
	if err != nil {
		t.Fatal(err)
	}
	vectors = bytes.ReplaceAll(vectors, []byte("\r\n"), []byte("\n")) // as Git may write them on Windows
	if sum := sha256.Sum256(vectors); hex.EncodeToString(sum[:]) != frozenIDsSum {
		t.Fatalf("%s has changed: its SHA-256 is %x", frozenIDs, sum)
	}
	lines := 0
	for scan := bufio.NewScanner(bytes.NewReader(vectors)); scan.Scan(); lines++ {
		var v struct {
			UUID, Event, Properties, ID string
			DistinctID                  string `json:"distinct_id"`
			Micros                      int64
		}
		if err := json.Unmarshal(scan.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		e := &posthog.Event{
			Name: []byte(v.Event), DistinctID: []byte(v.DistinctID), Properties: []byte(v.Properties),
			Timestamp: posthog.Time{Micros: v.Micros, State: posthog.Known},
		}
		if v.UUID != "" {
			e.HasUUID = true
			if _, err := hex.Decode(e.UUID[:], []byte(strings.ReplaceAll(v.UUID, "-", ""))); err != nil {
				t.Fatal(err)
			}
		}
		if got := EventID(e).String(); got != v.ID {
			t.Errorf("line %d: ID %s, want %s\n%s", lines+1, got, v.ID, scan.Bytes())
		}
	}
	if lines < 40 {
		t.Errorf("only %d vectors", lines)
	}
}

func TestEventIDOfTheDesign(t *testing.T) {
	t.Parallel()
	if got := EventID(row("$pageview", `{}`)).String(); got != "01KJW22XWRS7HDE5A5DNV5MHHW" {
		t.Errorf("ID %s", got)
	}
}

// What the ID must not depend on: anything that another export of the same event may say differently.
func TestEventIDIgnoresHowItWasExported(t *testing.T) {
	t.Parallel()
	a, b := row("order completed", `{"a":1,"b":{"c":[2]}}`), row("other", `{}`)
	b.Timestamp.Micros -= 123_000 // whole seconds
	b.DistinctID = []byte("somebody else")
	if EventID(a) != EventID(b) {
		t.Error("the ID of a row with a uuid depends on more than the uuid and the second")
	}
	a.HasUUID = false
	c := row("order completed", ` { "b" : { "c" : [ 2 ] } , "\u0061" : 1 } `)
	c.HasUUID = false
	if EventID(a) != EventID(c) {
		t.Error("the ID of a row without a uuid depends on how its properties are written")
	}
	for what, change := range map[string]func(e *posthog.Event){
		"name":        func(e *posthog.Event) { e.Name = []byte("order") },
		"distinct ID": func(e *posthog.Event) { e.DistinctID = []byte("user_1002") },
		"microsecond": func(e *posthog.Event) { e.Timestamp.Micros++ },
		"properties":  func(e *posthog.Event) { e.Properties = []byte(`{"a":1.0,"b":{"c":[2]}}`) },
	} {
		d := *a
		if change(&d); EventID(a) == EventID(&d) {
			t.Errorf("the ID of a row without a uuid does not depend on its %s", what)
		}
	}
}

// The rule takes a name as its row has it, and no ID may change because names are compared without space around them.
func TestEventIDTakesTheNameAsItIsWritten(t *testing.T) {
	t.Parallel()
	a, b := row(" padded ", `{}`), row("padded", `{}`)
	a.HasUUID, b.HasUUID = false, false
	b.Padded = []byte(" padded ")
	if EventID(a) != EventID(b) {
		t.Error("the ID of a row without a uuid depends on who looked at its name")
	}
}
