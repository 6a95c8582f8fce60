package posthog

import "bytes"

// A decoder turns rows into events, one after the other, in memory that it uses again for each.
type decoder struct {
	event         Event
	bad           RowError
	fields        fields
	special       special
	members       []Member
	personMembers []Member
	cells         [][]byte
	scratch       []byte // text that stands nowhere in the file as such; grows within a row, starts over with the next
	kinds         nesting
	marks         []uint64 // the stops of a text in scratch
	rows          []uint64 // the stops of a chunk of lines
}

// fields are the values at a JSON row's top level, raw; nil where absent.
type fields struct {
	event, distinctID, uuid, personID, teamID, personMode []byte
	timestamp, createdAt                                  []byte
	properties, personProperties                          []byte // unless they are objects, which are read at once
	set, setOnce, unset                                   []byte // `$set` and so on, of capture
	columnSet, columnSetOnce, columnUnset                 []byte // `set` and so on, columns of a batch export
	escaped                                               bool   // one of them may hold a backslash
}

// special are the members of `properties` that have a meaning here, raw; nil where absent.
type special struct {
	set, setOnce, unset                []byte
	processPersonProfile, isIdentified []byte
	userID, deviceID, anonDistinctID   []byte
	alias, distinctID                  []byte
}

var emptyObject = []byte("{}")

func (d *decoder) begin() {
	d.event = Event{}
	d.fields = fields{}
	d.special = special{}
	d.members, d.personMembers = d.members[:0], d.personMembers[:0]
	d.scratch = d.scratch[:0]
}

// finish completes the event, whatever shape it came in, once its own fields and its properties are read.
func (d *decoder) finish() *fault {
	e, s := &d.event, &d.special
	if e.Properties == nil {
		e.Properties = emptyObject
	}
	e.Members, e.PersonMembers = d.members, d.personMembers
	if len(e.DistinctID) == 0 {
		e.DistinctID = d.id(s.distinctID, true)
	}
	if blank(e.DistinctID) {
		return faultf(NoDistinctID, "`distinct_id` is missing or blank")
	}
	if zeroUUID(e.PersonID) {
		e.PersonID = nil
	}
	e.Personless = e.Personless || string(s.processPersonProfile) == "false"
	e.IsIdentified = string(s.isIdentified) == "true"
	e.UserID, e.DeviceID = d.id(s.userID, true), d.id(s.deviceID, true)
	e.AnonDistinctID, e.Alias = d.id(s.anonDistinctID, true), d.id(s.alias, true)
	if o := object(s.set); o != nil {
		e.Set = o
	}
	if o := object(s.setOnce); o != nil {
		e.SetOnce = o
	}
	if o := objectOrArray(s.unset); o != nil {
		e.Unset = o
	}
	return nil
}

// zeroUUID reports whether ID is empty or ClickHouse's default UUID, which stands for none: taken for a person's, it
// would make one person of everybody.
func zeroUUID(id []byte) bool {
	return len(id) == 0 || len(id) == 36 && id[0] == '0' && string(id) == "00000000-0000-0000-0000-000000000000"
}

func object(raw []byte) []byte {
	if len(raw) > 0 && raw[0] == '{' {
		return raw
	}
	return nil
}

func objectOrArray(raw []byte) []byte {
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		return raw
	}
	return nil
}

// id returns a JSON value as the text of an ID, or of a name: see text. The text is valid UTF-8, and nil if empty.
func (d *decoder) id(raw []byte, escaped bool) []byte {
	if text := d.text(raw, escaped); len(text) > 0 {
		return d.utf8(text)
	}
	return nil
}

// text returns the inside of a JSON string without its escapes, nil for null, and any other value as it is written.
// escaped says whether there may be escapes at all.
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
	d.scratch = appendUnescaped(d.scratch, text)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

// utf8 returns text with U+FFFD for what is not UTF-8.
func (d *decoder) utf8(text []byte) []byte {
	if ascii(text) {
		return text
	}
	start := len(d.scratch)
	d.scratch = appendUTF8(d.scratch, text)
	return d.scratch[start:len(d.scratch):len(d.scratch)]
}

func ascii(text []byte) bool {
	for len(text) >= 8 {
		if load8(text, 0)&highs != 0 {
			return false
		}
		text = text[8:]
	}
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// number reads an integer, quoted or not, and gives 0 for anything else.
func number(text []byte) (n int64) {
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0
	}
	for _, c := range digits {
		if !digit(c) {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	if text[0] == '-' {
		return -n
	}
	return n
}
