package worlds

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// row is one version of a row of the export. Rows with the same number are versions of one row.
type row struct {
	number    int
	version   int // from 1; a later one is a correction
	event     string
	who       string // the distinct ID
	at        time.Time
	createdAt time.Time // when PostHog took it in
	unreadable
	personless bool
	anon       string            // of an $identify: the visitor's ID
	alias      string            // of a $merge_dangerously: the ID of the user who goes
	set        map[string]string // JSON by name
	setOnce    map[string]string
	unset      []string
	personID   string            // empty if the project exports none
	snapshot   map[string]string // what PostHog knew of the person; nil if the project exports none
}

// unreadable says whether a row's timestamp cannot be read, so that it is rejected.
type unreadable bool

// isEvent reports whether the row is sent as an event once its person is known.
func (r *row) isEvent() bool { return !strings.HasPrefix(r.event, "$") || r.event == "$pageview" }

// changesPerson reports whether a row says something of its person.
func (r *row) changesPerson() bool {
	return len(r.set)+len(r.setOnce)+len(r.unset) > 0 || r.snapshot != nil
}

// line is the row as it stands in a file, with its newline.
func (r *row) line() string {
	properties := map[string]any{"n": r.number, "v": r.version}
	if r.personless {
		properties["$process_person_profile"] = false
	}
	if r.anon != "" {
		properties["$anon_distinct_id"] = r.anon
	}
	if r.alias != "" {
		properties["alias"] = r.alias
	}
	if len(r.set) > 0 {
		properties["$set"] = raw(r.set)
	}
	if len(r.setOnce) > 0 {
		properties["$set_once"] = raw(r.setOnce)
	}
	if len(r.unset) > 0 {
		properties["$unset"] = r.unset
	}
	members := map[string]any{
		"uuid": uuidOf(r.number), "event": r.event, "distinct_id": r.who, "timestamp": stamp(r.at),
		"created_at": stamp(r.createdAt), "properties": properties,
	}
	if r.unreadable {
		members["timestamp"] = "yesterday"
	}
	if r.personID != "" {
		members["person_id"] = r.personID
	}
	if r.snapshot != nil {
		members["person_properties"] = raw(r.snapshot)
	}
	return encoded(members) + "\n"
}

func encoded(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func raw(values map[string]string) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for name, text := range values {
		all[name] = json.RawMessage(text)
	}
	return all
}

func uuidOf(number int) string { return fmt.Sprintf("019ca7a0-0000-7000-8000-%012d", number) }

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// told lists rows for a reader of a world that failed.
func told(rows []*row) string {
	var all strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&all, "\n    %d %s of %s at %s", r.number, r.event, r.who, stamp(r.createdAt))
		if r.anon+r.alias != "" {
			all.WriteString(" was " + r.anon + r.alias)
		}
		if r.changesPerson() {
			fmt.Fprintf(&all, " set %s once %s unset %v snapshot %s", r.set, r.setOnce, r.unset, r.snapshot)
		}
		if r.unreadable {
			all.WriteString(" (unreadable)")
		}
	}
	return all.String()
}
