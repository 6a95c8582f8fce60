package posthog

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"ph2cio/internal/codec"
	"ph2cio/internal/escape"
	"ph2cio/internal/parquet"
)

const hintEvents = "use a batch export of the events model (JSONLines or Parquet), a CSV from the events explorer, " +
	"or a dump of ClickHouse's events table"

// foreign refuses files of other programs, and files of PostHog without events.
func foreign(h *head) (*layout, *refusal) {
	for _, f := range foreignFiles {
		if f.is(h.text) {
			return nil, &refusal{what: f.what, hint: f.hint, stray: f.stray}
		}
	}
	return nil, foreignCSV(h)
}

// headSize is how many bytes of a file are examined to distinguish text from binary data.
const headSize = 512

// foreignFile is a kind of file that another program writes.
type foreignFile struct {
	magic, what, hint string
	stray             bool
}

// is reports whether a file that begins with head is one of this kind. A magic number of letters may begin a
// text too.
func (f foreignFile) is(head []byte) bool {
	letters := f.magic == orcMagic || f.magic == parquet.Magic || f.magic == parquet.EncryptedMagic
	return bytes.HasPrefix(head, []byte(f.magic)) && (!letters || !codec.IsText(head[:min(len(head), headSize)]))
}

const (
	orcMagic        = "ORC"
	hintFormat      = "export the events as Parquet or JSON lines instead"
	insideOther     = "Parquet can be read only if the file is not compressed as a whole and any part of it can be reached"
	hintInsideOther = "decompress the file, or copy it to this machine"
	sessionsInstead = "the file is an export of sessions, not of events"
	hintModel       = "in PostHog, set the batch export's model to events and export again"
)

var foreignFiles = []foreignFile{
	{parquet.Magic, insideOther, hintInsideOther, false},
	{parquet.EncryptedMagic, insideOther, hintInsideOther, false},
	{"PK\x03\x04", "XLSX and zip files are not supported", "in PostHog's export menu choose CSV instead of XLSX, or unzip the file", false},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS and other old Office files are not supported", "save the table as CSV", false},
	{"Obj\x01", "Avro files are not supported", hintFormat, false},
	{orcMagic, "ORC files are not supported", hintFormat, false},
	{"ARROW1\x00", "Arrow files are not supported", hintFormat, false},
	{"Rar!\x1a\x07", "RAR files are not supported", "unpack the file first", false},
	{"SQLite format 3\x00", "SQLite databases are not supported", hintEvents, true},
}

// foreignCSV refuses CSV that PostHog writes and that has no events.
func foreignCSV(h *head) *refusal {
	has := func(names ...string) bool {
		for _, name := range names {
			if h.column(name) < 0 {
				return false
			}
		}
		return true
	}
	switch {
	case len(h.names) == 1 && h.names[0] == "error":
		return refuse("PostHog wrote an error into the file instead of events: "+escape.Quoted(h.firstLine(h.after)),
			"export again, with a time range that has events")
	case has("event"):
		return nil
	case has("group_type_index", "group_key"):
		return refuse("the file is an export of groups, not of events",
			"export events, from Activity or as a batch export of the events model")
	case has("distinct_ids.0"), has("person_distinct_id_version"), has("distinct_id", "person_id", "is_deleted"),
		has("id", "properties", "is_identified"):
		return personsExport()
	case has("session_id", "start_timestamp"), has("session_id", "$start_timestamp"):
		return refuse(sessionsInstead, hintModel)
	}
	return nil
}

// foreignJSON refuses a known kind of object without `event`. It returns nil for an unknown one.
func foreignJSON(keys map[string]json.RawMessage) *refusal {
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := keys[name]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("person_distinct_id_version"), has("distinct_id", "person_id", "is_deleted"), has("distinct_ids"),
		has("id", "properties", "is_identified"):
		return personsExport()
	case has("session_id", "start_timestamp"), has("session_id", "$start_timestamp"):
		return refuse(sessionsInstead, hintModel)
	case has("files") && len(keys) == 1:
		return refuse("the file is a batch export's manifest, which only lists files", "name the files it lists, or their directory")
	}
	return nil
}

// unknown refuses a file that no shape has recognised. It is a stray unless it is a table or begins like
// JSON.
func unknown(h *head) (*layout, *refusal) {
	what, hint := "", hintEvents
	switch {
	case bytes.IndexByte(h.text[:min(len(h.text), shownRow)], 0) >= 0:
		what = "the file is not text"
	case len(h.names) > 1:
		what = "the file looks like CSV, but not like PostHog events; its columns are " + listed(h.names)
		hint = "events need the columns `event`, `distinct_id` and `timestamp`; if they have other names, use --column event=NAME"
	default:
		what = "the file is neither JSON lines nor CSV of PostHog events; it begins with " + escape.Quoted(h.firstLine(0))
	}
	return nil, &refusal{what: what, hint: hint, stray: !beginsJSON(h.text) && !h.isTable()}
}

// foreignBytes refuses binary data.
func foreignBytes(h *head) (*layout, *refusal) {
	for _, f := range foreignFiles {
		if f.is(h.text) {
			return nil, refuse(f.what, hintPersons)
		}
	}
	return nil, nil
}

// notPersons refuses a file that no shape of persons has recognised.
func notPersons(h *head) (*layout, *refusal) {
	if len(h.names) > 1 {
		return nil, refuse("the file is not an export of persons; its columns are "+listed(h.names), hintPersons)
	}
	return nil, refuse("the file is not an export of persons; it begins with "+escape.Quoted(h.firstLine(0)), hintPersons)
}

const eventsInstead = "the file is an export of events, not of persons"

const hintInstead = "pass it as a SOURCE; for --persons, " + hintPersons

const hintPersons = "use a batch export of the persons model (JSONLines or Parquet), a CSV from PostHog's persons page, " +
	"or a dump of ClickHouse's person_distinct_id2"

const hintColumns = "if these are events with other names, use --column event=NAME (see `ph2cio help reading`); otherwise " + hintEvents

// beginsJSON reports whether text begins as a JSON document of objects or lists does. The text may end
// anywhere.
func beginsJSON(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	for i := range 3 {
		token, err := d.Token()
		if err != nil {
			return i > 0 && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF))
		}
		delim, opens := token.(json.Delim)
		switch {
		case i == 0 && (!opens || delim != '{' && delim != '['):
			return false
		case i == 0 && delim == '{':
			_, err := d.Token()
			_, syntax := errors.AsType[*json.SyntaxError](err)
			return !syntax
		case i == 1 && !opens:
			return false
		case i == 1 && delim == ']':
			return true
		}
	}
	return true
}
