package posthog

import (
	"bytes"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// Event is one row of an export, in PostHog's words.
//
// Every byte slice is borrowed: it is valid until the next row of the same chunk is decoded. Text fields
// (Name, DistinctID, ...) are plain text, already freed of JSON escapes; the JSON fields (Properties, Set,
// ...) are raw and valid JSON. An ID other than DistinctID that is damaged text, an object or an array counts
// as absent, because it must not join people. The zero value is a row without any field.
type Event struct {
	Ref  uint64 // the row's number in reading order over all sources, from 0
	Line int64  // the line on which the row starts in its (decompressed) file, from 1; of Parquet the number of the row
	Row  []byte // the row as in the file, without its line end; of Parquet its cells in a form of this package, see Text

	UUID     rawjson.UUID
	HasUUID  bool   // false when the row has none, or one that is not a UUID
	UUIDText []byte // `uuid` if it is not a UUID; nil if it is one or missing

	Name       []byte // `event`, without white space around it
	Padded     []byte // `event` with the white space around it; nil if it has none
	NameBroken bool   // Name was not valid UTF-8, and has U+FFFD for bad bytes
	DistinctID []byte // `distinct_id`, never empty
	PersonID   []byte // `person_id`, a UUID in lower case; nil when there is none
	NoPersonID []byte // the text of a `person_id` that is not a UUID, and is ignored; else nil
	TeamID     int64  // 0 when the shape has none

	Timestamp  Time   // when it happened, according to the client
	Unreadable []byte // the text of an unreadable Timestamp, else nil
	CreatedAt  Time   // when PostHog received it

	NoCreatedAt []byte // the text of an unreadable CreatedAt, else nil

	ElementsChain []byte // `elements_chain`, a JSON string: the elements that were clicked; nil when absent or empty

	Properties []byte           // one JSON object; `{}` when the row has none
	Members    []rawjson.Member // the top-level members of Properties, in order
	Cells      bool             // Properties were built from cells; their types follow ColumnTypes

	PersonProperties []byte           // one JSON object, the person's snapshot; nil when the row has none
	PersonMembers    []rawjson.Member // the top-level members of PersonProperties, in order
	Set              []byte           // `$set`, a JSON object; of a key that comes twice the last counts; nil if absent
	SetOnce          []byte           // `$set_once`, the same
	Unset            []byte           // `$unset`, a JSON array of keys or an object whose keys count; nil when absent

	// JSON objects of what is set besides Set and SetOnce, which PostHog does not know of. Of rows as they are
	// read they are nil.
	Added, AddedOnce []byte

	Personless     bool   // `$process_person_profile` is false, or person_mode is propertyless
	IsIdentified   bool   // `$is_identified` is true
	WebVisitor     bool   // `$lib` is `web` and `$is_identified` is false: posthog-js does not know who it is
	UserID         []byte // `$user_id`; nil when absent
	DeviceID       []byte // `$device_id`; nil when absent
	AnonDistinctID []byte // `$anon_distinct_id`; nil when absent
	Alias          []byte // `alias`; nil when absent

	columns []parquetColumn // of the cells in Row; nil if it is no row of Parquet
}

// Text returns the row as people read it: as it is in the file, or one of Parquet as a JSON object. It has at
// most so many bytes, and is borrowed.
func (e *Event) Text(most int) []byte {
	text := e.Row
	if e.columns != nil {
		text = shownCells(e.columns, e.Row)
	}
	return text[:min(len(text), most)]
}

// trimName removes white space around the name, so that all comparisons use the same name.
func (e *Event) trimName() {
	if n := len(e.Name); n == 0 || plainEdge(e.Name[0]) && plainEdge(e.Name[n-1]) {
		return
	}
	if trimmed := bytes.TrimSpace(e.Name); len(trimmed) < len(e.Name) {
		e.Name, e.Padded = trimmed, e.Name
	}
}

// TakenIn returns when PostHog received the row: `created_at`, or `timestamp` if that is not known.
func (e *Event) TakenIn() Time {
	if e.CreatedAt.State == Known {
		return e.CreatedAt
	}
	return e.Timestamp
}

// Linked returns the ID that the row links to its distinct ID: the anonymous ID of an $identify, the alias of
// a $create_alias or $merge_dangerously. It is nil if there is none, and may be illegal.
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

// Time is a point in time in an export.
type Time struct {
	Micros int64 // unix microseconds; meaningful only when State is Known
	State  TimeState
}

// earlier returns the time that is so many microseconds before t.
func (t Time) earlier(micros int64) Time {
	t.Micros -= micros
	return t
}

// TimeState says whether the text of a time could be parsed.
type TimeState uint8

const (
	Missing    TimeState = iota // no column, null or empty text
	Unreadable                  // the text is not a time
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
