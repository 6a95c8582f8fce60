package posthog

import (
	"bytes"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// Event is one row of an export, in PostHog's words.
//
// Every byte slice is borrowed: it is valid until the next row of the same chunk is asked for. Text fields
// (Name, DistinctID, ...) are plain text, already freed of JSON escapes; the JSON fields (Properties, Set, ...) are
// raw and valid JSON. An ID other than DistinctID that is damaged text, an object or an array counts as absent: it must
// not join anybody. The zero value is a row in which every field was missing.
type Event struct {
	Ref  uint64 // the row's number in reading order over all sources, from 0
	Line int64  // the line on which the row starts in its (decompressed) file, from 1
	Row  []byte // the row as it stands there, without its line end

	UUID     rawjson.UUID
	HasUUID  bool   // false when the row has none, or one that is not a UUID
	UUIDText []byte // `uuid` as it stands, where it is no UUID; nil when it is one, or missing

	Name       []byte // `event`, without white space around it
	Padded     []byte // `event` as it is written, where that has white space around it; nil where not
	NameBroken bool   // Name was not valid UTF-8; U+FFFD stands in for what was not
	DistinctID []byte // `distinct_id`, never empty
	PersonID   []byte // `person_id`, a UUID in lower case; nil when there is none
	NoPersonID []byte // the text of a `person_id` that is no UUID, and so says nothing of anybody; nil where it is one
	TeamID     int64  // 0 when the shape has none

	Timestamp  Time   // when it happened, said by the client
	Unreadable []byte // the text that Timestamp could not be read of; nil where it could
	CreatedAt  Time   // when PostHog took it in

	NoCreatedAt []byte // the text that CreatedAt could not be read of; nil where it could

	ElementsChain []byte // `elements_chain`, a JSON string: the elements that were clicked; nil when absent or empty

	Properties []byte           // one JSON object; `{}` when the row has none
	Members    []rawjson.Member // the top-level members of Properties, in order
	Cells      bool             // Properties were put together from cells: their types are those of ColumnTypes

	PersonProperties []byte           // one JSON object, the person's snapshot; nil when the row has none
	PersonMembers    []rawjson.Member // the top-level members of PersonProperties, in order
	Set              []byte           // `$set`, a JSON object, in which of a key that comes twice the last counts; nil when absent
	SetOnce          []byte           // `$set_once`, the same
	Unset            []byte           // `$unset`, a JSON array of keys or an object whose keys count; nil when absent

	Personless     bool   // `$process_person_profile` is false, or person_mode is propertyless
	IsIdentified   bool   // `$is_identified` is true
	WebVisitor     bool   // `$lib` is `web` and `$is_identified` is false: posthog-js does not know who it is
	UserID         []byte // `$user_id`; nil when absent
	DeviceID       []byte // `$device_id`; nil when absent
	AnonDistinctID []byte // `$anon_distinct_id`; nil when absent
	Alias          []byte // `alias`; nil when absent
}

// trimName makes a name with white space around it the name that it is meant to be: everybody who compares names then finds
// the same one.
func (e *Event) trimName() {
	if n := len(e.Name); n == 0 || plainEdge(e.Name[0]) && plainEdge(e.Name[n-1]) {
		return
	}
	if trimmed := bytes.TrimSpace(e.Name); len(trimmed) < len(e.Name) {
		e.Name, e.Padded = trimmed, e.Name
	}
}

// TakenIn is when PostHog took the row in: `created_at`, or `timestamp` where that is not known.
func (e *Event) TakenIn() Time {
	if e.CreatedAt.State == Known {
		return e.CreatedAt
	}
	return e.Timestamp
}

// Linked is the ID that the row says is its distinct ID's person too: an $identify's anonymous ID, the alias of
// $create_alias and $merge_dangerously. It is nil where the row names none, and may be illegal.
func (e *Event) Linked() []byte {
	switch string(e.Name) {
	case "$identify":
		return e.AnonDistinctID
	case "$create_alias", "$merge_dangerously":
		return e.Alias
	}
	return nil
}

func plainEdge(c byte) bool { return c > ' ' && c < utf8.RuneSelf }

// Time is a point in time as an export gives it.
type Time struct {
	Micros int64 // unix microseconds; meaningful only when State is Known
	State  TimeState
}

// TimeState says what became of a time's text.
type TimeState uint8

const (
	Missing    TimeState = iota // no column, null or empty text
	Unreadable                  // there was something that is not a time
	Known
)

// Seconds returns unix seconds, rounded down.
func (t Time) Seconds() int64 {
	s := t.Micros / 1_000_000
	if t.Micros%1_000_000 < 0 {
		s--
	}
	return s
}
