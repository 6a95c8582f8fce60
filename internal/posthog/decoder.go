package posthog

import (
	"bytes"
	"time"

	"ph2cio/internal/rawjson"
)

// decoder decodes rows into events, one after the other, in memory that it reuses for each.
type decoder struct {
	event         Event
	person        PersonRow // of a persons export
	bad           RowError
	fields        fields
	special       special
	members       []rawjson.Member
	personMembers []rawjson.Member
	splitter      cellSplitter
	cells         [][]byte        // of a row of CSV or Parquet
	columns       []parquetColumn // of a Parquet file, one for each cell; else nil
	scratch       []byte          // text that is not in the file in this form; reset for each row
	rows          rawjson.Scanner // of a chunk of lines or elements
	value         rawjson.Scanner // of a text in a cell or a string
	loose         []byte          // properties from single columns: JSON members, each with a comma after it
	personLoose   []byte          // the same for the person
	renamed       renaming        // of the file
	rowNamed      uint64          // the Options.Columns that the row has
	named         uint64          // the Options.Columns that any row of the chunk has
	zone          *time.Location
	seen          cellsSeen
	badID         string // what is wrong with the row's distinct ID
	badTeam       []byte // the row's team_id, if it is invalid
}

func (d *decoder) begin() {
	d.event = Event{}
	d.fields = fields{}
	d.special = special{}
	d.members, d.personMembers = d.members[:0], d.personMembers[:0]
	d.scratch = d.scratch[:0]
	d.badID, d.badTeam, d.rowNamed = "", nil, 0
}

// What can be wrong with an ID. Damaged IDs are not repaired: two that differ only in the damaged part would
// become one person. PostHog stores objects and arrays as their JSON text, so in its exports they are text.
// In a file that was made for PostHog they are a mistake.
const (
	idBroken = "is damaged: it holds bytes that are not UTF-8, or half of a surrogate pair"
	idNested = "is an object or an array, not text"
)

// id returns a JSON value as the text of an ID: see text. The text is valid UTF-8, and nil if empty. For a
// value that cannot be an ID the text is nil and wrong says what is wrong.
func (d *decoder) id(raw []byte, escaped bool) (id []byte, wrong string) {
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		return nil, idNested
	}
	text := d.text(raw, escaped)
	if len(text) == 0 {
		return nil, ""
	}
	if !ascii(text) && !d.intact(raw) {
		return nil, idBroken
	}
	return text, ""
}

// intact reports whether a JSON value is a scalar that loses nothing when it is unescaped.
func (d *decoder) intact(raw []byte) bool {
	var found rawjson.Flaws
	d.scratch, found = rawjson.AppendUnescaped(d.scratch, raw)
	return found&rawjson.Broken == 0
}

// name returns the text of a JSON string, in valid UTF-8. broken reports that it was not.
func (d *decoder) name(raw []byte, escaped bool) (name []byte, broken bool) {
	name = d.text(raw, escaped)
	if ascii(name) {
		return name, false
	}
	return d.utf8(name), !d.intact(raw)
}

// text returns the inside of a JSON string without its escapes, nil for null, and any other value as it is
// written. escaped says whether there may be escapes at all.
func (d *decoder) text(raw []byte, escaped bool) []byte {
	if len(raw) == 0 || raw[0] == 'n' {
		return nil
	}
	if raw[0] != '"' {
		return raw
	}
	text := raw[1 : len(raw)-1]
	if !escaped || bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	start := len(d.scratch)
	d.scratch, _ = rawjson.AppendUnescaped(d.scratch, text)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// utf8 returns text with U+FFFD for what is not UTF-8.
func (d *decoder) utf8(text []byte) []byte {
	if ascii(text) {
		return text
	}
	start := len(d.scratch)
	d.scratch = rawjson.AppendUTF8(d.scratch, text)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// number parses an integer. 4242.0 is one too: some tools write a column of integers like this if values are
// missing.
func number(text []byte) (n int64, ok bool) {
	if whole, fraction, ok := bytes.Cut(text, []byte{'.'}); ok && len(bytes.Trim(fraction, "0")) == 0 {
		text = whole
	}
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for _, c := range digits {
		if !digit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if text[0] == '-' {
		n = -n
	}
	return n, true
}

// guarded returns text with a guard after it, which scanning needs: text itself if it has one, otherwise a
// copy in scratch.
func (d *decoder) guarded(text []byte) (data []byte, end int) {
	end = len(text)
	if cap(text) >= end+rawjson.Guard {
		if next := text[:end+1][end]; next == 0 || next == '\n' {
			return text[:end+rawjson.Guard], end
		}
	}
	start := len(d.scratch)
	d.scratch = append(d.scratch, text...)
	return d.closeScratch(start)
}

// closeScratch puts a guard after the text that begins at start of scratch.
func (d *decoder) closeScratch(start int) (data []byte, end int) {
	end = len(d.scratch) - start
	d.scratch = append(d.scratch, zeros[:]...)
	return d.scratch[start:], end
}

// unquoted returns the text of a JSON string, guarded.
func (d *decoder) unquoted(raw []byte) (data []byte, end int) {
	start := len(d.scratch)
	d.scratch, _ = rawjson.AppendUnescaped(d.scratch, raw[1:len(raw)-1])
	return d.closeScratch(start)
}

// key returns the inside of a JSON string without its escapes.
func (d *decoder) key(raw []byte, escaped bool) []byte {
	if !escaped {
		return raw
	}
	start := len(d.scratch)
	d.scratch, _ = rawjson.AppendUnescaped(d.scratch, raw)
	return d.scratch[start:]
}

func (d *decoder) time(text []byte) Time { return parseTimeIn(d.zone, text) }

func (d *decoder) created(text []byte) Time { return createdAt(d.time(text)) }
