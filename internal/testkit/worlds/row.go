package worlds

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// row is one version of a row of the export.
type row struct {
	id         int // the number that all versions share
	version    int // from 1; a later one is a correction
	event      string
	who        string // the distinct ID
	at         time.Time
	createdAt  time.Time // when PostHog took it in
	unreadable bool      // its timestamp cannot be read, so that it is rejected
	personless bool
	// unexported says that the row has no snapshot: it would give the person's email to the profile of a
	// visitor of whom no file says yet that they are the person. Then both profiles are identified, and
	// nobody merges them.
	unexported bool
	anon       string            // of an $identify: the visitor's ID
	alias      string            // of a $merge_dangerously: the ID of the user who goes
	set        map[string]string // JSON by name
	setOnce    map[string]string
	unset      []string
	personID   string            // empty if the project exports none
	snapshot   map[string]string // what PostHog knew of the person; nil if the project exports none
}

// number makes a row the first version of a new one. It gives it its times if it has none.
func (r *row) number(id int, at, createdAt time.Time) {
	r.id, r.version = id, 1
	if r.at.IsZero() {
		r.at, r.createdAt = at, createdAt
	}
}

// change applies a row to the attributes of its person.
func (r *row) change(attributes map[string]string) {
	for name, text := range r.setOnce {
		if attributes[name] == "" {
			attributes[name] = text
		}
	}
	maps.Copy(attributes, r.set)
	for _, name := range r.unset {
		delete(attributes, name)
	}
}

func (r *row) exportSnapshot(attributes map[string]string) { r.snapshot = maps.Clone(attributes) }

func (r *row) exportPersonID(id string) { r.personID = id }

// after returns a version of a row that is newer than another version, and can be read.
func (r *row) after(newest *row) *row {
	newer := *r
	newer.version, newer.createdAt = newest.version+1, newest.createdAt.Add(time.Second)
	newer.unreadable = false
	return &newer
}

// isEvent reports whether the row is sent as an event once its person is known.
func (r *row) isEvent() bool { return !strings.HasPrefix(r.event, "$") || r.event == "$pageview" }

// changesPerson reports whether a row says something of its person.
func (r *row) changesPerson() bool {
	return len(r.set)+len(r.setOnce)+len(r.unset) > 0 || r.snapshot != nil
}

// line is the row as it stands in a file of JSON lines, with its newline.
func (r *row) line() string { return encoded(r.members()) + "\n" }

// members are the row as a JSON object.
func (r *row) members() map[string]any {
	properties := map[string]any{"n": r.id, "v": r.version}
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
		"uuid": uuidOf(r.id), "event": r.event, "distinct_id": r.who, "timestamp": stamp(r.at),
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
	return members
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
		fmt.Fprintf(&all, "\n    %d %s of %s at %s", r.id, r.event, r.who, stamp(r.createdAt))
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
