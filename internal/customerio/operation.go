package customerio

import (
	"strconv"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"ph2cio/internal/rawjson"
)

// Action is what an operation asks the Track API to do with a person.
type Action string

const (
	Identify            Action = "identify"
	Event               Action = "event"
	Page                Action = "page"
	Screen              Action = "screen"
	Merge               Action = "merge"
	Delete              Action = "delete"
	Suppress            Action = "suppress"
	Unsuppress          Action = "unsuppress"
	AddDevice           Action = "add_device"
	DeleteDevice        Action = "delete_device"
	AddRelationships    Action = "add_relationships"
	DeleteRelationships Action = "delete_relationships"
)

// Key names the kind of an identifier.
type Key string

const (
	ID    Key = "id"
	Email Key = "email"
	Phone Key = "phone"
	CioID Key = "cio_id"
)

// Identifier names the person of an operation by one key.
type Identifier struct {
	Key   Key
	Value string
}

// ToValidUTF8 returns the identifier as it stands in the body of an operation: with U+FFFD for each byte that
// is not UTF-8.
func (i Identifier) ToValidUTF8() Identifier {
	if !utf8.ValidString(i.Value) {
		i.Value = string([]rune(i.Value))
	}
	return i
}

// Operation is one element of a batch. Action, Who and ID repeat what its body says, so that no caller has to
// parse the body for them. The code that builds the body sets them; ParseOperation reads them from a body
// that comes from elsewhere.
type Operation struct {
	Body   []byte // its encoded JSON
	Ref    uint64 // chosen by the caller, unique in a batch; receipts refer to it
	Action Action
	Who    Identifier // the person; of a Merge, the one that stays
	ID     ulid.ULID  // of an Event, Page or Screen; zero when it has none
}

// withBody returns the operation with another body.
func (o Operation) withBody(body []byte) Operation {
	o.Body = body
	return o
}

// Tracked is an event, page or screen without its person and attributes.
type Tracked struct {
	Name      []byte    // plain text, at most MaxEventName bytes
	ID        ulid.ULID // zero leaves it out
	Timestamp int64     // unix seconds; 0 leaves it out
}

// AppendIdentify appends an identify operation. attributes is a JSON object, or nil for none; timestamp is
// unix seconds, 0 for none.
func AppendIdentify(dst []byte, who Identifier, attributes []byte, timestamp int64) []byte {
	dst = appendPerson(dst, Identify, who)
	dst = appendInteger(dst, `,"timestamp":`, timestamp)
	dst = appendRaw(dst, `,"attributes":`, attributes)
	return append(dst, '}')
}

// AppendTracked appends an event, page or screen operation. attributes is a JSON object, or nil for none.
func AppendTracked(dst []byte, action Action, who Identifier, t Tracked, attributes []byte) []byte {
	dst = appendPerson(dst, action, who)
	dst = append(dst, `,"name":`...)
	dst = rawjson.AppendString(dst, t.Name)
	if t.ID != (ulid.ULID{}) {
		dst = append(dst, `,"id":"`...)
		dst = append(appendULID(dst, t.ID), '"')
	}
	dst = appendInteger(dst, `,"timestamp":`, t.Timestamp)
	dst = appendRaw(dst, `,"attributes":`, attributes)
	return append(dst, '}')
}

// AppendMerge appends a merge: the API merges secondary into primary and deletes it. It cannot be undone. A
// merge whose primary does not exist yet does nothing, and the API does not say so (Track API reference,
// merge). Neither side may be a Phone.
func AppendMerge(dst []byte, primary, secondary Identifier) []byte {
	dst = appendOpening(dst, Merge)
	dst = appendIdentifier(dst, `,"primary":`, primary)
	dst = appendIdentifier(dst, `,"secondary":`, secondary)
	return append(dst, '}')
}

// AppendDelete appends the deletion of a person. Later operations on the identifier make a new person.
func AppendDelete(dst []byte, who Identifier) []byte {
	return append(appendPerson(dst, Delete, who), '}')
}

// AppendSuppress appends the deletion of a person whose identifiers are then blocked: later operations on
// them are ignored.
func AppendSuppress(dst []byte, who Identifier) []byte {
	return append(appendPerson(dst, Suppress, who), '}')
}

// AppendUnsuppress appends an operation that unblocks a suppressed person's identifiers. It does not restore
// the person.
func AppendUnsuppress(dst []byte, who Identifier) []byte {
	return append(appendPerson(dst, Unsuppress, who), '}')
}

func appendOpening(dst []byte, action Action) []byte {
	dst = append(dst, `{"type":"person","action":"`...)
	dst = append(dst, action...)
	return append(dst, '"')
}

// appendULID appends an ID in its text form of 26 characters.
func appendULID(dst []byte, id ulid.ULID) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, ulid.EncodedSize)...)
	_ = id.MarshalTextTo(dst[at:]) // fails only if it does not fit
	return dst
}

func appendPerson(dst []byte, action Action, who Identifier) []byte {
	return appendIdentifier(appendOpening(dst, action), `,"identifiers":`, who)
}

func appendIdentifier(dst []byte, label string, who Identifier) []byte {
	dst = append(dst, label...)
	dst = append(dst, `{"`...)
	dst = append(dst, who.Key...)
	dst = append(dst, `":`...)
	dst = rawjson.AppendString(dst, who.Value)
	return append(dst, '}')
}

// appendInteger appends a label and a number, nothing for 0.
func appendInteger(dst []byte, label string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, label...), n, 10)
}

// appendRaw appends a label and encoded JSON, nothing for none.
func appendRaw(dst []byte, label string, raw []byte) []byte {
	if len(raw) == 0 {
		return dst
	}
	return append(append(dst, label...), raw...)
}
